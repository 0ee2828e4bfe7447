"""What the children of a message say, in neutral words: one small reader for each kind of child.

A reader gets the child and puts what it says into ``found``, under the names of :class:`~dragoman.core.model.Message`'s fields,
or, where the child makes the message something else than words, under the name of that.
"""

from collections.abc import Callable
from typing import Any

from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.core.model import ChatStateKind, Edit, Encrypted, File, Hint, Ref, Reply, Style
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.namespaces import (
    CARBONS,
    CHAT_STATES,
    CLIENT,
    CONFERENCE,
    CORRECTION,
    ENCRYPTION,
    FALLBACK,
    HINTS,
    MARKERS,
    OMEMO,
    OMEMO_OLD,
    OOB,
    REACTIONS,
    REAL_TIME_TEXT,
    RECEIPTS,
    REPLY,
    RETRACTION,
    STANZA_ID,
)

Found = dict[str, Any]
Reader = Callable[[Element, Found], None]

#: XEP-0444 §3.1 lets a client set a limit; so does the server.
MAX_REACTIONS = 32


def _body(child: Element, found: Found) -> None:
    # RFC 6121 §5.2.3: several bodies are one text in several languages; the first one stands for it.
    if "text" in found:
        return
    text = child.text
    if text.startswith("/me "):  # XEP-0245
        found["style"], text = Style.ACTION, text[4:]
    found["text"] = text
    if "xml:lang" in child.attributes:
        found["language"] = child.attributes["xml:lang"]


def _subject(child: Element, found: Found) -> None:
    found.setdefault("subject", child.text)


def _thread(child: Element, found: Found) -> None:
    found["thread"] = child.text


def _state(child: Element, found: Found) -> None:
    if child.name in _STATES:
        found["state"] = _STATES[child.name]


_STATES = {state.value: state for state in ChatStateKind}


def _request(child: Element, found: Found) -> None:
    found["wants_receipt"] = True


def _markable(child: Element, found: Found) -> None:
    found["wants_marker"] = True


def _received(child: Element, found: Found) -> None:
    if child.get("id"):
        found["receipt"] = Ref(child.get("id"))


def _displayed(child: Element, found: Found) -> None:
    if child.get("id"):
        found["marker"] = Ref(child.get("id"))


def _origin_id(child: Element, found: Found) -> None:
    found["origin_id"] = child.get("id")


def _replace(child: Element, found: Found) -> None:
    if child.get("id"):
        found["corrects"] = Ref(child.get("id"))


def _retract(child: Element, found: Found) -> None:
    if child.get("id"):
        found["retracts"] = Ref(child.get("id"))
        found["reason"] = child.child_text("reason")


def _reactions(child: Element, found: Found) -> None:
    if child.get("id"):
        emojis = [each.text.strip() for each in child.elements if each.name == "reaction"]
        found["reacts"] = Ref(child.get("id"))
        found["emojis"] = tuple(dict.fromkeys(filter(None, emojis)))[:MAX_REACTIONS]


def _reply(child: Element, found: Found) -> None:
    if not child.get("id"):
        return
    try:
        to = Address.parse(child.get("to")) if child.get("to") else None
    except Refused:
        to = None
    found["reply"] = Reply(Ref(child.get("id")), to)


def _fallback(child: Element, found: Found) -> None:
    body = child.child("body")
    start, end = (body.get("start"), body.get("end")) if body is not None else ("", "")
    if child.get("for") == REPLY and start in ("", "0") and end.isascii() and end.isdigit():
        found["quoted"] = int(end[:9])
    elif child.get("for") in (REACTIONS, RETRACTION):
        found["fallback"] = True


def _link(child: Element, found: Found) -> None:
    if child.child_text("url"):
        found["files"] = (*found.get("files", ()), File(child.child_text("url"), child.child_text("desc")))


def _encryption(child: Element, found: Found) -> None:
    found["encrypted"] = Encrypted(child.get("name") or child.get("namespace"))


def _encrypted(child: Element, found: Found) -> None:
    found.setdefault("encrypted", Encrypted("OMEMO"))


def _hint(child: Element, found: Found) -> None:
    found["hints"] = found.get("hints", Hint.NONE) | _HINTS.get(child.name, Hint.NONE)


_HINTS = {
    "store": Hint.STORE,
    "no-store": Hint.NO_STORE,
    "no-permanent-store": Hint.NO_PERMANENT_STORE,
    "no-copy": Hint.NO_COPY,
}


def _private(child: Element, found: Found) -> None:
    # XEP-0280 §9: as good as no-copy.
    found["hints"] = found.get("hints", Hint.NONE) | Hint.NO_COPY


def _conference(child: Element, found: Found) -> None:
    try:
        room = Address.parse(child.get("jid"))
    except Refused:
        return
    found["invites"] = {"room": room, "reason": child.get("reason"), "password": child.get("password")}


def _rtt(child: Element, found: Found) -> None:
    sequence = child.get("seq")
    if not (sequence.isascii() and sequence.isdigit()):
        return
    found["rtt"] = {
        "action": child.get("event", "edit"),
        "sequence": int(sequence[:10]),
        "edits": tuple(filter(None, map(_edit, child.elements))),
    }


def _edit(child: Element) -> Edit | None:
    """XEP-0301 §4.6.3: <t/> inserts, <e/> erases, <w/> waits."""
    position, number = _number(child.get("p")), _number(child.get("n"))
    if child.name == "t":
        return Edit(insert=child.text, position=position)
    if child.name == "e":
        return Edit(position=position, erase=1 if number is None else number)
    return Edit(wait_ms=number or 0) if child.name == "w" else None


def _number(text: str) -> int | None:
    return int(text[:9]) if text.isascii() and text.isdigit() else None


#: By namespace and name.
READERS: dict[tuple[str, str], Reader] = {
    (CLIENT, "body"): _body,
    (CLIENT, "subject"): _subject,
    (CLIENT, "thread"): _thread,
    **{(CHAT_STATES, name): _state for name in _STATES},
    (RECEIPTS, "request"): _request,
    (RECEIPTS, "received"): _received,
    (MARKERS, "markable"): _markable,
    (MARKERS, "displayed"): _displayed,
    (STANZA_ID, "origin-id"): _origin_id,
    (CORRECTION, "replace"): _replace,
    (RETRACTION, "retract"): _retract,
    (REACTIONS, "reactions"): _reactions,
    (REPLY, "reply"): _reply,
    (FALLBACK, "fallback"): _fallback,
    (OOB, "x"): _link,
    (ENCRYPTION, "encryption"): _encryption,
    (OMEMO_OLD, "encrypted"): _encrypted,
    (OMEMO, "encrypted"): _encrypted,
    **{(HINTS, name): _hint for name in _HINTS},
    (CARBONS, "private"): _private,
    (CONFERENCE, "x"): _conference,
    (REAL_TIME_TEXT, "rtt"): _rtt,
}
