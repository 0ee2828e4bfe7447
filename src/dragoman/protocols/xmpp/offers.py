"""What is offered to whoever has just connected (RFC 6120 §4.3.2): TLS, or the ways to log in."""

from dragoman.core.address import Address
from dragoman.core.endpoint import Channel
from dragoman.core.errors import Refused
from dragoman.core.policy import Domain
from dragoman.protocols.xmpp import stream
from dragoman.protocols.xmpp.client import PROTOCOL
from dragoman.protocols.xmpp.server import Server


def domain(server: Server, to: str, channel: Channel) -> Domain | None:
    """Whom a stream's header asks for; without a word, the name that TLS was asked for."""
    try:
        name = Address.parse(to or channel.server_name)
    except Refused:
        return None
    return server.services.domains.of_accounts(name.domain)


def before_login(server: Server, domain: Domain, channel: Channel) -> bytes:
    """The features of a stream on which nobody has logged in."""
    required = needs_tls(server, channel)
    names = () if required else tuple(server.services.authenticator.mechanisms(PROTOCOL, domain.name, channel))
    return stream.before_login(
        tls=channel.upgradable and not channel.secure,
        required=required,
        names=names,
        bindings=tuple(sorted(channel.bindings)),
    )


def needs_tls(server: Server, channel: Channel) -> bool:
    """Whether nobody may log in before the way is safe."""
    return server.settings.tls_required and not (channel.secure or channel.trusted)
