"""A room told to a client: coming in, NAMES, topic, and all that happens there."""

from collections.abc import Callable, Iterable

from dragoman.core.model import OccupantView, Presence, RoomChange, RoomEvent, RoomWelcome
from dragoman.core.presence import is_away
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import channel_modes, modes
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.modes import Change
from dragoman.protocols.irc.say import lines_of
from dragoman.protocols.irc.wire import MAX_LINE, Line, cut, one_line

_AWAY = {"dnd": "Do not disturb", "xa": "Away for long"}


def away_text(presence: Presence) -> str:
    """What AWAY says of somebody; empty where they are here."""
    if not is_away(presence):
        return ""
    status = cut(one_line(presence.status), TEXT_LENGTH)
    return status or _AWAY.get(presence.show.value, "Away")


def welcome(client: Client, event: RoomWelcome) -> None:
    """A client is in a room: JOIN, what was missed, topic, names (modern IRC §JOIN)."""
    channel = client.network.people.channel(event.sender, client.domain)
    client.answer(join_line(client, channel, event.occupant, event))
    if event.subject:
        topic(client, channel, event.subject, event.subject_author, event.subject_at)
    client.network.welcomed(client, channel, event)
    if not client.has(cap.NO_IMPLICIT_NAMES):
        everybody = [*event.occupants, (event.occupant, event.presence)]
        names(client, channel, [view for view, _ in everybody], event)
        client.numeric(n.RPL_ENDOFNAMES, channel)
    for view, presence in event.occupants:
        note_away(client, client.network.people.occupant_nick(view, event.sender, client.domain), presence)
    if client.has(cap.SERVER_TIME) and not client.has(cap.CHATHISTORY):
        for said in event.history:
            for line in lines_of(client, said, to=channel):
                client.tell(line)


def join_line(client: Client, channel: str, view: OccupantView, event: RoomWelcome | RoomChange) -> Line:
    """A JOIN, as long as the client wants it (extended-join)."""
    network = client.network
    source = network.people.occupant_source(view, event.sender, client.domain)
    account = network.account_shown(view, event.sender, client.domain)
    tags = {"account": account} if account else {}
    if not client.has(cap.EXTENDED_JOIN):
        return Line("JOIN", (channel,), source, tags)
    return Line(
        "JOIN",
        (channel, account or "*", network.realname(network.people.known_account(view, event.sender), view.nick)),
        source,
        tags,
    )


def topic(client: Client, channel: str, subject: str, author: str, at: float | None) -> None:
    """RPL_TOPIC and who set it when."""
    client.numeric_said(n.RPL_TOPIC, channel, cut(one_line(subject), TEXT_LENGTH))
    if at is not None:
        client.numeric_said(n.RPL_TOPICWHOTIME, channel, one_line(author).replace(" ", "_") or "*", str(int(at)))


def names(client: Client, channel: str, views: Iterable[OccupantView], event: RoomWelcome | RoomChange) -> None:
    """RPL_NAMREPLY, in as many lines as it takes."""
    network = client.network
    room = event.sender.bare
    words = [name_of(client, view, event) for view in views]
    sign = "=" if network.is_public(room) else "@"
    overhead = len(f":{network.name} 353 {client.nick} {sign} {channel} :".encode())
    for text in cap.lines_of(words, MAX_LINE - 2 - overhead):
        client.numeric_said(n.RPL_NAMREPLY, sign, channel, text)


def name_of(client: Client, view: OccupantView, event: RoomWelcome | RoomChange) -> str:
    """One occupant in NAMES: its highest sign, or all of them; its nick, or its whole mask."""
    people = client.network.people
    signs = people.prefixes(view, event.sender)
    if not client.has(cap.MULTI_PREFIX):
        signs = signs[:1]
    if client.has(cap.USERHOST_IN_NAMES):
        return signs + people.occupant_source(view, event.sender, client.domain)
    return signs + people.occupant_nick(view, event.sender, client.domain)


def note_away(client: Client, nick: str, presence: Presence) -> None:
    """Tell that somebody went away or came back, once (away-notify)."""
    text = away_text(presence)
    if client.away.get(nick, "") == text:
        return
    if text:
        client.away[nick] = text
    else:
        client.away.pop(nick, None)
    if client.has(cap.AWAY_NOTIFY) and nick != client.nick:
        source = client.network.source_of_nick(nick, client.domain)
        client.tell(Line("AWAY", (text,) if text else (), source))


def change(client: Client, event: RoomChange) -> None:
    """Something happened in a room that the client is in."""
    _CHANGES[event.what](client, event, client.network.people.channel(event.sender, client.domain))


def _entered(client: Client, event: RoomChange, channel: str) -> None:
    view = _occupant(event)
    client.tell(join_line(client, channel, view, event))
    nick = client.network.people.occupant_nick(view, event.sender, client.domain)
    letters = client.network.people.standing(view, event.sender)
    if letters:
        _tell_modes(client, channel, [Change(True, letter, nick) for letter in letters], client.network.name)
    if event.presence is not None:
        note_away(client, nick, event.presence)


def _left(client: Client, event: RoomChange, channel: str) -> None:
    view = _occupant(event)
    if event.own and client.leaving == event.sender.bare:
        return  # its command says so
    source = client.network.people.occupant_source(view, event.sender, client.domain)
    reason = cut(one_line(event.reason), TEXT_LENGTH)
    client.tell(Line("PART", (channel, reason) if reason else (channel,), source))
    client.away.pop(source.partition("!")[0], None)


