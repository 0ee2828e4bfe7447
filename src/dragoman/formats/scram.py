"""SCRAM: proving a password without telling it (RFC 5802, RFC 7677), both sides, as arithmetic and messages.

Messages are bytes without base64; who carries them frames them. Nonces, salts and channel-binding data come from the
caller. Hashes have the names of the mechanisms: ``SHA-1``, ``SHA-256``, ``SHA-512``. What the peer does wrong raises
``ScramError`` with a ``server-error-value`` of RFC 5802 §7.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import NamedTuple

from dragoman.formats import precis

HASHES = {"SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}

#: The bindings that prove something on every version of TLS, best first (RFC 9266, RFC 5929). tls-unique is none of
#: them: TLS 1.3 has no such value (RFC 9266 §1), and before it a resumed session could be spliced (RFC 7627).
BINDINGS = ("tls-exporter", "tls-server-end-point")

MIN_ITERATIONS = 4096  # RFC 7677 §4
MAX_ITERATIONS = 10_000_000  # more is an attack on the client
MAX_MESSAGE = 8192  # octets; 1023 characters of name, escaped, fit

_CLIENT_FIRST = re.compile(
    r"(?P<gs2>(?P<flag>n|y|p=(?P<binding>[A-Za-z0-9.-]+)),(?:a=(?P<authzid>[^,]+))?,)"
    r"(?P<bare>(?P<mandatory>m=[^,]*,)?n=(?P<name>[^,]+),r=(?P<nonce>[!-+\--~]+)(?P<extensions>(?:,[A-Za-z]=[^,]+)*))"
)
_SERVER_FIRST = re.compile(
    r"(?P<mandatory>m=[^,]*,)?r=(?P<nonce>[!-+\--~]+),s=(?P<salt>[A-Za-z0-9+/=]+),i=(?P<iterations>[1-9][0-9]{0,8})"
    r"(?P<extensions>(?:,[A-Za-z]=[^,]+)*)"
)
_CLIENT_FINAL = re.compile(
    r"(?P<unproved>c=(?P<binding>[A-Za-z0-9+/=]+),r=(?P<nonce>[!-+\--~]+)(?P<extensions>(?:,[A-Za-z]=[^,]+)*?))"
    r",p=(?P<proof>[A-Za-z0-9+/=]+)"
)
_SERVER_FINAL = re.compile(r"(?:v=(?P<signature>[A-Za-z0-9+/=]+)|e=(?P<error>[^,]+))(?:,[A-Za-z]=[^,]+)*")


class ScramError(Exception):
    """The exchange has failed; ``value`` is RFC 5802's ``server-error-value``, as ``invalid-proof``."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


class Keys(NamedTuple):
    """What a server keeps of a password, beside salt and iterations (RFC 5802 §3)."""

    stored: bytes
    server: bytes


class ClientFirst(NamedTuple):
    """Who wants to be whom; names are unescaped, not prepared. ``authzid`` is empty where none was sent."""

    name: str
    authzid: str


def salted(hash: str, password: str, salt: bytes, iterations: int) -> bytes:
    """SaltedPassword: the slow part, which releases the interpreter while it works. ``password`` is prepared."""
    return hashlib.pbkdf2_hmac(HASHES[hash], password.encode(), salt, iterations)


def keys(hash: str, salted_password: bytes) -> Keys:
    """StoredKey and ServerKey of a salted password."""
    return Keys(_digest(hash, _hmac(hash, salted_password, b"Client Key")), _hmac(hash, salted_password, b"Server Key"))


class ServerExchange:
    """The server's side of one attempt: :meth:`first`, :meth:`challenge`, :meth:`final`, each once, in this order.

    ``bindings`` are those that this connection has, by type. ``plus`` says that the client chose the -PLUS form. The
    -PLUS form is taken as offered wherever there are bindings.
    """

    def __init__(self, hash: str, *, plus: bool, bindings: Mapping[str, bytes]) -> None:
        self._hash = hash
        self._plus = plus
        self._bindings = {kind: data for kind, data in bindings.items() if kind in BINDINGS}
        self._bound = b""
        self._first = ""
        self._challenge = ""
        self._client_nonce = ""
        self._nonce = ""

    def first(self, message: bytes) -> ClientFirst:
        """Read client-first-message; the downgrade rules of RFC 5802 §6 are applied here."""
        parts = _read(_CLIENT_FIRST, message)
        _no_mandatory_extensions(parts)
        self._bound = parts["gs2"].encode() + self._binding(parts["flag"], parts["binding"])
        self._first = parts["bare"]
        self._client_nonce = parts["nonce"]
        return ClientFirst(_unescaped(parts["name"]), _unescaped(parts["authzid"] or ""))

    def challenge(self, nonce: str, salt: bytes, iterations: int) -> bytes:
        """server-first-message; ``nonce`` is the server's part: printable ASCII without commas."""
        self._nonce = self._client_nonce + nonce
        self._challenge = f"r={self._nonce},s={b64encode(salt).decode()},i={iterations}"
        return self._challenge.encode()

    def final(self, message: bytes, account: Keys) -> bytes:
        """Check client-final-message against what is kept; the result is server-final-message.

        The same work is done for a right and for a wrong proof.
        """
        parts = _read(_CLIENT_FINAL, message)
        _no_mandatory_extensions(parts)
        spoken = f"{self._first},{self._challenge},{parts['unproved']}".encode()
        proof = _decoded(parts["proof"])
        signature = _hmac(self._hash, account.stored, spoken)
        if len(proof) != len(signature):
            raise ScramError("invalid-proof")
        if not hmac.compare_digest(_decoded(parts["binding"]), self._bound):
            raise ScramError("channel-bindings-dont-match")
        if not hmac.compare_digest(parts["nonce"], self._nonce):
            raise ScramError("other-error")
        if not hmac.compare_digest(_digest(self._hash, _xor(proof, signature)), account.stored):
            raise ScramError("invalid-proof")
        return b"v=" + b64encode(_hmac(self._hash, account.server, spoken))

    def _binding(self, flag: str, kind: str | None) -> bytes:
        """The data that the client has to repeat behind its gs2-header."""
        if kind is None:
            if self._plus:
                raise ScramError("channel-binding-not-supported")
            # RFC 5802 §6: the client could bind and saw no -PLUS, though it was offered: somebody took it away.
            if flag == "y" and self._bindings:
                raise ScramError("server-does-support-channel-binding")
            return b""
        if not self._plus:
            raise ScramError("other-error")
        if kind not in self._bindings:
            raise ScramError("unsupported-channel-binding-type")
        return self._bindings[kind]


