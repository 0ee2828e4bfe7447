"""What the server keeps of passwords, and how it tells a right one: arithmetic over the core's records, no store."""

import hmac
from base64 import b32encode
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeVar

from dragoman.auth.keys import KeyFailed, Keys
from dragoman.auth.settings import PasswordSettings
from dragoman.core.address import Address
from dragoman.core.clock import Clock, Randomness
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import AppPassword, Credentials, Verifier
from dragoman.formats import precis, scram

T = TypeVar("T")

#: The hashes that every account has a verifier for, strongest first.
HASHES = ("SHA-256", "SHA-1")
SALT_OCTETS = 16
_GROUP = 4


class Run(Protocol):
    """Where slow arithmetic is done: at once, or in a thread, so that other clients do not wait for it."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


async def at_once(work: Callable[[], T]) -> T:
    """Do the work here and now."""
    return work()


class Passwords:
    """Makes and checks passwords."""

    def __init__(
        self, keys: Keys, randomness: Randomness, clock: Clock, settings: PasswordSettings, run: Run = at_once
    ) -> None:
        self._keys = keys
        self._unknown = keys.derive("unknown accounts")
        self._randomness = randomness
        self._clock = clock
        self._settings = settings
        self._iterations = {"SHA-256": settings.sha256_iterations, "SHA-1": settings.sha1_iterations}
        self._run = run

    async def credentials(self, password: str) -> Credentials:
        """Verifiers of a password by every hash; ``Refused(not-acceptable)`` where it cannot be one (RFC 8265 §4.2)."""
        try:
            prepared = precis.password(password)
        except ValueError as error:
            raise Refused(Condition.NOT_ACCEPTABLE, f"this cannot be a password: {error}") from error
        if len(prepared) < self._settings.min_length:
            raise Refused(Condition.NOT_ACCEPTABLE, f"a password has at least {self._settings.min_length} characters")
        salts = {hash: self._randomness.token(SALT_OCTETS) for hash in HASHES}
        verifiers = await self._run(
            lambda: {hash: _verifier(hash, prepared, salts[hash], self._iterations[hash]) for hash in HASHES}
        )
        return Credentials(verifiers, created_at=self._clock.now())

    def verifier(self, account: Address, credentials: Credentials | None, hash: str) -> Verifier:
        """What to check a proof against; where there is no such account, one that looks the same at every try and that
        nothing proves, so that nobody learns which accounts there are (RFC 5802 §9)."""
        if credentials is not None and hash in credentials.verifiers:
            return credentials.verifiers[hash]
        return Verifier(
            self._likeness("salt", hash, account)[:SALT_OCTETS],
            self._iterations.get(hash, scram.MIN_ITERATIONS),
            self._likeness("stored", hash, account),
            self._likeness("server", hash, account),
        )

    async def matches(self, account: Address, credentials: Credentials | None, password: str) -> bool:
        """Whether this is the account's main password; the same work for a right, a wrong and an unknown one."""
        hash = next((hash for hash in HASHES if credentials is None or hash in credentials.verifiers), HASHES[0])
        kept = self.verifier(account, credentials, hash)
        try:
            prepared = precis.password(password)
        except ValueError:
            prepared = ""
        given = await self._run(lambda: _verifier(hash, prepared, kept.salt, kept.iterations))
        return hmac.compare_digest(given.stored_key, kept.stored_key) and bool(prepared)

    def app_password(self, protocol: str, name: str) -> tuple[str, AppPassword]:
        """A new password for one protocol, 80 bits in groups of four, to be shown once, and what is kept of it."""
        clear = b32encode(self._randomness.token(10)).decode().lower()
        id = self._randomness.text(8)
        sealed = self._keys.seal(clear.encode(), _label(protocol, id))
        return grouped(clear), AppPassword(id, protocol, name, sealed, self._clock.now())

    def clear(self, kept: Iterable[AppPassword], protocol: str) -> list[str]:
        """The app passwords of one protocol as they are, without groups. What does not open is passed over: a login
        with it fails, and the others still work."""
        found = []
        for password in kept:
            if password.protocol != protocol:
                continue
            try:
                found.append(self._keys.unseal(password.sealed, _label(protocol, password.id)).decode())
            except KeyFailed:
                continue
        return found

    def matches_app(self, kept: Iterable[AppPassword], protocol: str, password: str) -> bool:
        """Whether this is one of the app passwords of a protocol; dashes, spaces and case do not matter."""
        given = "".join(password.split()).replace("-", "").lower().encode()
        matches = [hmac.compare_digest(given, clear.encode()) for clear in self.clear(kept, protocol)]
        return any(matches)

    def _likeness(self, purpose: str, hash: str, account: Address) -> bytes:
        return hmac.digest(self._unknown, f"{purpose} {hash} {account}".encode(), scram.HASHES[hash])


def grouped(clear: str) -> str:
    """An app password as it is shown: ``abcd-efgh-ijkl-mnop``."""
    return "-".join(clear[start : start + _GROUP] for start in range(0, len(clear), _GROUP))


def _verifier(hash: str, prepared: str, salt: bytes, iterations: int) -> Verifier:
    made = scram.keys(hash, scram.salted(hash, prepared, salt, iterations))
    return Verifier(salt, iterations, made.stored, made.server)


def _label(protocol: str, id: str) -> str:
    return f"app password {protocol} {id}"
