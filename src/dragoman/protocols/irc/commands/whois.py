"""WHOIS and WHOWAS."""

from datetime import UTC, datetime

from dragoman.core.address import Address
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.commands.who import Seen, seen
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.wire import MAX_LINE, cut, one_line


async def whois(client: Client, line: Line) -> None:
    """WHOIS [server] nick."""
    server, nick = (line.params[0], line.params[1]) if len(line.params) > 1 else ("", line.params[0])
    if not nick:
        client.numeric(n.ERR_NONICKNAMEGIVEN)
        return
    if server and not client.network.is_me(server):
        client.numeric(n.ERR_NOSUCHSERVER, server)
        return
    nick = nick.split(",")[0]
    account = client.network.people.account(nick, client.domain)
    person = await seen(client, account, named=True) if account is not None else None
    if account is None or person is None:
        client.numeric(n.ERR_NOSUCHNICK, nick)
    else:
        _tell(client, account, person)
    client.numeric(n.RPL_ENDOFWHOIS, person.nick if person is not None else nick)


def _tell(client: Client, account: Address, person: Seen) -> None:
    network, nick = client.network, person.nick
    realname = cut(one_line(person.realname), TEXT_LENGTH)
    client.numeric_said(n.RPL_WHOISUSER, nick, person.user, person.host, "*", realname)
    channels = " ".join(_channels(client, account))
    for text in cap.lines_of(channels.split(), MAX_LINE - 150):
        if text:
            client.numeric_said(n.RPL_WHOISCHANNELS, nick, text)
    client.numeric_said(n.RPL_WHOISSERVER, nick, network.name, network.description)
    if person.operator:
        client.numeric(n.RPL_WHOISOPERATOR, nick)
    if person.bot:
        client.numeric(n.RPL_WHOISBOT, nick)
    if person.account:
        client.numeric(n.RPL_WHOISACCOUNT, nick, person.account)
    sessions = network.services.registry.sessions(account)
    if sessions and all(session.secure for session in sessions):
        client.numeric(n.RPL_WHOISSECURE, nick)
    away = network.away(account)
    if away:
        client.numeric_said(n.RPL_AWAY, nick, away)
    clients = network.people.of(account)
    if clients:
        idle = int(network.services.clock.monotonic() - max(other.spoke_at for other in clients))
        opened = int(min(other.opened.opened_at for other in clients))
        client.numeric(n.RPL_WHOISIDLE, nick, str(idle), str(opened))


def _channels(client: Client, account: Address) -> list[str]:
    """The channels that the client may know of: public ones, and those it is in itself."""
    people = client.network.people
    found = []
    for room in client.network.rooms_of(account):
        inside = client.account in room.accounts
        viewer = room.accounts.get(client.account)
        view = room.shown(room.view(room.accounts[account]), viewer)
        named = people.known_account(view, room.address) == account
        hidden = client.network.has_mode(account, "i") and account != client.account
        if named and (inside or (room.config.public and not hidden)):
            signs = people.prefixes(view)
            shown = signs if client.has(cap.MULTI_PREFIX) else signs[:1]
            found.append(f"{shown}{people.channel(room.address, client.domain)}")
    return found


async def whowas(client: Client, line: Line) -> None:
    """WHOWAS nick [count]: who had it, the last one first."""
    nick = line.params[0] if line.params else ""
    if not nick:
        client.numeric(n.ERR_NONICKNAMEGIVEN)
        return
    past = list(client.network.whowas.of(nick))
    count = line.params[1] if len(line.params) > 1 else ""
    limit = int(count) if count.isascii() and count.isdigit() and len(count) < 9 else 0
    for entry in past[: limit or None]:
        client.numeric_said(n.RPL_WHOWASUSER, entry.nick, entry.user, entry.host, "*", entry.realname)
        left = datetime.fromtimestamp(entry.moment, UTC)
        client.numeric_said(n.RPL_WHOISSERVER, entry.nick, client.network.name, f"{left:%a %b %d %H:%M:%S %Y}")
    if not past:
        client.numeric(n.ERR_WASNOSUCHNICK, nick)
    client.numeric(n.RPL_ENDOFWHOWAS, nick)
