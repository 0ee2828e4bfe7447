"""How to connect: what a person types into a client, for each protocol that is served."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from dragoman.config import EVERYWHERE, LOOPBACK, Listener

#: What the kind of TLS is called in clients' dialogs.
TLS = {"starttls": "STARTTLS", "direct": "TLS from the start", "none": "no TLS"}

#: Where clients look that are given only a domain.
XMPP_PORTS = (5222, 5223)


class Way(Struct, frozen=True):
    """One port of one protocol; ``uri`` is empty where no link can lead there."""

    protocol: str
    host: str
    port: int
    tls: str
    uri: str


def ways(domain: str, listeners: Mapping[str, Listener]) -> list[Way]:
    """Every way in, secure ones first."""
    found = [_way(domain, listener) for listener in listeners.values()]
    return sorted(found, key=lambda way: (way.protocol != "xmpp", way.tls == "none"))


def lines(domain: str, found: Sequence[Way], authority: str, fingerprint: str) -> list[str]:
    """The same in words. ``authority`` is the file of the server's own certificate authority, empty where it has none."""
    told = [f"Connect as NAME@{domain}, with the password of the account:"]
    for protocol in dict.fromkeys(way.protocol for way in found):
        told.append(f"  {protocol.upper()}")
        told += [
            f"    {way.host} port {way.port}, {TLS[way.tls]}{_reach(way)}" for way in found if way.protocol == protocol
        ]
        links = dict.fromkeys(way.uri for way in found if way.protocol == protocol and way.uri)
        told += [f"    {uri}" for uri in links]
    if any(way.protocol == "irc" for way in found):
        told.append(
            "    log in with SASL as NAME: PLAIN or SCRAM-SHA-256, without TLS the latter; the nick is NAME as well"
        )
    if authority:
        told += [
            "  The certificate is signed by this server's own authority. Let clients trust it:",
            f"    {authority}",
            f"    SHA-256 {fingerprint}",
        ]
    return told


def _way(domain: str, listener: Listener) -> Way:
    host = listener.addresses[0] if listener.addresses and listener.addresses[0] not in EVERYWHERE else domain
    if listener.addresses and set(listener.addresses) <= set(LOOPBACK):
        host = domain if domain == "localhost" else "localhost"
    return Way(listener.protocol, host, listener.port, listener.tls, _uri(domain, host, listener))


def _uri(domain: str, host: str, listener: Listener) -> str:
    if listener.protocol == "xmpp":
        return f"xmpp:{domain}" if listener.port in XMPP_PORTS else ""  # RFC 5122: these links cannot name a port
    return f"{'irc' if listener.tls == 'none' else 'ircs'}://{host}:{listener.port}/"


def _reach(way: Way) -> str:
    return ", on this machine only" if way.tls == "none" and way.host == "localhost" else ""
