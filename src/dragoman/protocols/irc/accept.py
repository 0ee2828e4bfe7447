"""Our users' IRC clients: one caller a connection, and the table of all commands."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

from dragoman.core.endpoint import Channel, Wire
from dragoman.core.errors import Condition, Refused
from dragoman.features.services import Services
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.commands import (
    greeting,
    history,
    joining,
    messaging,
    mode,
    oper,
    presence,
    registration,
    server,
    topics,
    who,
    whois,
)
from dragoman.protocols.irc.labels import MAX_LABEL
from dragoman.protocols.irc.lifecycle import leave, offered, watch
from dragoman.protocols.irc.line import Line, Malformed, NotUtf8, TooLong
from dragoman.protocols.irc.network import Network
from dragoman.protocols.irc.settings import Settings


class Command:
    """What a command does, and gives back where it has to wait; ``least`` is how many parameters it needs; ``early``
    whether it may come before registration; ``cost`` what it takes from the account's bucket."""

    __slots__ = ("cost", "early", "least", "run")

    def __init__(
        self,
        run: Callable[[Client, Line], Awaitable[None] | None],
        least: int = 0,
        *,
        early: bool = False,
        cost: float = 0.0,
    ) -> None:
        self.run = run
        self.least = least
        self.early = early
        self.cost = cost


COMMANDS = {
    "ADMIN": Command(server.admin, cost=1),
    "AUTHENTICATE": Command(registration.authenticate, 1, early=True),
    "AWAY": Command(presence.away, cost=2),
    "CAP": Command(registration.cap, 1, early=True),
    "CHATHISTORY": Command(history.chathistory, cost=1),
    "CONNECT": Command(oper.stop, 1),
    "DIE": Command(oper.stop),
    "HELP": Command(server.help, cost=1),
    "HELPOP": Command(server.help, cost=1),
    "INFO": Command(server.info, cost=1),
    "INVITE": Command(joining.invite, 2, cost=1),
    "ISON": Command(presence.ison, 1, cost=1),
    "JOIN": Command(joining.join, 1),
    "KICK": Command(joining.kick, 2, cost=1),
    "KILL": Command(oper.kill, 1),
    "LINKS": Command(server.links, cost=1),
    "LIST": Command(topics.list_channels, cost=5),
    "LUSERS": Command(greeting.lusers_command, cost=1),
    "MARKREAD": Command(history.markread, cost=1),
    "MODE": Command(mode.mode, 1, cost=1),
    "MONITOR": Command(presence.monitor, 1, cost=1),
    "MOTD": Command(greeting.motd_command, cost=1),
    "NAMES": Command(topics.names, cost=2),
    "NICK": Command(registration.nick, early=True, cost=2),
    "NOTICE": Command(messaging.say),
    "OPER": Command(oper.oper, 2, cost=20),
    "PART": Command(joining.part, 1, cost=1),
    "PASS": Command(registration.password, 1, early=True),
    "PING": Command(server.ping, 1, early=True),
    "PONG": Command(server.pong, early=True),
    "PRIVMSG": Command(messaging.say),
    "QUIT": Command(server.quit, early=True),
    "REDACT": Command(messaging.redact, 2),
    "REHASH": Command(oper.rehash),
    "RESTART": Command(oper.stop),
    "SETNAME": Command(presence.setname, 1, cost=2),
    "SQUIT": Command(oper.stop, 1),
    "STATS": Command(server.stats, 1, cost=1),
    "TAGMSG": Command(messaging.tag, 1),
    "TIME": Command(server.time, cost=1),
    "TOPIC": Command(topics.topic, 1, cost=1),
    "USER": Command(registration.user, 4, early=True),
    "USERHOST": Command(presence.userhost, 1, cost=1),
    "VERSION": Command(server.version, cost=1),
    "WALLOPS": Command(oper.wallops, 1),
    "WHO": Command(who.who, cost=3),
    "WHOIS": Command(whois.whois, 1, cost=1),
    "WHOWAS": Command(whois.whowas, cost=1),
}


