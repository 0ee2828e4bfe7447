"""PRIVMSG, NOTICE, TAGMSG and REDACT."""

from collections.abc import Awaitable

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Routed
from dragoman.core.model import ChatStateKind, Event, Kind, Talk
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import MAX_TARGETS, TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.refusals import SPEAKING, WHISPERING
from dragoman.protocols.irc.say import lines_of
from dragoman.protocols.irc.translate import Way, client_tags, lift, lift_redaction
from dragoman.protocols.irc.wire import MAX_LINE, cut


def say(client: Client, line: Line) -> Awaitable[None] | None:
    """PRIVMSG and NOTICE to up to four targets."""
    if not line.params or not line.params[0]:
        client.numeric_said(n.ERR_NORECIPIENT, f"No recipient given ({line.command})")
    elif len(line.params) < 2 or not line.params[1]:
        client.numeric(n.ERR_NOTEXTTOSEND)
    else:
        return _say(client, line, line.params[0])
    return None


def tag(client: Client, line: Line) -> Awaitable[None] | None:
    """TAGMSG: only tags, and only the client's own (IRCv3 message-tags)."""
    if not client.has(cap.MESSAGE_TAGS):
        client.numeric(n.ERR_UNKNOWNCOMMAND, "TAGMSG")
    elif client_tags(line):
        return _say(client, line, line.params[0])
    return None


def _say(client: Client, line: Line, named: str) -> Awaitable[None] | None:
    client.spoke_at = client.heard_at
    if "," not in named:
        return _to(client, line, named) if named else None
    targets = list(dict.fromkeys(filter(None, named.split(","))))
    if len(targets) > MAX_TARGETS:
        client.numeric(n.ERR_TOOMANYTARGETS, named)
        return None
    return _to_each(client, line, targets)


async def _to_each(client: Client, line: Line, targets: list[str]) -> None:
    for target in targets:
        left = _to(client, line, target)
        if left is not None:
            await left


def _to(client: Client, line: Line, target: str) -> Awaitable[None] | None:
    return _to_channel(client, line, target) if target[0] == "#" else _to_person(client, line, target)


def _to_channel(client: Client, line: Line, channel: str) -> Awaitable[None] | None:
    people = client.network.people
    room = people.room(channel, client.domain)
    if room is None:
        if line.command != "NOTICE":
            client.numeric(n.ERR_NOSUCHCHANNEL, channel)
        return None
    return _start(client, line, channel, people.channel(room, client.domain), room)


def _to_person(client: Client, line: Line, nick: str) -> Awaitable[None] | None:
    network = client.network
    named = network.people.named(nick, client.domain)
    recipient, name = named if named is not None else (network.resolve(nick, client), nick)
    if recipient is None:
        if line.command != "NOTICE":
            client.numeric(n.ERR_NOSUCHNICK, nick)
        return None
    return _start(client, line, nick, name, recipient)


def _start(client: Client, line: Line, target: str, name: str, recipient: Address) -> Awaitable[None] | None:
    """Say it, as far as that needs no waiting. ``target`` is what the client wrote, ``name`` what it is called."""
    event = _event(client, line, recipient, Kind.GROUPCHAT if target[0] == "#" else Kind.CHAT, name)
    if event is None:
        return None
    routed = Routed(event, client.opened)
    client.sending = event.id
    try:
        left = client.network.services.router.start(routed)
    except Refused as refused:
        _refuse(client, line, target, refused)
        return None
    return (
        _said(client, line, name, recipient, routed)
        if left is None
        else _finish(client, line, target, name, routed, left)
    )


async def _finish(client: Client, line: Line, target: str, name: str, routed: Routed, left: Awaitable[None]) -> None:
    recipient = routed.event.recipient
    try:
        await left
    except Refused as refused:
        _refuse(client, line, target, refused)
        return
    pending = _said(client, line, name, recipient, routed)
    if pending is not None:
        await pending


