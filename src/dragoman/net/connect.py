"""Connections that we open: to other servers, and in tests to our own."""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from OpenSSL import SSL

from dragoman.core.endpoint import Greeter
from dragoman.net.hub import Door, Hub
from dragoman.net.stream import StreamWire, on_loop
from dragoman.net.tls import Identity, TlsSession, Untrusted, client_context

Judge = Callable[[Sequence[x509.Certificate]], None]
"""Looks at the certificates that a peer shows, its own first; raises Untrusted."""


class TlsClient:
    """Makes TLS sessions towards one name. ``judge`` decides on the peer's certificate, ``identity`` is our own."""

    __slots__ = ("_context", "_judge", "_name", "_protocols")

    def __init__(
        self, name: str, judge: Judge, *, protocols: Sequence[str] = (), identity: Identity | None = None
    ) -> None:
        self._name = name.encode("ascii")
        self._judge = judge
        self._protocols = [protocol.encode() for protocol in protocols]
        self._context = client_context(identity)

    def __call__(self) -> TlsSession:
        connection = SSL.Connection(self._context, None)
        connection.set_tlsext_host_name(self._name)
        if self._protocols:
            connection.set_alpn_protos(self._protocols)
        connection.set_connect_state()
        return TlsSession(connection, judge=self._judge)


def trusting(authorities: Sequence[x509.Certificate], name: str) -> Judge:
    """Accepts who has a certificate for a domain name by one of these authorities (RFC 5280, RFC 9525)."""
    store = Store(list(authorities))

    def judge(chain: Sequence[x509.Certificate]) -> None:
        verifier = PolicyBuilder().store(store).build_server_verifier(x509.DNSName(name))
        try:
            verifier.verify(chain[0], list(chain[1:]))
        except VerificationError as error:
            raise Untrusted(str(error)) from error

    return judge


async def connect(hub: Hub, door: Door, host: str, port: int, *, seconds: float = 10.0) -> StreamWire:
    """Open a connection; ``door`` is one with ``outgoing`` set. A TLS handshake goes on after this: the caller learns of
    its end by ``secured`` or ``lost``.

    Raises OSError where nobody answers, TimeoutError (one of them) where that takes too long.
    """
    async with asyncio.timeout(seconds):
        _, made = await hub.loop.create_connection(on_loop(hub, door), host, port)
    return cast(StreamWire, made)


def outgoing(name: str, greeter: Greeter, tls: TlsClient | None = None, *, direct: bool = False) -> Door:
    """What connections of one kind have in common; ``direct``: TLS from the first byte, else on ``start_tls``."""
    return Door(name, greeter, tls=tls, direct=direct, outgoing=True)
