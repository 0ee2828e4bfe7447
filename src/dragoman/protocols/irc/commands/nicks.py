"""Changing the nick, which only guests can: an account's nick is its name."""

from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.protocols.irc import names
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.casemapping import fold
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.wire import cut


async def change(client: Client, wanted: str) -> None:
    """NICK of somebody who is registered."""
    if wanted == client.nick:
        return
    if not client.opened.guest:
        if fold(wanted) != fold(client.nick):
            client.numeric_said(n.ERR_UNKNOWNERROR, "NICK", "Your nick is the name of your account")
        return
    if not names.is_guest_nick(wanted):
        client.numeric(n.ERR_ERRONEUSNICKNAME, cut(wanted, 50).replace(" ", "_").lstrip(":") or "*")
        return
    await _rename(client, wanted)


async def _rename(client: Client, wanted: str) -> None:
    network, session = client.network, client.opened
    old, source = client.nick, network.people.source(session.account, client.domain)
    before, address = session.account, Address.of(fold(wanted), client.domain).at(session.address.resource)
    if address == session.address:
        await _recase(client, wanted, source)
        return
    if await network.services.accounts.exists(address.bare):
        client.numeric(n.ERR_NICKNAMEINUSE, wanted)
        return
    network.people.name_guest(address.bare, client, wanted)
    try:
        await network.services.sessions.rename_guest(session, address, wanted)
    except Refused:
        network.people.unname_guest(address.bare, wanted)
        client.numeric(n.ERR_NICKNAMEINUSE, wanted)
        return
    network.remember(client, before, guest=True)
    network.people.moved(client, before, old)
    client.connection.nick = wanted
    if network.renames_now(source, client):
        client.answer(Line("NICK", (wanted,), source))
    network.renamed(source)


async def _recase(client: Client, wanted: str, source: str) -> None:
    """The same nick with other capitals: the same guest, who is only written differently."""
    network, session = client.network, client.opened
    network.people.name_guest(session.account, client, wanted)
    client.connection.nick = wanted
    for room in network.services.rooms.entered(session.address):
        await network.services.rooms.rename(session, room, wanted)
    line = Line("NICK", (wanted,), source)
    client.answer(line)
    for other in network.neighbours(client):
        other.tell(line)
