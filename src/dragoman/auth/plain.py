"""PLAIN logins (RFC 4616): a name and a password in the clear, so only where nobody listens."""

from dragoman.auth.attempt import Attempt, permit, text_of
from dragoman.auth.internal import InternalAccounts
from dragoman.core.authenticator import AuthenticationFailed, Challenge, Success

#: RFC 4616 §2 allows 255 octets for a field; names of other alphabets need more.
MAX_OCTETS = 8192


class PlainLogin:
    """One exchange. ``main`` says whether the account's main password is good for this protocol."""

    def __init__(self, attempt: Attempt, accounts: InternalAccounts, *, main: bool) -> None:
        self._attempt = attempt
        self._accounts = accounts
        self._main = main

    async def step(self, response: bytes | None) -> Challenge | Success:
        """The client's only words: authzid, authcid and password. Raises ``AuthenticationFailed``."""
        if response is None:
            return Challenge(b"")
        fields = response.split(b"\0")
        if len(fields) != 3 or not fields[1] or not fields[2] or len(response) > MAX_OCTETS:
            raise AuthenticationFailed("malformed-request")
        authzid, name, password = map(text_of, fields)
        account = self._attempt.account_named(name)
        permit(authzid, account)
        return await self._accounts.prove(
            self._attempt.protocol, account, password, remote=self._attempt.remote, main=self._main
        )
