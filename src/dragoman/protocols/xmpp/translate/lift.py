"""Stanzas to events. What the core has no words for stays in ``native``, as the octets of the stanza's children."""

from typing import Any

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import (
    ChatState,
    Encrypted,
    Exchange,
    Failure,
    Hint,
    Invitation,
    Kind,
    Marker,
    Message,
    Native,
    Presence,
    Reaction,
    RealTimeText,
    Receipt,
    Reply,
    Retraction,
    Show,
    Signal,
    Step,
    SubscriptionChange,
    Talk,
)
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.errors import read_error
from dragoman.protocols.xmpp.stanza import Stanza, serialise_all
from dragoman.protocols.xmpp.translate.forgeries import FORGED, IsOurs, honest
from dragoman.protocols.xmpp.translate.payloads import READERS, Found

PROTOCOL = "xmpp"
_KINDS = {kind.value: kind for kind in Kind}
_SHOWS = {show.value: show for show in Show if show}
_STEPS = {step.value: step for step in Step}


def lift_message(stanza: Stanza, sender: Address, recipient: Address, is_ours: IsOurs, language: str = "") -> Talk:
    """A message as the one event that it is. ``language`` is that of the sender's stream (RFC 6120 §8.1.5)."""
    top = stanza.element
    found: Found = {}
    suspects = False
    for child in top.children:
        if isinstance(child, Element):
            key = (child.namespace, child.name)
            reader = READERS.get(key)
            if reader is not None:
                reader(child, found)
            suspects = suspects or reader is None or key in FORGED
    children = honest(top.children, is_ours) if suspects else top.children
    content = stanza.content() if children is top.children else serialise_all(children)
    attributes = top.attributes
    id, native = attributes.get("id", ""), Native(PROTOCOL, content)
    # RFC 6121 §5.2.2: an unknown type is a normal message.
    kind = _KINDS.get(attributes.get("type", "normal"), Kind.NORMAL)
    if kind is Kind.CHAT and _PLAIN_WORDS.issuperset(found) and "text" in found:  # most of what is ever said
        found.setdefault("language", attributes.get("xml:lang", language))
        return Message(sender=sender, recipient=recipient, native=native, id=id, kind=kind, **found)
    talk: dict[str, Any] = {"sender": sender, "recipient": recipient, "native": native, "id": id, "kind": kind}
    if attributes.get("type") == "error":
        return _failure(top, talk)
    if "hints" in found:
        talk["hints"] = found.pop("hints")
    if "text" in found or "encrypted" in found or "files" in found:
        wordless = _with_fallback(found, talk)
        if wordless is not None:
            return wordless
        return _message(found, talk, attributes.get("xml:lang", language))
    return _wordless(found, talk)


#: What makes a message neither anything else than words, nor words about another one.
_PLAIN_WORDS = frozenset(("text", "language", "style", "state", "thread", "wants_receipt", "wants_marker", "origin_id"))


def _message(found: Found, talk: dict[str, Any], language: str) -> Message:
    if language:
        found.setdefault("language", language)
    if "reply" in found and "quoted" in found:
        reply = found["reply"]
        found["reply"] = Reply(reply.ref, reply.to, min(found["quoted"], len(found.get("text", ""))))
    if "encrypted" in found:
        found["encrypted"] = Encrypted(found["encrypted"].scheme, found.get("text", ""))
        found["text"] = ""
    for name in found.keys() & _NOT_OF_MESSAGES:
        del found[name]
    return Message(**talk, **found)


#: What a message with words may also hold, and what then only its own protocol sees.
_NOT_OF_MESSAGES = frozenset(
    ("receipt", "marker", "rtt", "invites", "retracts", "reacts", "emojis", "reason", "quoted", "fallback")
)


