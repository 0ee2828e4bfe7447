"""Say it with less: an event as a receiver with fewer capabilities can show it. One place, for all protocols.

``lower`` is pure, and has three laws: the result uses only what the receiver can show; lowering it again changes nothing;
and a receiver of everything gets the event itself. Steps go from the richest to the plainest, so that what one of them puts
into words (a reaction, say) passes through all that follow.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any

from dragoman.core.capabilities import EVERYTHING, Capabilities, Feature
from dragoman.core.model import (
    ChatState,
    ChatStateKind,
    Event,
    Marker,
    Message,
    Reaction,
    RealTimeText,
    Receipt,
    Reply,
    Retraction,
    Signal,
    Span,
    Style,
    Talk,
)
from dragoman.core.text import cut

ENCRYPTED = "(This message is encrypted and cannot be shown here.)"
REACTED = "reacted with {}"
RETRACTED = "took back a message"
MODERATED = "removed a message of somebody else"
#: All that Unicode or Python take for the end of a line.
LINE_BREAKS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def lower(event: Event, capabilities: Capabilities) -> list[Event]:
    """An event as none, one or several events that the receiver can show."""
    if capabilities == EVERYTHING or not isinstance(event, Talk):
        return [event]
    events: list[Event] = [event]
    for step in STEPS:
        events = list(chain.from_iterable(step(each, capabilities) for each in events))
    return events


def _signal(event: Event, capabilities: Capabilities) -> list[Event]:
    return [] if isinstance(event, Signal) else [event]


def _real_time_text(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, RealTimeText) or Feature.REAL_TIME_TEXT in capabilities.features:
        return [event]
    state = ChatStateKind.ACTIVE if event.action == "cancel" else ChatStateKind.COMPOSING
    return [ChatState(**_talk(event), state=state)]


def _silent(event: Event, capabilities: Capabilities) -> list[Event]:
    """Typing and receipts have no words: whoever cannot show them is told nothing."""
    features = capabilities.features
    if isinstance(event, ChatState) and Feature.CHAT_STATE not in features:
        return []
    if isinstance(event, Receipt) and Feature.RECEIPT not in features:
        return []
    if isinstance(event, Marker) and Feature.MARKER not in features:
        return []
    if not isinstance(event, Message):
        return [event]
    fields: dict[str, Any] = {}
    if event.state is not None and Feature.CHAT_STATE not in features:
        fields["state"] = None
    if event.wants_receipt and Feature.RECEIPT not in features:
        fields["wants_receipt"] = False
    if event.wants_marker and Feature.MARKER not in features:
        fields["wants_marker"] = False
    return [event.changed(**fields) if fields else event]


def _encryption(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Message) or event.encrypted is None or Feature.ENCRYPTED in capabilities.features:
        return [event]
    return [event.changed(encrypted=None, text=event.encrypted.notice or ENCRYPTED, markup=())]


def _reaction(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Reaction) or Feature.REACTION in capabilities.features:
        return [event]
    told = event.added or (event.emojis if not event.removed else ())
    if not told:
        return []
    reply = Reply(event.target)
    return [Message(**_talk(event), text=REACTED.format(" ".join(told)), style=Style.ACTION, reply=reply)]


def _retraction(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Retraction) or Feature.RETRACTION in capabilities.features:
        return [event]
    text = MODERATED if event.moderator else RETRACTED
    if event.reason:
        text = f"{text}: {event.reason}"
    return [Message(**_talk(event), text=text, style=Style.ACTION, reply=Reply(event.target))]


def _correction(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Message) or event.corrects is None or Feature.CORRECTION in capabilities.features:
        return [event]
    changed = _prefixed(event, "* ")
    return [changed.changed(corrects=None, reply=event.reply or Reply(event.corrects))]


def _reply(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Message) or event.reply is None or Feature.REPLY in capabilities.features:
        return [event]
    return [event.changed(reply=None)]


def _files(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Message) or not event.files or Feature.FILE in capabilities.features:
        return [event]
    links = [file.url for file in event.files if file.url not in event.text]
    return [event.changed(files=(), text="\n".join(filter(None, (event.text, *links))))]


def _subject(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Message) or not event.subject or Feature.SUBJECT in capabilities.features:
        return [event]
    return [_prefixed(event, f"[{event.subject}] ").changed(subject="")]


def _markup(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Message) or not event.markup or Feature.MARKUP in capabilities.features:
        return [event]
    return [event.changed(markup=())]


def _action(event: Event, capabilities: Capabilities) -> list[Event]:
    if not isinstance(event, Message) or event.style is not Style.ACTION or Feature.ACTION in capabilities.features:
        return [event]
    return [_prefixed(event, "* ").changed(style=Style.PLAIN)]


def _lines(event: Event, capabilities: Capabilities) -> list[Event]:
    """One message a line, where the receiver's lines are its messages; empty lines say nothing."""
    if not isinstance(event, Message) or Feature.MULTILINE in capabilities.features:
        return [event]
    breaks = [place for place, character in enumerate(event.text) if character in LINE_BREAKS]
    if not breaks:
        return [event]
    starts = [0, *(place + 1 for place in breaks)]
    pieces = [(start, end) for start, end in zip(starts, [*breaks, len(event.text)], strict=True)]
    return _parts(event, [(start, end) for start, end in pieces if event.text[start:end].strip()])


def _length(event: Event, capabilities: Capabilities) -> list[Event]:
    limit = capabilities.max_text_bytes
    if not isinstance(event, Message) or not limit or len(event.text) <= limit // 4:
        return [event]
    return _parts(event, cut(event.text, limit))


#: In this order; see the module's first lines.
STEPS: tuple[Callable[[Event, Capabilities], list[Event]], ...] = (
    _signal,
    _real_time_text,
    _silent,
    _encryption,
    _reaction,
    _retraction,
    _correction,
    _reply,
    _files,
    _subject,
    _markup,
    _action,
    _lines,
    _length,
)


def _talk(event: Talk) -> dict[str, Any]:
    """The fields that every kind of talk has, for saying the same thing in another kind; the original form is dropped."""
    return {name: getattr(event, name) for name in Talk.__struct_fields__ if name != "native"}


def _prefixed(event: Message, prefix: str) -> Message:
    markup = tuple(Span(span.start + len(prefix), span.length, span.style) for span in event.markup)
    reply = event.reply
    if reply is not None and reply.quoted:
        reply = Reply(reply.ref, reply.to)  # the quotation no longer stands at the head
    return event.changed(text=prefix + event.text, markup=markup, reply=reply)


def _parts(event: Message, pieces: list[tuple[int, int]]) -> list[Event]:
    """A message in several; the first one bears its ids, and what it answers."""
    if pieces == [(0, len(event.text))]:
        return [event]
    parts: list[Event] = []
    for start, end in pieces:
        part = event.changed(text=event.text[start:end], markup=_within(event.markup, start, end))
        if parts:
            part = part.changed(
                id="", archive_id="", origin_id="", reply=None, files=(), subject="", wants_receipt=False
            )
        elif part.reply is not None and part.reply.quoted:
            part = part.changed(reply=Reply(part.reply.ref, part.reply.to))
        parts.append(part)
    return parts


def _within(markup: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    cuts = ((max(span.start, start), min(span.start + span.length, end), span.style) for span in markup)
    return tuple(Span(first - start, last - first, style) for first, last, style in cuts if last > first)
