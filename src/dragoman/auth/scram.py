"""SCRAM logins (RFC 5802, RFC 7677), with and without channel binding."""

from dragoman.auth.attempt import Attempt, permit
from dragoman.auth.internal import InternalAccounts
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge, Success
from dragoman.core.clock import Randomness
from dragoman.core.stores import Credentials, Verifier
from dragoman.formats.scram import Keys, ScramError, ServerExchange

NONCE_OCTETS = 16

#: server-error-values that say who is trusted, not how the message is built; all others are malformed-request.
_NOT_AUTHORIZED = frozenset(
    {"invalid-proof", "channel-bindings-dont-match", "server-does-support-channel-binding", "other-error"}
)


class ScramLogin:
    """One exchange: the client's name, our challenge, the client's proof and ours.

    Between challenge and proof it looks the same whether there is such an account or not, and whether it is suspended.
    """

    def __init__(
        self, attempt: Attempt, accounts: InternalAccounts, randomness: Randomness, hash: str, *, plus: bool
    ) -> None:
        self._attempt = attempt
        self._accounts = accounts
        self._randomness = randomness
        self._hash = hash
        self._exchange = ServerExchange(hash, plus=plus, bindings=attempt.channel.bindings)
        self._challenged: tuple[Address, Credentials | None, Verifier] | None = None
        self._ended = False

    async def step(self, response: bytes | None) -> Challenge | Success:
        """The client's next words. Raises ``AuthenticationFailed``; the exchange is over then."""
        if response is None and self._challenged is None:
            return Challenge(b"")
        if response is None or self._ended:
            raise AuthenticationFailed("malformed-request")
        try:
            return self._prove(response) if self._challenged else await self._challenge(response)
        except ScramError as error:
            condition = "not-authorized" if error.value in _NOT_AUTHORIZED else "malformed-request"
            raise AuthenticationFailed(condition, error.value) from error

    async def _challenge(self, response: bytes) -> Challenge:
        first = self._exchange.first(response)
        account = self._attempt.account_named(first.name)
        permit(first.authzid, account)
        self._accounts.hold_back(self._attempt.remote, account)
        credentials = await self._accounts.credentials(account)
        kept = self._accounts.passwords.verifier(account, credentials, self._hash)
        self._challenged = account, credentials, kept
        return Challenge(self._exchange.challenge(self._randomness.text(NONCE_OCTETS), kept.salt, kept.iterations))

    def _prove(self, response: bytes) -> Success:
        if self._challenged is None:
            raise AuthenticationFailed("malformed-request")
        account, credentials, kept = self._challenged
        self._ended = True
        # Many exchanges may have got their challenge before the first of them failed.
        self._accounts.hold_back(self._attempt.remote, account)
        try:
            outcome = self._exchange.final(response, Keys(kept.stored_key, kept.server_key))
        except ScramError:
            self._accounts.throttle.failed(self._attempt.remote, account)
            raise
        if credentials is None:
            raise AuthenticationFailed  # nothing proves what is kept for nobody
        return self._accounts.admit(self._attempt.remote, account, credentials, data=outcome)
