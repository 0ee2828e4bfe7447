"""AWAY, SETNAME, MONITOR, ISON, USERHOST: who is here, and how."""

from msgspec.structs import replace

from dragoman.core.model import Presence, Show
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.wire import MAX_LINE, cut

_ROOM = MAX_LINE - 150  # what a list of nicks may take of a line


async def away(client: Client, line: Line) -> None:
    """AWAY: this session goes away or comes back; the account is away when all of its sessions are."""
    text = cut(line.params[0], TEXT_LENGTH) if line.params else ""
    session, services = client.opened, client.network.services
    show = Show.AWAY if text else Show.HERE
    presence = Presence(sender=session.address, recipient=session.account, show=show, status=text)
    await services.presence.announce(session, presence)
    for room in services.rooms.entered(session.address):
        known = client.network.room(room)
        if known is not None:
            nick = known.accounts[session.account].nick
            await services.rooms.update(session, room, replace(presence, recipient=room.at(nick)))
    client.numeric(n.RPL_NOWAWAY if text else n.RPL_UNAWAY)


async def setname(client: Client, line: Line) -> None:
    """SETNAME: another real name (IRCv3 setname)."""
    text = cut(line.params[0], TEXT_LENGTH)
    if not text:
        client.fail("SETNAME", "INVALID_REALNAME", "The real name cannot be empty")
        return
    network = client.network
    source = network.people.source(client.account, client.domain)
    for own in network.people.of(client.account):
        own.connection.realname = text
    said = Line("SETNAME", (text,), source)
    if client.has(cap.SETNAME):
        client.answer(said)
    told = {client}
    for other in network.neighbours(client):
        if other.has(cap.SETNAME):
            other.tell(said)
            told.add(other)
    await network.monitors.tell_watchers(client.account, said, cap.SETNAME, told)


async def monitor(client: Client, line: Line) -> None:
    """MONITOR + - C L S (IRCv3 monitor)."""
    monitors = client.network.monitors
    action = line.params[0].upper()
    nicks = [nick for nick in (line.params[1] if len(line.params) > 1 else "").split(",") if nick]
    if action == "+":
        await _watch(client, nicks)
    elif action == "-":
        for nick in nicks:
            monitors.remove(client, nick)
    elif action == "C":
        monitors.clear(client)
    elif action == "L":
        _list(client, n.RPL_MONLIST, list(client.monitored.values()))
        client.numeric(n.RPL_ENDOFMONLIST)
    elif action == "S":
        await _status(client, list(client.monitored.values()))


async def _watch(client: Client, nicks: list[str]) -> None:
    for place, nick in enumerate(nicks):
        if " " in nick or nick[0] == ":":
            continue  # nobody can be called so
        if not client.network.monitors.add(client, nick):
            limit = str(client.network.settings.max_monitored)
            await _status(client, nicks[:place])
            client.numeric(n.ERR_MONLISTFULL, limit, ",".join(nicks[place:]))
            return
    await _status(client, nicks)


async def _status(client: Client, nicks: list[str]) -> None:
    here, gone = [], []
    for nick in nicks:
        account = await client.network.monitors.online(client, nick)
        if account is not None:
            here.append(client.network.people.source(account, client.domain))
        else:
            gone.append(nick)
    _list(client, n.RPL_MONONLINE, here)
    _list(client, n.RPL_MONOFFLINE, gone)


def _list(client: Client, code: str, names: list[str]) -> None:
    for text in cap.lines_of(names, _ROOM):
        if text:
            client.numeric_said(code, text.replace(" ", ","))


async def ison(client: Client, line: Line) -> None:
    """ISON: which of these are here, as far as the client may know."""
    nicks = [nick for param in line.params for nick in param.split()]
    found = []
    for nick in nicks:
        account = await client.network.monitors.online(client, nick)
        if account is not None:
            found.append(client.network.people.nick(account, client.domain))
    client.numeric_said(n.RPL_ISON, cut(" ".join(found), _ROOM))


async def userhost(client: Client, line: Line) -> None:
    """USERHOST of up to five."""
    found = []
    for nick in line.params[:5]:
        account = await client.network.monitors.online(client, nick)
        if account is None:
            continue
        name, _, mask = client.network.people.source(account, client.domain).partition("!")
        operator = "*" if any("o" in other.modes for other in client.network.people.of(account)) else ""
        found.append(f"{name}{operator}={'-' if client.network.away(account) else '+'}{mask}")
    client.numeric_said(n.RPL_USERHOST, " ".join(found))
