"""Who may ask the relay for anything: credentials that expire, nonces, and few answers to those who prove nothing."""

from typing import Final

from dragoman.formats import stun, turn_credentials
from dragoman.formats.stun import Attribute, Message
from dragoman.media.allocation import Client
from dragoman.media.allowance import Allowance
from dragoman.media.nonces import Nonces
from dragoman.media.watch import Watch

_MAX_STRANGERS: Final = 20_000
_STRANGER_RATE: Final = 50.0  # answers a second to one address that has not proved itself: it may be forged


class Failed(Exception):
    """A request is refused (RFC 8489 §14.8, RFC 8656 §19): the code, the reason, and what the answer carries besides."""

    def __init__(self, code: int, reason: str, *more: tuple[int, bytes]) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason, self.more = code, reason, more


class Silence(Exception):
    """Better no answer than one more."""


class Gate:
    """The gate of one relay: ``secret`` is shared with whoever gives out credentials."""

    def __init__(self, realm: str, secret: bytes, watch: Watch) -> None:
        self._realm = realm
        self._secret = secret
        self._watch = watch
        self._nonces = Nonces(secret)
        self._strangers: dict[str, Allowance] = {}

    def authenticate(self, message: Message, data: bytes, client: Client) -> tuple[str, bytes]:
        """RFC 8489 §9.2.4: the name, and the key that signs the answer."""
        host, now = client.address[0], self._watch.now()
        challenge = (Attribute.REALM, self._realm.encode()), (Attribute.NONCE, self._nonces.make(host, now))
        name, nonce = message.get(Attribute.USERNAME), message.get(Attribute.NONCE)
        if message.covered is None:
            self.spend(client)
            raise Failed(401, "Unauthorized", *challenge)
        if name is None or nonce is None or message.get(Attribute.REALM) is None:
            self.spend(client)
            raise Failed(400, "Bad Request: USERNAME, REALM and NONCE belong together")
        if not self._nonces.holds(nonce, host, now):
            self.spend(client)
            raise Failed(438, "Stale Nonce", *challenge)
        username = name.decode("utf-8", "replace")
        password = turn_credentials.password(self._secret, username)
        key = turn_credentials.key(username, self._realm, password)
        expires = turn_credentials.expiry(username)
        if not stun.is_signed(data, message, key) or expires is None or expires < now:
            self.spend(client)
            raise Failed(401, "Unauthorized", *challenge)
        return username, key

    def spend(self, client: Client) -> None:
        """An answer to somebody unproved, whose address may be forged: only so many a second for each address."""
        host, now = client.address[0], self._watch.monotonic()
        left = self._strangers.get(host)
        if left is None:
            if len(self._strangers) >= _MAX_STRANGERS:
                raise Silence
            left = self._strangers[host] = Allowance(_STRANGER_RATE, now)
        if not left.take(1.0, now):
            raise Silence

    def forget(self) -> None:
        """Drop what need not be remembered of strangers."""
        now = self._watch.monotonic()
        self._strangers = {host: left for host, left in self._strangers.items() if not left.is_full(now)}