class ClientExchange:
    """The client's side of one attempt: :meth:`first`, :meth:`answer`, :meth:`verify`, each once, in this order.

    ``binding`` is the type and data that a -PLUS mechanism binds to. ``able`` says, without it, that this client could
    have bound itself, but the server offers no -PLUS. ``nonce`` is printable ASCII without commas.
    """

    def __init__(
        self,
        hash: str,
        name: str,
        password: str,
        nonce: str,
        *,
        binding: tuple[str, bytes] | None = None,
        able: bool = False,
        authzid: str = "",
    ) -> None:
        self._hash = hash
        self._password = precis.password(password)
        flag = f"p={binding[0]}" if binding else "y" if able else "n"
        self._gs2 = f"{flag},{f'a={_escaped(authzid)}' if authzid else ''},"
        self._bound = self._gs2.encode() + (binding[1] if binding else b"")
        self._nonce = nonce
        self._bare = f"n={_escaped(name)},r={nonce}"
        self._signature = b""

    def first(self) -> bytes:
        """client-first-message."""
        return f"{self._gs2}{self._bare}".encode()

    def answer(self, challenge: bytes) -> bytes:
        """Read server-first-message; the result is client-final-message."""
        parts = _read(_SERVER_FIRST, challenge)
        _no_mandatory_extensions(parts)
        nonce, iterations = parts["nonce"], int(parts["iterations"])
        # RFC 5802 §5.1: the nonce has to begin with ours, and the server has to add to it.
        if not nonce.startswith(self._nonce) or nonce == self._nonce:
            raise ScramError("other-error")
        if not MIN_ITERATIONS <= iterations <= MAX_ITERATIONS:
            raise ScramError("other-error")
        salted_password = salted(self._hash, self._password, _decoded(parts["salt"]), iterations)
        unproved = f"c={b64encode(self._bound).decode()},r={nonce}"
        spoken = f"{self._bare},{challenge.decode()},{unproved}".encode()
        client_key = _hmac(self._hash, salted_password, b"Client Key")
        account = keys(self._hash, salted_password)
        self._signature = _hmac(self._hash, account.server, spoken)
        proof = _xor(client_key, _hmac(self._hash, account.stored, spoken))
        return f"{unproved},p={b64encode(proof).decode()}".encode()

    def verify(self, outcome: bytes) -> None:
        """Read server-final-message: that the server, too, knows the password; ``ScramError`` where it does not."""
        parts = _read(_SERVER_FINAL, outcome)
        if parts["error"] is not None:
            raise ScramError(parts["error"])
        if not self._signature or not hmac.compare_digest(_decoded(parts["signature"]), self._signature):
            raise ScramError("other-error")


def _read(pattern: re.Pattern[str], message: bytes) -> re.Match[str]:
    if len(message) > MAX_MESSAGE:
        raise ScramError("no-resources")
    try:
        text = message.decode()
    except UnicodeDecodeError as error:
        raise ScramError("invalid-encoding") from error
    parts = pattern.fullmatch(text)
    if parts is None or "\0" in text:
        raise ScramError("invalid-encoding")
    return parts


def _no_mandatory_extensions(parts: re.Match[str]) -> None:
    # RFC 5802 §5.1: "m" is reserved for extensions that must be understood; there are none yet.
    if parts.groupdict().get("mandatory") is not None or ",m=" in parts["extensions"]:
        raise ScramError("extensions-not-supported")


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise ScramError("invalid-encoding") from error


def _escaped(name: str) -> str:
    return name.replace("=", "=3D").replace(",", "=2C")


def _unescaped(name: str) -> str:
    """RFC 5802 §5.1: ``=2C`` and ``=3D``, and no other equals sign."""
    if re.search("=(?!2C|3D)", name):
        raise ScramError("invalid-username-encoding")
    return name.replace("=2C", ",").replace("=3D", "=")


def _digest(hash: str, data: bytes) -> bytes:
    return hashlib.new(HASHES[hash], data).digest()


def _hmac(hash: str, key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, HASHES[hash])


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
