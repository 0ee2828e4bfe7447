"""What a client hears when it is in: 001 to 005, LUSERS, MOTD; and the channels that its account is in already."""

from datetime import UTC, datetime

from dragoman.core.errors import Refused
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import modes
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.commands import joining
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.network import VERSION


def greet(client: Client) -> None:
    """The first lines after registration (modern IRC §Connection Registration)."""
    network = client.network
    network_name = network.settings.network
    mask = network.people.source(client.account, client.domain)
    created = datetime.fromtimestamp(network.started_at, UTC)
    client.numeric_said(n.RPL_WELCOME, f"Welcome to the {network_name} network, {mask}")
    client.numeric_said(n.RPL_YOURHOST, f"Your host is {network.name}, running {VERSION}")
    client.numeric_said(n.RPL_CREATED, f"This server was started {created:%Y-%m-%d %H:%M:%S} UTC")
    with_parameter = "".join(sorted(modes.LISTS + modes.ALWAYS + modes.WHEN_SET + "".join(modes.STANDINGS)))
    client.numeric_said(n.RPL_MYINFO, network.name, VERSION, network.user_modes, network.channel_modes, with_parameter)
    for tokens in network.isupport:
        client.numeric_said(n.RPL_ISUPPORT, *tokens, "are supported by this server")
    lusers(client)
    motd(client)


async def follow(client: Client) -> None:
    """Several sessions of one account are one nick: the new one joins where the others are, or where the last one was
    when its connection was lost."""
    network = client.network
    others = [other for other in network.people.of(client.account) if other is not client]
    rooms = {room for other in others for room in network.services.rooms.entered(other.opened.address)}
    if client.has(cap.READ_MARKER | cap.CHATHISTORY):  # it can catch up with what it missed there
        rooms |= network.interrupted.resume(client.account)
    for room in sorted(rooms):
        try:
            await joining.enter(client, room, key="")
        except Refused:
            continue  # it is not open to this session any more


def lusers(client: Client) -> None:
    """How many are here (modern IRC §LUSERS). Who is not on IRC counts as well."""
    network = client.network
    users = len({session.account for session in network.services.registry})
    invisible = sum("i" in other.modes for other in network.people)
    operators = len({other.account for other in network.people if "o" in other.modes})
    here = len(network.people.clients)
    network.most_clients = max(network.most_clients, users)
    text = f"There are {users - invisible} users and {invisible} invisible on 1 servers"
    client.numeric_said(n.RPL_LUSERCLIENT, text)
    client.numeric(n.RPL_LUSEROP, str(operators))
    client.numeric(n.RPL_LUSERUNKNOWN, str(len(network.strangers)))
    client.numeric(n.RPL_LUSERCHANNELS, str(network.services.rooms.open_count()))
    client.numeric_said(n.RPL_LUSERME, f"I have {here} clients and 0 servers")
    most = network.most_clients
    for code, scope in ((n.RPL_LOCALUSERS, "local"), (n.RPL_GLOBALUSERS, "global")):
        client.numeric_said(code, str(users), str(most), f"Current {scope} users {users}, max {most}")


def motd(client: Client) -> None:
    """The message of the day, or that there is none."""
    lines = client.network.settings.motd
    if not lines:
        client.numeric(n.ERR_NOMOTD)
        return
    client.numeric_said(n.RPL_MOTDSTART, f"- {client.network.name} Message of the day -")
    for text in lines:
        client.numeric_said(n.RPL_MOTD, f"- {text}")
    client.numeric(n.RPL_ENDOFMOTD)


async def lusers_command(client: Client, line: Line) -> None:
    """LUSERS."""
    lusers(client)


async def motd_command(client: Client, line: Line) -> None:
    """MOTD, of this server only."""
    if line.params and not client.network.is_me(line.params[0]):
        client.numeric(n.ERR_NOSUCHSERVER, line.params[0])
    else:
        motd(client)
