"""TLS between memory buffers: ciphertext in, plaintext out, and no socket.

The same session serves STARTTLS and direct TLS. It is OpenSSL through pyOpenSSL, because the standard library's ``ssl``
neither exports keying material (RFC 9266, for SCRAM-PLUS) nor asks for a client certificate without judging it.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from dragoman.core.endpoint import Channel

_CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20"  # of TLS 1.2: forward secret and authenticated; TLS 1.3 has no others
_RECORD = 16 << 10  # the most that one record can hold (RFC 8446 §5.1)
_RECORD_OVERHEAD = 64  # a record's header, padding and tag, generously


class TlsFailed(Exception):
    """The handshake or a record was wrong. ``alert`` is to be sent before closing."""

    def __init__(self, text: str, alert: bytes) -> None:
        super().__init__(text)
        self.alert = alert


class Untrusted(Exception):
    """The peer's certificate does not prove what it should."""


class _NoProtocol(Exception):
    """None of the protocols that the client named is spoken here (RFC 7301 §3.2)."""


class Identity:
    """A certificate and its key, ready for use. ``end_point`` is the data of ``tls-server-end-point`` (RFC 5929 §4.1),
    empty where it is not defined."""

    __slots__ = ("certificate", "chain", "context", "end_point", "key")

    def __init__(self, chain: Sequence[x509.Certificate], key: PrivateKeyTypes) -> None:
        self.certificate = chain[0]
        self.chain = chain
        self.key = key
        self.context = _server_context(chain, key)
        self.end_point = _end_point(chain[0])


class Identities(Protocol):
    """Who the server can be."""

    def select(self, server_name: str) -> Identity:
        """The identity for a name that a client asks for by SNI, in lower case; empty where it asks for none."""
        ...


class TlsServer:
    """Makes the sessions of one listener. ``protocols`` are what it speaks, for ALPN; a client that names others only is
    refused, so that no bytes of one protocol are ever taken for another's."""

    __slots__ = ("_identities", "_protocols")

    def __init__(self, identities: Identities, protocols: Sequence[str] = ()) -> None:
        self._identities = identities
        self._protocols = [name.encode() for name in protocols]

    def __call__(self) -> "TlsSession":
        offer = _Offer(self._identities, self._protocols)
        connection = SSL.Connection(offer.identity.context, None)
        connection.set_app_data(offer)
        connection.set_accept_state()
        return TlsSession(connection, offer)


class _Offer:
    """What one handshake may choose from, and the identity that it chose."""

    __slots__ = ("identities", "identity", "protocols")

    def __init__(self, identities: Identities, protocols: list[bytes]) -> None:
        self.identities = identities
        self.identity = identities.select("")
        self.protocols = protocols