def _gone(client: Client, event: RoomChange, channel: str) -> None:
    view = _occupant(event)
    source = client.network.people.occupant_source(view, event.sender, client.domain)
    account = client.network.people.known_account(view, event.sender)
    if account is None:
        # Who is hidden here may be known elsewhere by another name: it has only left this channel.
        _left(client, event, channel)
    elif client.network.quits_now(account, client):
        client.tell(Line("QUIT", (cut(one_line(event.reason), TEXT_LENGTH) or "Gone",), source))
        client.away.pop(source.partition("!")[0], None)


def _put_out(client: Client, event: RoomChange, channel: str) -> None:
    people = client.network.people
    view = event.before or _occupant(event)
    source = _actor(client, event)
    nick = people.occupant_nick(view, event.sender, client.domain)
    if event.what is RoomEvent.BANNED and view.account is not None:
        name = client.network.account_name(view.account, client.domain)
        _tell_modes(client, channel, [Change(True, "b", f"~account:{name}")], source)
    reason = cut(one_line(event.reason), TEXT_LENGTH) or _REASONS.get(event.what, nick)
    if event.to is not None:
        reason = f"{reason}; go to {people.channel(event.to, client.domain)}"
    client.tell(Line("KICK", (channel, nick, reason), source))
    client.away.pop(nick, None)


def _renamed(client: Client, event: RoomChange, channel: str) -> None:
    people = client.network.people
    before, after = event.before or _occupant(event), _occupant(event)
    old = people.occupant_source(before, event.sender, client.domain)
    new = people.occupant_nick(after, event.sender, client.domain)
    if old.partition("!")[0] != new and client.network.renames_now(old, client):
        (client.answer if event.own else client.tell)(Line("NICK", (new,), old))


def _presence(client: Client, event: RoomChange, channel: str) -> None:
    if event.presence is not None and not event.own:
        nick = client.network.people.occupant_nick(_occupant(event), event.sender, client.domain)
        note_away(client, nick, event.presence)


def _standing(client: Client, event: RoomChange, channel: str) -> None:
    people = client.network.people
    after = _occupant(event)
    old, new = people.standing(event.before or after, event.sender), people.standing(after, event.sender)
    nick = people.occupant_nick(after, event.sender, client.domain)
    taken = [Change(False, letter, nick) for letter in old if letter not in new]
    given = [Change(True, letter, nick) for letter in new if letter not in old]
    if taken or given:
        _tell_modes(client, channel, [*given, *taken], _actor(client, event))


def _affiliation(client: Client, event: RoomChange, channel: str) -> None:
    view = _occupant(event)
    if view.account is not None and view.affiliation.value == "outcast":
        mask = f"~account:{client.network.account_name(view.account, client.domain)}"
        _tell_modes(client, channel, [Change(True, "b", mask)], _actor(client, event))


def _subject(client: Client, event: RoomChange, channel: str) -> None:
    source = client.network.name
    if event.occupant is not None:
        source = client.network.people.occupant_source(event.occupant, event.sender, client.domain)
    client.tell(Line("TOPIC", (channel, cut(one_line(event.subject), TEXT_LENGTH)), source))


def _configured(client: Client, event: RoomChange, channel: str) -> None:
    config = client.network.config(event.sender.bare)
    changes = channel_modes.told(config, event.changes) if config is not None else []
    if changes:
        _tell_modes(client, channel, changes, _actor(client, event))


def _invited(client: Client, event: RoomChange, channel: str) -> None:
    if client.has(cap.INVITE_NOTIFY) and event.to is not None and event.to != client.account:
        people = client.network.people
        source = people.occupant_source(_occupant(event), event.sender, client.domain)
        client.tell(Line("INVITE", (people.nick(event.to, client.domain), channel), source))


def _declined(client: Client, event: RoomChange, channel: str) -> None:
    who = client.network.people.nick(event.to, client.domain) if event.to is not None else "Somebody"
    reason = f": {one_line(event.reason)}" if event.reason else ""
    client.note(cut(f"{who} will not come to {channel}{reason}", TEXT_LENGTH))


def _tell_modes(client: Client, channel: str, changes: list[Change], source: str) -> None:
    client.tell(Line("MODE", (channel, *modes.write(changes)), source))


def _actor(client: Client, event: RoomChange) -> str:
    if event.actor is None:
        return client.network.name
    return client.network.people.occupant_source(event.actor, event.sender, client.domain)


def _occupant(event: RoomChange) -> OccupantView:
    return event.occupant or OccupantView(event.sender.resource)


_REASONS = {
    RoomEvent.BANNED: "Banned",
    RoomEvent.MEMBERS_ONLY: "This channel is for members now",
    RoomEvent.UNAFFILIATED: "No member any more",
    RoomEvent.SHUTDOWN: "The server is stopping",
    RoomEvent.DESTROYED: "This channel is closed",
}
_CHANGES: dict[RoomEvent, Callable[[Client, RoomChange, str], None]] = {
    RoomEvent.ENTERED: _entered,
    RoomEvent.LEFT: _left,
    RoomEvent.GONE: _gone,
    RoomEvent.KICKED: _put_out,
    RoomEvent.BANNED: _put_out,
    RoomEvent.MEMBERS_ONLY: _put_out,
    RoomEvent.UNAFFILIATED: _put_out,
    RoomEvent.SHUTDOWN: _put_out,
    RoomEvent.DESTROYED: _put_out,
    RoomEvent.RENAMED: _renamed,
    RoomEvent.PRESENCE: _presence,
    RoomEvent.STANDING: _standing,
    RoomEvent.AFFILIATION: _affiliation,
    RoomEvent.SUBJECT: _subject,
    RoomEvent.CONFIGURED: _configured,
    RoomEvent.INVITED: _invited,
    RoomEvent.DECLINED: _declined,
}
