"""Lift and render: what is said over IRC as events, and events as what IRC can say. Pure.

``native`` of a message is ``<client-only tags>\\n<COMMAND> <text>``, all of it validated, so that another IRC client gets
exactly what was written.
"""

from collections.abc import Mapping

from dragoman.core.address import Address
from dragoman.core.clock import id_number
from dragoman.core.model import (
    ChatState,
    ChatStateKind,
    Event,
    Hint,
    Kind,
    Message,
    Native,
    Reaction,
    Ref,
    Reply,
    Retraction,
    Signal,
    Style,
    Talk,
)
from dragoman.core.text import cut
from dragoman.protocols.irc.formatting import lift_formatting, render_formatting
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.wire import MAX_LINE, PROTOCOL, read_tags, write_tags

_CTCP = "\x01"
_ACTION = "\x01ACTION "
_TYPING = {"active": ChatStateKind.COMPOSING, "paused": ChatStateKind.PAUSED, "done": ChatStateKind.ACTIVE}
_STATES = {
    ChatStateKind.COMPOSING: "active",
    ChatStateKind.PAUSED: "paused",
    ChatStateKind.ACTIVE: "done",
    ChatStateKind.INACTIVE: "done",
    ChatStateKind.GONE: "done",
}


class Way:
    """Between whom something is said, the sender's id of it, and what it tells besides: ``state`` is active where the
    sender would be shown that the other one is typing (XEP-0085 §5.1: it is only told to those who say so)."""

    __slots__ = ("id", "kind", "recipient", "sender", "state")

    def __init__(
        self, sender: Address, recipient: Address, kind: Kind, id: str, state: ChatStateKind | None = None
    ) -> None:
        self.sender = sender
        self.recipient = recipient
        self.kind = kind
        self.id = id
        self.state = state


class Said:
    """What goes to a client: one line for each of ``texts``; a TAGMSG has none."""

    __slots__ = ("command", "tags", "texts")

    def __init__(self, command: str, texts: tuple[str, ...], tags: dict[str, str]) -> None:
        self.command = command
        self.texts = texts
        self.tags = tags


def client_tags(line: Line) -> dict[str, str]:
    """The tags that are passed on: only those with a plus are a client's to set (message-tags §Client-only tags)."""
    return {key: value for key, value in line.tags.items() if key[0] == "+"} if line.tags else {}


def lift(line: Line, way: Way) -> Talk:
    """A PRIVMSG, NOTICE or TAGMSG as an event."""
    tags = client_tags(line)
    text = line.params[1] if len(line.params) > 1 else ""
    head = write_tags(tags) if tags else ""
    native = Native(PROTOCOL, f"{head}\n{line.command} {text}".encode())
    target = tags.get("+reply") or tags.get("+draft/reply") or "" if tags else ""
    if line.command == "TAGMSG":
        return _lift_tags(tags, target, way, native)
    style = Style.NOTICE if line.command == "NOTICE" else Style.PLAIN
    if text.startswith(_CTCP):
        if style is Style.NOTICE or not text.startswith(_ACTION):
            return Signal(
                sender=way.sender,
                recipient=way.recipient,
                kind=way.kind,
                id=way.id,
                native=native,
                hints=Hint.NO_STORE,
            )
        style, text = Style.ACTION, text.removeprefix(_ACTION).removesuffix(_CTCP)
    text, markup = lift_formatting(text)
    return Message(
        sender=way.sender,
        recipient=way.recipient,
        kind=way.kind,
        id=way.id,
        text=text,
        markup=markup,
        style=style,
        state=way.state,
        reply=Reply(Ref(archive_id=target)) if target else None,
        native=native,
    )