class TlsSession:
    """One connection's TLS. ``established`` once the handshake is done, ``finished`` once the peer has said that it sends
    no more."""

    __slots__ = ("_connection", "_judge", "_offer", "established", "finished")

    def __init__(
        self,
        connection: SSL.Connection,
        offer: _Offer | None = None,
        *,
        judge: Callable[[Sequence[x509.Certificate]], None] | None = None,
    ) -> None:
        self._connection = connection
        self._offer = offer
        self._judge = judge
        self.established = False
        self.finished = False

    def begin(self) -> bytes:
        """The first bytes to send: a client's hello, nothing from a server."""
        if self._offer is None:
            self._shake_hands()
        return self._outgoing()

    def receive(self, data: bytes) -> tuple[bytes, bytes]:
        """Take ciphertext; gives plaintext for the protocol, and ciphertext for the peer. Raises TlsFailed."""
        self._connection.bio_write(data)
        if self.established:
            return self._read(), b""
        self._shake_hands()
        plain = self._read() if self.established else b""
        return plain, self._outgoing()

    def encrypt(self, data: bytes) -> bytes:
        """Ciphertext for plaintext, and with it whatever else waits to be sent."""
        view = memoryview(data)
        while view:
            view = view[self._connection.send(view[:_RECORD]) :]
        return self._outgoing(len(data) + (len(data) // _RECORD + 1) * _RECORD_OVERHEAD)

    def close(self) -> bytes:
        """The peer is told that nothing more comes (RFC 8446 §6.1)."""
        try:
            self._connection.shutdown()
        except SSL.Error:
            pass  # there was no handshake: nothing to say
        return self._outgoing()

    def describe(self, channel: Channel) -> Channel:
        """A channel as it is with this session in it."""
        connection = self._connection
        certificate = connection.get_peer_certificate(as_cryptography=True)
        return Channel(
            remote=channel.remote,
            port=channel.port,
            secure=True,
            trusted=channel.trusted,
            bindings=self._bindings(),
            certificate=certificate.public_bytes(Encoding.DER) if certificate else b"",
            server_name=_text(connection.get_servername()),
            protocol=_text(connection.get_alpn_proto_negotiated()),
        )

    def _bindings(self) -> dict[str, bytes]:
        bindings = {}
        # RFC 9266 §3: below TLS 1.3 the exporter binds only with the extended master secret, which cannot be seen from here.
        if self._connection.get_protocol_version() >= SSL.TLS1_3_VERSION:
            bindings["tls-exporter"] = self._connection.export_keying_material(b"EXPORTER-Channel-Binding", 32, b"")
        end_point = self._offer.identity.end_point if self._offer else self._peer_end_point()
        if end_point:
            bindings["tls-server-end-point"] = end_point
        return bindings

    def _peer_end_point(self) -> bytes:
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        return _end_point(certificate) if certificate else b""

    def _shake_hands(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        except (SSL.Error, _NoProtocol) as error:
            raise TlsFailed(_reason(error), self._outgoing()) from error
        if self._judge is not None:
            self._ask(self._judge)
        self.established = True

    def _ask(self, judge: Callable[[Sequence[x509.Certificate]], None]) -> None:
        try:
            judge(self._connection.get_peer_cert_chain(as_cryptography=True) or ())
        except Untrusted as error:
            raise TlsFailed(str(error), b"") from error

    def _read(self) -> bytes:
        chunks = []
        try:
            while True:
                chunks.append(self._connection.recv(_RECORD))
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.finished = True
        except SSL.Error as error:
            raise TlsFailed(_reason(error), self._outgoing()) from error
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _outgoing(self, size: int = _RECORD) -> bytes:
        chunks = []
        try:
            while True:
                chunks.append(self._connection.bio_read(size))
                if len(chunks[-1]) < size:
                    break
        except SSL.WantReadError:
            pass
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _server_context(chain: Sequence[x509.Certificate], key: PrivateKeyTypes) -> SSL.Context:
    context = _context()
    _show(context, chain, key)
    # A certificate is asked for and taken as it is: which login it proves is for the authenticator to judge.
    context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
    context.set_session_id(b"dragoman")  # resumption is refused without one where client certificates are asked for
    context.set_tlsext_servername_callback(_select_identity)
    context.set_alpn_select_callback(_select_protocol)
    return context


def client_context(identity: Identity | None) -> SSL.Context:
    """For our own connections. The peer's certificate is judged by whoever connects."""
    context = _context()
    if identity is not None:
        _show(context, identity.chain, identity.key)
    context.set_verify(SSL.VERIFY_NONE, lambda *_: True)
    return context


def _show(context: SSL.Context, chain: Sequence[x509.Certificate], key: PrivateKeyTypes) -> None:
    context.use_certificate(chain[0])
    for certificate in chain[1:]:
        context.add_extra_chain_cert(certificate)
    context.use_privatekey(key)  # type: ignore[arg-type]  # the kinds that cannot sign are refused by OpenSSL itself
    context.check_privatekey()


def _context() -> SSL.Context:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(_CIPHERS)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)  # 34 KiB less for each idle connection
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # resumption is by tickets, which the client keeps
    return context


def _select_identity(connection: SSL.Connection) -> None:
    offer = connection.get_app_data()
    offer.identity = offer.identities.select(_text(connection.get_servername()).lower())
    connection.set_context(offer.identity.context)


def _select_protocol(connection: SSL.Connection, named: list[bytes]) -> Any:
    spoken: list[bytes] = connection.get_app_data().protocols
    if not spoken:
        return SSL.NO_OVERLAPPING_PROTOCOLS
    for protocol in spoken:
        if protocol in named:
            return protocol
    raise _NoProtocol(b", ".join(named).decode("ascii", "replace"))


def _end_point(certificate: x509.Certificate) -> bytes:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return b""
    if algorithm is None:
        return b""  # RFC 5929 §4.1: undefined for signatures without a hash of their own, such as Ed25519
    return certificate.fingerprint(SHA256() if isinstance(algorithm, MD5 | SHA1) else algorithm)


def _text(name: bytes | None) -> str:
    return name.decode("ascii", "replace") if name else ""


def _reason(error: Exception) -> str:
    """OpenSSL's words for an error."""
    details = error.args[0] if error.args else ""
    if isinstance(details, list):
        return "; ".join(str(entry[-1]) for entry in details)
    return str(details or type(error).__name__)
