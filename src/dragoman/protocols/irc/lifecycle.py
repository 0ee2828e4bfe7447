"""A connection from what it is offered to its end: capabilities, signs of life, and the traces it leaves."""

from collections.abc import Mapping
from functools import lru_cache

from dragoman.core.endpoint import Channel
from dragoman.core.hooks import PresenceChange
from dragoman.core.session import Session
from dragoman.features.markers import Read
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.network import Network, read_text

#: A client that says nothing is asked for a sign of life, and given up when none comes.
SWEEP_SECONDS = 30.0
ASK_AFTER = 120.0
GIVE_UP_AFTER = 240.0


def offered(network: Network, channel: Channel) -> Mapping[str, str]:
    """The capabilities of a connection with their values: what depends on TLS is SASL's mechanisms and STS. Connections of
    the same kind share them."""
    settings = network.settings
    mechanisms = ",".join(network.mechanisms(network.domain_of(channel.server_name), channel))
    # sts §Policy: the port is told in the clear, the duration only inside TLS.
    sts = f"duration={settings.sts_seconds}" if channel.secure else f"port={settings.sts_port}"
    return _offered(mechanisms, sts if settings.sts_port else "")


@lru_cache
def _offered(mechanisms: str, sts: str) -> Mapping[str, str]:
    values = dict.fromkeys(cap.NAMES, "") | {"sasl": mechanisms, "sts": sts}
    return {name: value for name, value in values.items() if value or name not in ("sasl", "sts")}


def watch(network: Network) -> None:
    """Hear of what happens outside IRC, and of connections that went without a word."""
    hooks = network.services.hooks

    async def presence_changed(change: PresenceChange) -> None:
        await network.monitors.presence_changed(change)

    def session_closed(session: Session) -> None:
        if not network.services.registry.sessions(session.account):
            network.quit(session.account)

    def marker_changed(read: Read) -> None:
        for client in network.people.of(read.account):
            if client.has(cap.READ_MARKER) and client.marking != read.peer:
                name = network.conversation_name(read.peer, client.domain)
                client.tell(Line("MARKREAD", (name, read_text(read.moment)), network.name))

    hooks.presence_changed(presence_changed)
    hooks.session_closed(session_closed)
    network.services.markers.changed(marker_changed)
    sweep(network)


def sweep(network: Network) -> None:
    """Ask the silent for a sign of life, again and again."""
    now = network.services.clock.monotonic()
    for client in list(network.people):
        silent = now - client.heard_at
        if silent > GIVE_UP_AFTER:
            client.opened.parting = "Ping timeout"
            client.end("Ping timeout")
        elif silent > ASK_AFTER:
            client.tell(Line("PING", (network.name,), network.name))
    network.services.clock.call_later(SWEEP_SECONDS, lambda: sweep(network))


async def leave(client: Client, reason: str) -> None:
    """The connection is gone, or about to go: its session with it. Does nothing the second time."""
    network = client.network
    client.ended = True
    network.strangers.discard(client)
    session, client.session = client.session, None
    if session is None:
        return
    network.monitors.clear(client)
    network.remember(client, session.account, guest=session.guest)
    if not session.parting and not session.guest and network.people.of(session.account) == [client]:
        network.interrupted.keep(session.account, network.services.rooms.entered(session.address))
    session.parting = session.parting or reason or "Connection lost"
    await network.services.sessions.close(session)
    network.people.remove(client, session)
    network.count_bots(session.account)