def _with_fallback(found: Found, talk: dict[str, Any]) -> Talk | None:
    """A body that only stands there for those who cannot show the real thing (XEP-0428)."""
    fallback = found.get("text", "")
    if "retracts" in found:
        return Retraction(**talk, target=found["retracts"], reason=found["reason"], fallback=fallback)
    if "reacts" in found and found.get("fallback"):
        return Reaction(**talk, target=found["reacts"], emojis=found["emojis"], fallback=fallback)
    if "invites" in found:
        return Invitation(**talk, **found["invites"], inviter=talk["sender"].bare)
    return None


def _wordless(found: Found, talk: dict[str, Any]) -> Talk:
    if found.get("thread"):
        talk["thread"] = found["thread"]
    if "retracts" in found:
        return Retraction(**talk, target=found["retracts"], reason=found["reason"])
    if "reacts" in found:
        return Reaction(**talk, target=found["reacts"], emojis=found["emojis"])
    if "receipt" in found:
        return Receipt(**talk, target=found["receipt"])
    if "marker" in found:
        return Marker(**talk, target=found["marker"])
    if "rtt" in found:
        return RealTimeText(**talk, **found["rtt"])
    if "invites" in found:
        return Invitation(**talk, **found["invites"], inviter=talk["sender"].bare)
    if "subject" in found:
        return Message(**talk, subject=found["subject"])
    if "state" in found:
        return ChatState(**talk, state=found["state"])
    return Signal(**talk)


def _failure(top: Element, talk: dict[str, Any], exchange: Exchange = Exchange.NONE) -> Failure:
    error = read_error(top)
    talk["kind"] = Kind.CHAT
    return Failure(**talk, condition=error.condition, remedy=error.remedy, text=error.text, exchange=exchange)


def lift_iq(stanza: Stanza, sender: Address, recipient: Address) -> Signal | Failure:
    """An iq for somebody else (RFC 6120 §8.2.3). The native octets of a request begin with ``get`` or ``set``."""
    top = stanza.element
    talk: dict[str, Any] = {"sender": sender, "recipient": recipient, "id": top.get("id"), "hints": Hint.NO_STORE}
    kind = top.get("type")
    if kind == "error":
        return _failure(top, {**talk, "native": Native(PROTOCOL, stanza.content())}, Exchange.ANSWER)
    request = kind in ("get", "set")
    content = kind.encode() + stanza.content() if request else stanza.content()
    return Signal(**talk, native=Native(PROTOCOL, content), exchange=Exchange.REQUEST if request else Exchange.ANSWER)


def lift_presence(stanza: Stanza, sender: Address, recipient: Address, is_ours: IsOurs) -> Presence:
    """Availability (RFC 6121 §4.7); ``Refused(bad-request)`` where its show or priority is none."""
    top = stanza.element
    children = honest(top.children, is_ours)
    show, priority = top.child_text("show"), top.child_text("priority").strip() or "0"
    if show and show not in _SHOWS:
        raise Refused(Condition.BAD_REQUEST, "this show is none of RFC 6121 §4.7.2.1")
    try:
        number = int(priority) if len(priority) <= 4 else 1000
    except ValueError:
        number = 1000
    if not -128 <= number <= 127:
        raise Refused(Condition.BAD_REQUEST, "a priority is a number from -128 to 127")
    return Presence(
        sender=sender,
        recipient=recipient,
        native=Native(PROTOCOL, stanza.content() if children is top.children else serialise_all(children)),
        available=top.get("type") != "unavailable",
        show=_SHOWS.get(show, Show.HERE),
        status=top.child_text("status"),
        priority=number,
    )


def lift_subscription(stanza: Stanza, sender: Address, recipient: Address, is_ours: IsOurs) -> SubscriptionChange:
    """One of the four steps (RFC 6121 §3), with all that the person wrote (RFC 6121 §3.1.3)."""
    top = stanza.element
    content = serialise_all(honest(top.children, is_ours))
    return SubscriptionChange(
        sender=sender.bare,
        recipient=recipient.bare,
        native=Native(PROTOCOL, content),
        step=_STEPS[top.get("type")],
        status=top.child_text("status"),
    )


def is_step(kind: str) -> bool:
    """Whether a presence's type is a subscription's step."""
    return kind in _STEPS
