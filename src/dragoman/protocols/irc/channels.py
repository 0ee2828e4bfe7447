"""A room told to a client: coming in, NAMES, topic, and all that happens there."""

from collections.abc import Callable, Iterable

from dragoman.core.clock import id_moment, id_number
from dragoman.core.model import Affiliation, OccupantView, Presence, RoomChange, RoomEvent, RoomWelcome
from dragoman.core.presence import is_away
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import channel_modes, modes
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.modes import Change
from dragoman.protocols.irc.say import lines_of
from dragoman.protocols.irc.timestamps import write_moment
from dragoman.protocols.irc.wire import MAX_LINE, cut, one_line

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
        note_away(client, client.network.people.occupant_nick(view, event.sender, client), presence)
    if client.has(cap.SERVER_TIME) and not client.has(cap.CHATHISTORY):
        for said in event.history:
            for line in lines_of(client, said, to=channel):
                client.tell(line)


def join_line(client: Client, channel: str, view: OccupantView, event: RoomWelcome | RoomChange) -> Line:
    """A JOIN, as long as the client wants it (extended-join)."""
    if not client.has(cap.EXTENDED_JOIN):
        return _by(client, view, event, "JOIN", channel)
    network = client.network
    account = network.account_shown(view, event.sender, client.domain)
    realname = network.realname(network.people.known_account(view, event.sender), view.nick)
    return _by(client, view, event, "JOIN", channel, account or "*", cut(one_line(realname), TEXT_LENGTH // 2))


def _by(client: Client, view: OccupantView | None, event: RoomWelcome | RoomChange, command: str, *params: str) -> Line:
    """A line about what an occupant did, with its account; the server's own where that is not known."""
    people = client.network.people
    if view is None:
        return Line(command, params, client.network.name)
    source = people.occupant_source(view, event.sender, client)
    tags = client.network.tags_of(people.known_account(view, event.sender), client.domain)
    return Line(command, params, source, tags)


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
    signs = people.prefixes(view)
    if not client.has(cap.MULTI_PREFIX):
        signs = signs[:1]
    if client.has(cap.USERHOST_IN_NAMES):
        return signs + people.occupant_source(view, event.sender, client)
    return signs + people.occupant_nick(view, event.sender, client)


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
    _tell(client, event, join_line(client, channel, view, event))
    nick = client.network.people.occupant_nick(view, event.sender, client)
    letters = client.network.people.standing(view)
    if letters:
        changes = modes.write([Change(True, letter, nick) for letter in letters])
        _tell(client, event, Line("MODE", (channel, *changes), client.network.name))
    if event.presence is not None:
        note_away(client, nick, event.presence)


def _left(client: Client, event: RoomChange, channel: str) -> None:
    if event.own and client.leaving == event.sender.bare:
        return  # its command says so
    reason = cut(one_line(event.reason), TEXT_LENGTH)
    _tell(client, event, _by(client, _occupant(event), event, "PART", *([channel, reason] if reason else [channel])))
    _forget(client, event)


def _gone(client: Client, event: RoomChange, channel: str) -> None:
    account = client.network.people.identity(_occupant(event), event.sender, client.account)
    if account is None:
        # Who is hidden here may be known elsewhere by another name: it has only left this channel.
        _left(client, event, channel)
    elif client.network.quits_now(account, client):
        reason = cut(one_line(event.reason), TEXT_LENGTH) or "Gone"
        _tell(client, event, _by(client, _occupant(event), event, "QUIT", reason))
        _forget(client, event)


def _forget(client: Client, event: RoomChange) -> None:
    nick = client.network.people.occupant_nick(event.before or _occupant(event), event.sender, client)
    client.away.pop(nick, None)


def _put_out(client: Client, event: RoomChange, channel: str) -> None:
    people = client.network.people
    view = event.before or _occupant(event)
    nick = people.occupant_nick(view, event.sender, client)
    if event.what is RoomEvent.BANNED and view.account is not None:
        name = client.network.account_name(view.account, client.domain)
        _tell_modes(client, channel, [Change(True, "b", f"~account:{name}")], event)
    reason = cut(one_line(event.reason), TEXT_LENGTH) or _REASONS.get(event.what, nick)
    if event.to is not None:
        reason = f"{reason}; go to {people.channel(event.to, client.domain)}"
    _tell(client, event, _by(client, event.actor, event, "KICK", channel, nick, reason))
    _forget(client, event)


def _renamed(client: Client, event: RoomChange, channel: str) -> None:
    people = client.network.people
    before, after = event.before or _occupant(event), _occupant(event)
    new = people.occupant_nick(after, event.sender, client)
    line = _by(client, before, event, "NICK", new)
    if line.source.partition("!")[0] != new and client.network.renames_now(line.source, client):
        _tell(client, event, line)


def _presence(client: Client, event: RoomChange, channel: str) -> None:
    if event.presence is not None and not event.own:
        nick = client.network.people.occupant_nick(_occupant(event), event.sender, client)
        note_away(client, nick, event.presence)


def _standing(client: Client, event: RoomChange, channel: str) -> None:
    people = client.network.people
    after = _occupant(event)
    old, new = people.standing(event.before or after), people.standing(after)
    nick = people.occupant_nick(after, event.sender, client)
    taken = [Change(False, letter, nick) for letter in old if letter not in new]
    given = [Change(True, letter, nick) for letter in new if letter not in old]
    if taken or given:
        _tell_modes(client, channel, [*given, *taken], event)


def _affiliation(client: Client, event: RoomChange, channel: str) -> None:
    view = _occupant(event)
    if view.account is not None and view.affiliation is Affiliation.OUTCAST:
        mask = f"~account:{client.network.account_name(view.account, client.domain)}"
        _tell_modes(client, channel, [Change(True, "b", mask)], event)


def _subject(client: Client, event: RoomChange, channel: str) -> None:
    line = _by(client, event.occupant, event, "TOPIC", channel, cut(one_line(event.subject), TEXT_LENGTH))
    number = id_number(event.archive_id)
    # The same id and moment as in the channel's history.
    tags = {"msgid": event.archive_id, "time": write_moment(id_moment(number))} if number is not None else {}
    _tell(client, event, Line(line.command, line.params, line.source, {**line.tags, **tags}))


def _configured(client: Client, event: RoomChange, channel: str) -> None:
    config = client.network.config(event.sender.bare)
    changes = channel_modes.told(config, event.changes) if config is not None else []
    if changes:
        _tell_modes(client, channel, changes, event)


def _invited(client: Client, event: RoomChange, channel: str) -> None:
    if client.has(cap.INVITE_NOTIFY) and event.to is not None and event.to != client.account and not event.own:
        nick = client.network.people.nick(event.to, client.domain)
        _tell(client, event, _by(client, _occupant(event), event, "INVITE", nick, channel))


def _declined(client: Client, event: RoomChange, channel: str) -> None:
    who = client.network.people.nick(event.to, client.domain) if event.to is not None else "Somebody"
    reason = f": {one_line(event.reason)}" if event.reason else ""
    client.note(cut(f"{who} will not come to {channel}{reason}", TEXT_LENGTH))


def _tell(client: Client, event: RoomChange, line: Line) -> None:
    """What the client did itself answers its command; the rest it is told."""
    doer = event.actor or event.occupant
    own = event.own or (doer is not None and doer.account == client.account)
    (client.answer if own else client.tell)(line)


def _tell_modes(client: Client, channel: str, changes: list[Change], event: RoomChange) -> None:
    _tell(client, event, _by(client, event.actor, event, "MODE", channel, *modes.write(changes)))


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
    RoomEvent.UNREACHABLE: _left,
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
