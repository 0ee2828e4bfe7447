"""ANONYMOUS logins (RFC 4505, XEP-0175): guests, where a domain lets them in."""

from dragoman.auth.attempt import Attempt
from dragoman.auth.internal import InternalAccounts
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge, Success
from dragoman.core.clock import Randomness
from dragoman.core.endpoint import Assurance

#: RFC 4505 §3: the trace is for people; it is neither kept nor believed.
MAX_TRACE_OCTETS = 1024
_NAME_OCTETS = 10


class AnonymousLogin:
    """One exchange: a guest gets a name that nobody has."""

    def __init__(self, attempt: Attempt, accounts: InternalAccounts, randomness: Randomness) -> None:
        self._attempt = attempt
        self._accounts = accounts
        self._randomness = randomness

    async def step(self, response: bytes | None) -> Challenge | Success:
        """The client's only words, if any. Raises ``AuthenticationFailed``."""
        if len(response or b"") > MAX_TRACE_OCTETS:
            raise AuthenticationFailed("malformed-request")
        while True:
            guest = Address(f"guest-{self._randomness.text(_NAME_OCTETS)}", self._attempt.domain)
            if await self._accounts.credentials(guest) is None:
                return Success(guest, Assurance.GUEST)