def _refuse(client: Client, line: Line, target: str, refused: Refused) -> None:
    client.sending = ""
    # RFC 2812 §3.3.2: nothing is answered to a NOTICE; only that its sender is too fast has to be told.
    if line.command == "NOTICE" and refused.condition is not Condition.RESOURCE_CONSTRAINT:
        return
    numerics = SPEAKING if target[0] == "#" else WHISPERING
    client.refuse(numerics[refused.condition], target, refused)


def _said(client: Client, line: Line, name: str, recipient: Address, routed: Routed) -> Awaitable[None] | None:
    """It is as durable as it is to be: only now it is echoed."""
    _echo(client, routed.event, name)
    if line.command != "PRIVMSG" or name[0] == "#" or recipient.resource:
        return None
    away = client.network.away(recipient)
    return _tell_away(client, recipient, name, away) if away and recipient != client.account else None


async def _tell_away(client: Client, recipient: Address, name: str, away: str) -> None:
    if await client.network.may_see(client.account, recipient):
        client.numeric_said(n.RPL_AWAY, name, away)


def _event(client: Client, line: Line, recipient: Address, kind: Kind, name: str) -> Talk | None:
    """What a line says; None where nobody could be told it whole, and its sender has been told so."""
    address = client.opened.address
    source = client.network.people.speaker(address, client.domain)
    text = line.params[1] if len(line.params) > 1 else ""
    if _octets(source) + _octets(line.command) + _octets(name) + _octets(text) + len(":   :") > MAX_LINE - 2:
        client.numeric(n.ERR_INPUTTOOLONG)
        return None
    state = ChatStateKind.ACTIVE if kind is Kind.CHAT and client.has(cap.MESSAGE_TAGS) else None
    return lift(line, Way(address, recipient, kind, client.next_id(), state))


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _echo(client: Client, said: Event, name: str) -> None:
    client.sending = ""
    if client.has(cap.ECHO_MESSAGE) and not client.ended:
        for line in lines_of(client, said, to=name):
            client.answer(line)


async def redact(client: Client, line: Line) -> None:
    """REDACT: take a message back (IRCv3 draft/message-redaction)."""
    network = client.network
    if not client.has(cap.MESSAGE_REDACTION):
        client.numeric(n.ERR_UNKNOWNCOMMAND, "REDACT")
        return
    target, msgid = line.params[0], line.params[1]
    reason = cut(line.params[2], TEXT_LENGTH) if len(line.params) > 2 else ""
    is_channel = target[:1] == "#"
    recipient = network.people.room(target, client.domain) if is_channel else network.resolve(target, client)
    if recipient is None or not await _can_be_redacted(client, recipient):
        client.fail("REDACT", "INVALID_TARGET", target, "You cannot delete messages there")
        return
    owner = recipient if is_channel else client.account
    found = await network.services.history.find(owner, recipient.bare, archive_id=msgid)
    if found is None or not isinstance(found.event, Talk):
        text = "This message does not exist or is too old"
        client.fail("REDACT", "UNKNOWN_MSGID", target, msgid, text)
        return
    kind = Kind.GROUPCHAT if is_channel else Kind.CHAT
    way = Way(client.opened.address, recipient, kind, client.next_id())
    name = network.people.channel(recipient, client.domain) if is_channel else target
    redaction = lift_redaction(msgid, reason, way)
    client.sending = redaction.id
    try:
        said = await network.services.router.route(redaction, client.opened)
    except Refused as refused:
        client.sending = ""
        code = "REDACT_FORBIDDEN" if refused.condition is Condition.FORBIDDEN else "INVALID_TARGET"
        text = refused.text or "You are not authorised to delete this message"
        context = (target, msgid) if code == "REDACT_FORBIDDEN" else (target,)
        client.fail("REDACT", code, *context, text)
    else:
        _echo(client, said, name)


async def _can_be_redacted(client: Client, recipient: Address) -> bool:
    services = client.network.services
    if services.domains.of_rooms(recipient.domain) is None:
        return await services.accounts.exists(recipient)
    room = client.network.room(recipient.bare)
    return room is not None and room.is_inside(client.opened.address)
