"""What people say, told to a client: PRIVMSG, NOTICE, TAGMSG, REDACT, INVITE.

In a channel the same event reaches many clients. Those with the same capabilities get the same bytes, made once.
"""

from dragoman.core.address import Address
from dragoman.core.clock import id_moment, id_number
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
from dragoman.protocols.irc.timestamps import write_moment
from dragoman.protocols.irc.translate import Said, reactions, render
from dragoman.protocols.irc.wire import PROTOCOL, Line, cut, one_line, serialise

#: The capabilities that decide what the bytes of a message are.
_SHOWN = cap.SERVER_TIME | cap.ACCOUNT_TAG | cap.MESSAGE_TAGS | cap.MESSAGE_REDACTION


class Rendered:
    """The bytes of the event that was told last, by domain and capabilities."""

    def __init__(self) -> None:
        self._event: Event | None = None
        self._bytes: dict[tuple[str, int], bytes] = {}

    def of(self, event: Event) -> dict[tuple[str, int], bytes]:
        """What was made of an event so far."""
        if event is not self._event:
            self._event, self._bytes = event, {}
        return self._bytes


def tell_talk(client: Client, event: Talk) -> None:
    """Tell a client what somebody said."""
    if event.kind is Kind.GROUPCHAT and event.sender.resource:
        if event.id and event.id == client.sending and _is_own(client, event):
            return  # the client's own words come back: its command echoes them
        _tell_channel(client, event)
        return
    for line in lines_of(client, event, to=client.nick):
        client.tell(line)


def _is_own(client: Client, event: Talk) -> bool:
    return event.occupant is not None and event.occupant.account == client.account


def _tell_channel(client: Client, event: Talk) -> None:
    enabled = client.connection.negotiation.enabled & _SHOWN
    if client.response is not None:
        for line in lines_of(client, event, to=client.network.people.channel(event.sender, client.domain)):
            client.tell(line)
        return
    made = client.network.rendered.of(event)
    data = made.get((client.domain, enabled))
    if data is None:
        lines = lines_of(client, event, to=client.network.people.channel(event.sender, client.domain))
        data = b"".join(serialise(client.tagged(line)) for line in lines)
        made[client.domain, enabled] = data
    if data:
        client.wire.write(data)


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
    tags = {}
    number = id_number(event.archive_id) if event.archive_id else None
    moment = event.sent_at if event.sent_at is not None else id_moment(number) if number is not None else None
    if moment is not None:
        tags["time"] = write_moment(moment)
    if number is not None:
        tags["msgid"] = event.archive_id
    tags.update(client.network.tags_of(_account(client, event), client.domain))
    return tags


def _account(client: Client, event: Talk) -> Address | None:
    network = client.network
    if event.occupant is not None:
        return network.people.known_account(event.occupant, event.sender)
    return event.sender.bare if network.services.domains.of_rooms(event.sender.domain) is None else None


def source_of(client: Client, event: Talk) -> str:
    """``nick!user@host`` of whoever said it."""
    people = client.network.people
    if event.occupant is not None:
        return people.occupant_source(event.occupant, event.sender, client.domain)
    return people.source(event.sender.bare, client.domain)


def source_nick(client: Client, address: Address, event: Talk) -> str:
    """The nick behind an address: an account's, or that of an occupant in a room."""
    people = client.network.people
    if client.network.services.domains.of_rooms(address.domain) is None:
        return people.nick(address.bare, client.domain)
    return people.occupant_nick(client.network.view(address), address, client.domain)


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
