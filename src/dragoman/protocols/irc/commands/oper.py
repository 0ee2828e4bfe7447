"""Looking after the server: OPER, KILL, WALLOPS, REHASH and the like."""

import hmac

from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.wire import cut


async def oper(client: Client, line: Line) -> None:
    """OPER name password, as the settings have it."""
    name, password = line.params[0], line.params[1]
    operator = client.network.settings.operators.get(name)
    right = operator is not None and hmac.compare_digest(operator.password.text.encode(), password.encode())
    if operator is None or not right:
        client.numeric(n.ERR_PASSWDMISMATCH)
        return
    if operator.accounts and (client.opened.guest or client.account.local not in operator.accounts):
        client.numeric(n.ERR_NOOPERHOST)
        return
    client.modes.add("o")
    client.numeric(n.RPL_YOUREOPER)
    client.answer(Line("MODE", (client.nick, "+o"), client.network.name))


def _may(client: Client) -> bool:
    if "o" in client.modes:
        return True
    client.numeric(n.ERR_NOPRIVILEGES)
    return False


async def kill(client: Client, line: Line) -> None:
    """KILL nick reason: all IRC connections of an account end."""
    if not _may(client):
        return
    nick = line.params[0]
    account = client.network.people.account(nick, client.domain)
    victims = client.network.people.of(account) if account is not None else []
    if not victims:
        client.numeric(n.ERR_NOSUCHNICK, nick)
        return
    reason = cut(line.params[1], TEXT_LENGTH - 60) if len(line.params) > 1 else "No reason"
    text = f"Killed ({client.nick} ({reason}))"
    source = client.network.people.source(client.account, client.domain)
    for victim in victims:
        victim.opened.parting = text
        if victim is not client:
            victim.tell(Line("KILL", (victim.nick, reason), source))
        victim.end(text)


async def wallops(client: Client, line: Line) -> None:
    """WALLOPS to those who set +w."""
    if not _may(client):
        return
    source = client.network.people.source(client.account, client.domain)
    said = Line("WALLOPS", (cut(line.params[0], TEXT_LENGTH),), source)
    for other in client.network.people:
        if "w" in other.modes:
            (other.answer if other is client else other.tell)(said)


async def rehash(client: Client, line: Line) -> None:
    """REHASH: certificates and settings are read again by SIGHUP, which is the owner's to send."""
    if _may(client):
        client.numeric_said(n.ERR_UNKNOWNERROR, "REHASH", "Send SIGHUP to the server instead")


async def stop(client: Client, line: Line) -> None:
    """DIE, RESTART, CONNECT, SQUIT: not over IRC."""
    if _may(client):
        client.numeric_said(n.ERR_UNKNOWNERROR, line.command, "The server is stopped where it was started")