def _lift_tags(tags: Mapping[str, str], target: str, way: Way, native: Native) -> Talk:
    typing = _TYPING.get(tags.get("+typing", ""))
    added, removed = tags.get("+draft/react"), tags.get("+draft/unreact")
    if typing is not None:
        return ChatState(
            sender=way.sender, recipient=way.recipient, kind=way.kind, id=way.id, state=typing, native=native
        )
    if target and (added or removed):
        return Reaction(
            sender=way.sender,
            recipient=way.recipient,
            kind=way.kind,
            id=way.id,
            target=Ref(archive_id=target),
            added=(added,) if added else (),
            removed=(removed,) if removed and not added else (),
            native=native,
        )
    # What nobody but IRC clients understands is kept where they ask for it.
    hints = Hint.STORE if "+draft/persist" in tags or "+persist" in tags else Hint.NO_STORE
    return Signal(sender=way.sender, recipient=way.recipient, kind=way.kind, id=way.id, native=native, hints=hints)


def lift_redaction(target: str, reason: str, way: Way) -> Retraction:
    """A REDACT as an event."""
    return Retraction(
        sender=way.sender,
        recipient=way.recipient,
        kind=way.kind,
        id=way.id,
        target=Ref(archive_id=target),
        reason=reason,
    )


def render(event: Event, overhead: int) -> Said | None:
    """What is said as lines; None where IRC has no words for it. ``overhead`` is what a line needs around the text and
    the command, in octets: the source, the target, and all between them."""
    if event.native is not None and event.native.protocol == PROTOCOL:
        head, _, body = event.native.data.decode().partition("\n")
        command, _, text = body.partition(" ")
        return Said(command, () if command == "TAGMSG" else (text,), read_tags(head) if head else {})
    if isinstance(event, Message):
        return _render_message(event, overhead)
    if isinstance(event, Reaction):
        return _render_reaction(event)
    if isinstance(event, ChatState):
        return Said("TAGMSG", (), {"+typing": _STATES[event.state]})
    return None


def _render_message(event: Message, overhead: int) -> Said | None:
    command = "NOTICE" if event.style is Style.NOTICE or event.kind is Kind.HEADLINE else "PRIVMSG"
    around = len(f"{_ACTION}{_CTCP}") if event.style is Style.ACTION else 0
    text = render_formatting(event.text, event.markup) if event.markup else event.text
    if event.reply is not None and event.reply.quoted and not event.markup:
        text = text[event.reply.quoted :]  # the reply tag says it better
    pieces = split(text.replace("\0", "").replace(_CTCP, ""), MAX_LINE - 2 - overhead - len(command) - around)
    if not pieces:
        return None
    if event.style is Style.ACTION:
        pieces = [f"{_ACTION}{piece}{_CTCP}" for piece in pieces]
    tags = _reply_tags(event.reply.ref) if event.reply is not None else {}
    return Said(command, tuple(pieces), tags)


def split(text: str, octets: int) -> list[str]:
    """A text as lines of at most ``octets``, never cut inside a character; blank lines are left out: IRC has none."""
    lines = text.splitlines() if not text.isprintable() else [text]
    pieces: list[str] = []
    for line in lines:
        if len(line) * 4 <= octets or len(line.encode()) <= octets:
            pieces.append(line)
        else:
            pieces += [line[start:end] for start, end in cut(line, octets)]
    return [piece for piece in pieces if piece and not piece.isspace()]


def _render_reaction(event: Reaction) -> Said | None:
    emoji = next((each.replace("\0", "") for each in (*event.added, *event.removed)), "")
    if id_number(event.target.archive_id) is None or not emoji:
        return None
    change = {"+draft/react" if event.added else "+draft/unreact": emoji}
    return Said("TAGMSG", (), _reply_tags(event.target) | change)


def reactions(event: Reaction) -> list[Reaction]:
    """One change each: IRC's tags hold no more (react §Format)."""
    if event.native is not None and event.native.protocol == PROTOCOL:
        return [event]
    taken = [event.changed(added=(), removed=(emoji,)) for emoji in event.removed]
    return taken + [event.changed(added=(emoji,), removed=()) for emoji in event.added]


def _reply_tags(ref: Ref) -> dict[str, str]:
    # COMPAT(clients of before 2025): the ratified +reply is newer than what many of them look for.
    return {"+reply": ref.archive_id, "+draft/reply": ref.archive_id} if id_number(ref.archive_id) is not None else {}