class Accept:
    """The network's view of one client (:class:`dragoman.core.endpoint.Caller`)."""

    __slots__ = ("client",)

    def __init__(self, wire: Wire, network: Network) -> None:
        self.client = Client(wire, network, offered(network, wire.channel))
        network.strangers.add(self.client)

    def received(self, data: bytes) -> Coroutine[Any, Any, None] | None:
        client = self.client
        client.heard_at = client.network.services.clock.monotonic()
        items = iter(client.connection.buffer.feed(data))
        for item in items:
            if client.ended:
                break
            pending = _begin(client, item)
            if pending is not None:
                return _go_on(client, item, pending, items)
        return None

    def secured(self, channel: Channel) -> None:
        client = self.client
        client.wire.channel = channel
        client.domain = client.network.domain_of(channel.server_name)
        for line in client.connection.offer(offered(client.network, channel)):
            client.tell(line)

    def failed(self, condition: Condition, text: str) -> None:
        if self.client.connection.exchange is not None and not self.client.ended:
            self.client.numeric(n.ERR_SASLFAIL)
        self.client.end(text or condition.value)

    def lost(self, reason: str) -> None:
        self.client.network.services.clock.start(leave(self.client, reason))

    def drain(self, reason: str) -> None:
        self.client.end(reason)


class Front:
    """IRC on one server: :meth:`greet` is what its listeners call for each connection."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self._network = Network(services, settings)
        watch(self._network)

    def greet(self, wire: Wire) -> Accept:
        """A new connection."""
        return Accept(wire, self._network)


Item = Line | TooLong | NotUtf8 | Malformed


async def _go_on(client: Client, item: Item, begun: Awaitable[None], items: Iterator[Item]) -> None:
    """Finish a line that has to wait, then those behind it."""
    pending: Awaitable[None] | None = begun
    while True:
        try:
            if pending is not None:
                await pending
        except Refused as refused:
            _refuse(client, item, refused)
        following = next(items, None)
        if following is None or client.ended:
            return
        item, pending = following, _begin(client, following)


def _begin(client: Client, item: Item) -> Awaitable[None] | None:
    """Deal with a line, as far as that needs no waiting."""
    if not isinstance(item, Line):
        _complain(client, item)
        return None
    label = item.tags.get("label", "") if item.tags else ""
    if label and _is_label(client, label):
        return _run_labelled(client, item, label)
    return _run(client, item)


async def _run_labelled(client: Client, line: Line, label: str) -> None:
    client.begin(label)
    try:
        pending = _run(client, line)
        if pending is not None:
            await pending
    except Refused as refused:
        _refuse(client, line, refused)
    finally:
        client.finish()


def _run(client: Client, line: Line) -> Awaitable[None] | None:
    command = COMMANDS.get(line.command)
    if command is None:
        if line.command:
            client.numeric(n.ERR_UNKNOWNCOMMAND, line.command)
    elif client.session is None and not command.early:
        client.numeric(n.ERR_NOTREGISTERED)
    elif len(line.params) < command.least:
        client.numeric(n.ERR_NEEDMOREPARAMS, line.command)
    else:
        try:
            if command.cost and client.session is not None:
                client.network.services.limits.spend(client.account, command.cost)
            return command.run(client, line)
        except Refused as refused:
            _refuse(client, line, refused)
    return None


def _refuse(client: Client, item: Item, refused: Refused) -> None:
    command = item.command if isinstance(item, Line) else ""
    client.numeric_said(n.ERR_UNKNOWNERROR, command, refused.text or refused.condition.value)


def _is_label(client: Client, label: str) -> bool:
    return client.labels and len(label.encode()) <= MAX_LABEL


def _complain(client: Client, item: TooLong | NotUtf8 | Malformed) -> None:
    if isinstance(item, Malformed):
        client.end("A line with CR or NUL inside")
        return
    if item.label and _is_label(client, item.label):
        client.begin(item.label)
    if isinstance(item, TooLong):
        client.numeric(n.ERR_INPUTTOOLONG)
    else:
        text = "Message rejected, your software MUST use UTF-8 on this network"
        client.fail(item.command, "INVALID_UTF8", text)
    client.finish()
