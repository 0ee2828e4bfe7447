"""What people say, told to a client: PRIVMSG, NOTICE, TAGMSG, REDACT, INVITE.

In a channel the same event reaches many clients. Those with the same capabilities get the same bytes, made once.
"""

from dragoman.core.address import Address
from dragoman.core.clock import id_number
from dragoman.core.lower import lower
from dragoman.core.model import (
    Copy,
    Event,
    Failure,
    Invitation,
    Kind,
    Message,
    Reaction,
    Retraction,
    Talk,
    Tombstone,
)
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.passing import moment_of, passed, speaker
from dragoman.protocols.irc.timestamps import write_moment
from dragoman.protocols.irc.translate import Said, reactions, render
from dragoman.protocols.irc.wire import PROTOCOL, cut, one_line


class Rendered:
    """The bytes of the event that was told last, by domain and capabilities."""

    def __init__(self) -> None:
        self.event: Event | None = None
        self.data: dict[tuple[str, int], bytes] = {}

    def begin(self, event: Event) -> None:
        """Another event is told from now on."""
        self.event, self.data = event, {}


def tell_talk(client: Client, event: Talk) -> None:
    """Tell a client what somebody said."""
    if event.kind is Kind.GROUPCHAT:
        if not (client.sending and event.id == client.sending and _is_own(client, event)):
            _tell_channel(client, event)  # the client's own words come back: its command echoes them
        return
    data = passed(client, event, client.nick) if client.response is None else None
    if data is None:
        for line in lines_of(client, event, to=client.nick):
            client.tell(line)
    elif data:
        client.wire.write(data)


def _is_own(client: Client, event: Talk) -> bool:
    return event.occupant is not None and event.occupant.account == client.account


def _tell_channel(client: Client, event: Talk) -> None:
    rendered = client.network.rendered
    if client.response is not None:
        for line in lines_of(client, event, to=client.network.people.channel(event.sender, client.domain)):
            client.tell(line)
        return
    if rendered.event is not event:
        rendered.begin(event)
    data = rendered.data.get(client.kind)
    if data is None:
        data = _channel_bytes(client, event)
        if not _is_alias(client, event):
            rendered.data[client.kind] = data
    if data:
        client.wire.write(data)


def _is_alias(client: Client, event: Talk) -> bool:
    """Whether the speaker has another name in this room, by which only it itself is not called."""
    view = event.occupant
    if view is None or view.account is None:
        return False
    return client.network.people.identity(view, event.sender, None) is None


def _channel_bytes(client: Client, event: Talk) -> bytes:
    channel = client.network.people.channel(event.sender, client.domain)
    data = passed(client, event, channel)
    if data is None:
        data = b"".join(client.serialised(line) for line in lines_of(client, event, to=channel))
    return data


def tell_copy(client: Client, copy: Copy) -> None:
    """What another session of the same account said; what it was told, this one is told in its own right."""
    event = copy.event
    peer = event.recipient if copy.sent else event.sender
    to = source_nick(client, peer, event) if copy.sent else client.nick
    for line in lines_of(client, event, to=to):
        client.tell(line)


def lines_of(client: Client, event: Event, *, to: str) -> list[Line]:
    """An event as a client can be told it: ``to`` is the target that the lines name."""
    if isinstance(event, Invitation):
        return invitation(client, event)
    if not isinstance(event, Talk) or isinstance(event, Tombstone | Failure):
        return []
    own_words = event.native is not None and event.native.protocol == PROTOCOL
    events = [event] if own_words or _is_topic(event) else lower(event, client.opened.capabilities)
    return [line for each in events if isinstance(each, Talk) for line in _lines(client, each, event, to)]


def _lines(client: Client, event: Talk, origin: Talk, to: str) -> list[Line]:
    source = source_of(client, event)
    tags = _tags(client, event)
    if isinstance(event, Message) and _is_topic(event):
        return [Line("TOPIC", (to, cut(one_line(event.subject), TEXT_LENGTH)), source, tags)]
    if isinstance(event, Retraction):
        if not client.has(cap.MESSAGE_REDACTION) or id_number(event.target.archive_id) is None:
            return []
        reason = (one_line(event.reason),) if event.reason else ()
        return [Line("REDACT", (to, event.target.archive_id, *reason), source, tags)]
    lines: list[Line] = []
    for each in reactions(event) if isinstance(event, Reaction) else [event]:
        said = render(each, len(source.encode()) + len(to.encode()) + 5)
        if said is not None:
            lines += _said(client, said, source, to, tags)
    return lines


def _is_topic(event: Event) -> bool:
    """A change of a room's subject, as its history has it."""
    return isinstance(event, Message) and event.kind is Kind.GROUPCHAT and bool(event.subject) and not event.text


def _said(client: Client, said: Said, source: str, to: str, tags: dict[str, str]) -> list[Line]:
    if said.command == "TAGMSG":
        return [Line("TAGMSG", (to,), source, tags | said.tags)] if client.has(cap.MESSAGE_TAGS) else []
    # Of several lines only the first is the message that has the id.
    others = {key: value for key, value in tags.items() if key != "msgid"}
    return [
        Line(said.command, (to, text), source, others if place else tags | said.tags)
        for place, text in enumerate(said.texts)
    ]


def _tags(client: Client, event: Talk) -> dict[str, str]:
    tags = {"time": write_moment(moment_of(client, event))}
    if id_number(event.archive_id) is not None:
        tags["msgid"] = event.archive_id
    return tags | client.network.tags_of(speaker(client, event), client.domain)


def source_of(client: Client, event: Talk) -> str:
    """``nick!user@host`` of whoever said it."""
    people = client.network.people
    if event.occupant is not None:
        return people.occupant_source(event.occupant, event.sender, client)
    if event.kind is Kind.GROUPCHAT:
        return client.network.name  # the room itself speaks
    return people.source(event.sender.bare, client.domain)


def source_nick(client: Client, address: Address, event: Talk) -> str:
    """The nick behind an address: an account's, or that of an occupant in a room."""
    people = client.network.people
    if client.network.services.domains.of_rooms(address.domain) is None:
        return people.nick(address.bare, client.domain)
    return people.occupant_nick(client.network.view(address), address, client)


def invitation(client: Client, event: Invitation) -> list[Line]:
    """An INVITE, whoever it was that passed it on."""
    people = client.network.people
    inviter = event.inviter.bare if event.inviter is not None else event.sender.bare
    if client.network.services.domains.of_rooms(inviter.domain) is not None:
        source = client.network.name
    else:
        source = people.source(inviter, client.domain)
    tags = client.network.tags_of(inviter, client.domain)
    return [Line("INVITE", (client.nick, people.channel(event.room, client.domain)), source, tags)]


def is_words(event: Event) -> bool:
    """Whether a client without playback of events may be shown it as history."""
    return isinstance(event, Message)
