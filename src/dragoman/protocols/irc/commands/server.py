"""What one can ask of the server itself: PING, VERSION, TIME, INFO, ADMIN, LINKS, STATS, HELP; and going: QUIT."""

from datetime import UTC, datetime

from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.help import HELP
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.lifecycle import leave
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.network import VERSION
from dragoman.protocols.irc.wire import cut


async def ping(client: Client, line: Line) -> None:
    """PING: the same word comes back."""
    client.answer(Line("PONG", (client.network.name, line.params[0]), client.network.name))


async def pong(client: Client, line: Line) -> None:
    """PONG: the client lives, which the line itself has shown."""


async def quit(client: Client, line: Line) -> None:
    """QUIT with parting words."""
    reason = cut(line.params[0], TEXT_LENGTH) if line.params else ""
    if client.session is not None:
        client.session.parting = f"Quit: {reason}" if reason else "Quit"
    client.end(f"Quit: {reason}" if reason else "Quit")
    await leave(client, "Quit")  # the others hear of it now, not when the last bytes are read


def _is_elsewhere(client: Client, line: Line) -> bool:
    """Whether a command asks another server, of which there is none (402)."""
    if not line.params or client.network.is_me(line.params[0]):
        return False
    client.numeric(n.ERR_NOSUCHSERVER, line.params[0])
    return True


async def version(client: Client, line: Line) -> None:
    """VERSION, with what 005 says."""
    if _is_elsewhere(client, line):
        return
    client.numeric_said(n.RPL_VERSION, VERSION, client.network.name, "")
    for tokens in client.network.isupport:
        client.numeric_said(n.RPL_ISUPPORT, *tokens, "are supported by this server")


async def time(client: Client, line: Line) -> None:
    """TIME on the server's clock."""
    if _is_elsewhere(client, line):
        return
    seconds = client.network.services.clock.now()
    moment = datetime.fromtimestamp(seconds, UTC)
    text = f"{moment:%A %B %d %Y -- %H:%M:%S} +00:00"
    client.numeric_said(n.RPL_TIME, client.network.name, str(int(seconds)), "0", text)


async def info(client: Client, line: Line) -> None:
    """INFO: what this server is."""
    if _is_elsewhere(client, line):
        return
    client.numeric_said(n.RPL_INFO, f"{VERSION}: an instant-messaging server that every client can speak to")
    client.numeric(n.RPL_ENDOFINFO)


async def admin(client: Client, line: Line) -> None:
    """ADMIN: who runs it."""
    if _is_elsewhere(client, line):
        return
    lines = (*client.network.settings.admin, "", "", "")[:3]
    client.numeric_said(n.RPL_ADMINME, client.network.name, "Who runs this server")
    for code, text in zip((n.RPL_ADMINLOC1, n.RPL_ADMINLOC2, n.RPL_ADMINEMAIL), lines, strict=True):
        client.numeric_said(code, text)


async def links(client: Client, line: Line) -> None:
    """LINKS: this server alone."""
    network = client.network
    client.numeric_said(n.RPL_LINKS, network.name, network.name, f"0 {network.description}")
    client.numeric(n.RPL_ENDOFLINKS, "*")


async def stats(client: Client, line: Line) -> None:
    """STATS u: since when; the rest is for the metrics."""
    letter = line.params[0][:1]
    if letter == "u":
        seconds = int(client.network.services.clock.now() - client.network.started_at)
        days, rest = divmod(seconds, 86400)
        text = f"Server up {days} days {rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
        client.numeric_said(n.RPL_STATSUPTIME, text)
    client.numeric(n.RPL_ENDOFSTATS, letter)


async def help(client: Client, line: Line) -> None:
    """HELP and HELPOP: one line for each command."""
    subject = line.params[0].upper() if line.params and line.params[0] else "*"
    text = HELP.get(subject)
    if text is None:
        client.numeric(n.ERR_HELPNOTFOUND, line.params[0])
        return
    first, *others = text
    client.numeric_said(n.RPL_HELPSTART, subject, first)
    for other in others:
        client.numeric_said(n.RPL_HELPTXT, subject, other)
    client.numeric_said(n.RPL_ENDOFHELP, subject, "End of HELP")
