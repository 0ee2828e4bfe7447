"""What stands between the tags of a message, made from an event's neutral words: for what came from other protocols."""

from collections.abc import Callable
from typing import Any

from dragoman.core.errors import Refused
from dragoman.core.model import (
    ChatState,
    Edit,
    Event,
    Failure,
    Hint,
    Invitation,
    Kind,
    Marker,
    Message,
    Reaction,
    RealTimeText,
    Receipt,
    Ref,
    Retraction,
    Style,
    Talk,
    Tombstone,
)
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp.errors import error_element
from dragoman.protocols.xmpp.namespaces import (
    CHAT_STATES,
    CLIENT,
    CONFERENCE,
    CORRECTION,
    FALLBACK,
    FASTENING,
    HINTS,
    MARKERS,
    MODERATION,
    MODERATION_OLD,
    MUC_USER,
    OOB,
    REACTIONS,
    REAL_TIME_TEXT,
    RECEIPTS,
    REPLY,
    RETRACTION,
    RETRACTION_OLD,
    STANZA_ID,
)
from dragoman.protocols.xmpp.timestamps import write_moment

RETRACTED = "A message was retracted."

Content = list[Element | str]


def content(event: Talk) -> Content:
    """The children of the message that says an event; empty for what only another protocol can say."""
    writer = _WRITERS.get(type(event))
    return [child for child in writer(event) if child is not None] if writer is not None else []


def _message(event: Message) -> Content:
    text = event.text if event.encrypted is None else event.encrypted.notice
    if event.style is Style.ACTION:
        text = f"/me {text}"
    if event.files and not text:
        text = event.files[0].url  # XEP-0066: clients show the link in the body as the file itself
    children: list[Element | None] = [
        element("subject", CLIENT, clean(event.subject)) if event.subject else None,
        element("body", CLIENT, clean(text)) if text else None,
        element("thread", CLIENT, clean(event.thread)) if event.thread else None,
        element(event.state.value, CHAT_STATES) if event.state is not None else None,
        element("request", RECEIPTS) if event.wants_receipt else None,
        element("markable", MARKERS) if event.wants_marker else None,
        element("replace", CORRECTION, id=_name(event.corrects)) if event.corrects is not None else None,
        element("origin-id", STANZA_ID, id=clean(event.origin_id)) if event.origin_id else None,
        *_reply(event),
        *(element("x", OOB, element("url", OOB, clean(file.url))) for file in event.files),
    ]
    return [child for child in children if child is not None]


def _reply(event: Message) -> list[Element]:
    reply = event.reply
    if reply is None:
        return []
    to = clean(str(reply.to)) if reply.to is not None else None
    children = [element("reply", REPLY, id=_target(event, reply.ref), to=to)]
    if reply.quoted:
        body = element("body", FALLBACK, start="0", end=str(reply.quoted))
        children.append(element("fallback", FALLBACK, body, for_=REPLY))
    return children


def _retraction(event: Retraction) -> Content:
    reason = element("reason", RETRACTION, clean(event.reason)) if event.reason else None
    if event.moderator:
        return _moderation(event, reason)
    return [
        element("retract", RETRACTION, reason, id=_target(event, event.target)),
        element("fallback", FALLBACK, for_=RETRACTION),
        element("body", CLIENT, clean(event.fallback) or RETRACTED),
        element("store", HINTS),
    ]


def _moderation(event: Retraction, reason: Element | None) -> Content:
    """XEP-0425 §4: the room says that a moderator took a message back."""
    by, id = clean(str(event.recipient.bare.at(event.moderator))), _target(event, event.target)
    old_reason = element("reason", MODERATION_OLD, clean(event.reason)) if event.reason else None
    return [
        element("retract", RETRACTION, element("moderated", MODERATION, by=by), reason, id=id),
        # COMPAT(Gajim 1.8, slixmpp 1.17): clients that know only the extension's first form.
        element(
            "apply-to",
            FASTENING,
            element("moderated", MODERATION_OLD, element("retract", RETRACTION_OLD), old_reason, by=by),
            id=id,
        ),
    ]


def _tombstone(event: Tombstone) -> Content:
    moderated = None
    if event.moderator:
        moderated = element("moderated", MODERATION, by=clean(str(event.sender.bare.at(event.moderator))))
    reason = element("reason", RETRACTION, clean(event.reason)) if event.reason else None
    stamp = write_moment(event.at)
    retracted_by = clean(event.retracted_by) or None
    return [element("retracted", RETRACTION, moderated, reason, id=retracted_by, stamp=stamp)]


def _reaction(event: Reaction) -> Content:
    emojis = (element("reaction", REACTIONS, clean(emoji)) for emoji in event.emojis)
    return [element("reactions", REACTIONS, *emojis, id=_target(event, event.target)), element("store", HINTS)]


def _receipt(event: Receipt) -> Content:
    return [element("received", RECEIPTS, id=_name(event.target))]


def _marker(event: Marker) -> Content:
    return [element("displayed", MARKERS, id=_target(event, event.target)), element("store", HINTS)]


def _chat_state(event: ChatState) -> Content:
    return [element(event.state.value, CHAT_STATES), element("no-store", HINTS)]


def _real_time_text(event: RealTimeText) -> Content:
    action = clean(event.action) if event.action != "edit" else None
    edits = map(_edit, event.edits)
    return [element("rtt", REAL_TIME_TEXT, *edits, seq=str(event.sequence), event=action)]


def _edit(edit: Edit) -> Element:
    position = str(edit.position) if edit.position is not None else None
    if edit.insert:
        return element("t", REAL_TIME_TEXT, clean(edit.insert), p=position)
    if edit.erase:
        return element("e", REAL_TIME_TEXT, p=position, n=str(edit.erase))
    return element("w", REAL_TIME_TEXT, n=str(edit.wait_ms))


def _invitation(event: Invitation) -> Content:
    """XEP-0249, and before it what the room itself passes on (XEP-0045 §7.8.2)."""
    reason, password = clean(event.reason) or None, clean(event.password) or None
    room = clean(str(event.room))
    direct = element("x", CONFERENCE, jid=room, reason=reason, password=password)
    if event.sender.bare != event.room:
        return [direct]
    words = element("reason", MUC_USER, reason) if reason else None
    inviter = clean(str(event.inviter)) if event.inviter is not None else None
    invite = element("invite", MUC_USER, words, from_=inviter)
    return [element("x", MUC_USER, invite, element("password", MUC_USER, password) if password else None), direct]


def _failure(event: Failure) -> Content:
    return [error_element(Refused(event.condition, event.text, remedy=event.remedy))]


_WRITERS: dict[type[Event], Callable[[Any], Content]] = {
    Message: _message,
    Retraction: _retraction,
    Tombstone: _tombstone,
    Reaction: _reaction,
    Receipt: _receipt,
    Marker: _marker,
    ChatState: _chat_state,
    RealTimeText: _real_time_text,
    Invitation: _invitation,
    Failure: _failure,
}


def _name(ref: Ref) -> str:
    """A message by the id its sender gave it; where it gave none, clients were shown the server's."""
    return clean(ref.id or ref.archive_id)


def _target(event: Talk, ref: Ref) -> str:
    """What XEP-0424, 0444 and 0461 refer by: in a room the room's id, else the sender's."""
    return clean(ref.archive_id or ref.id) if event.kind is Kind.GROUPCHAT else _name(ref)


def is_kept(event: Talk) -> bool:
    """Whether the server's id of an event can be found in the history (XEP-0359 §3)."""
    return bool(event.archive_id) and not event.hints & (Hint.NO_STORE | Hint.NO_PERMANENT_STORE)
