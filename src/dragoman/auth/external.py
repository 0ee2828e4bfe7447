"""EXTERNAL logins (RFC 4422 appendix A, XEP-0178): TLS has proved a certificate, which names an account or is
registered with one."""

from dragoman.auth.attempt import Attempt, text_of
from dragoman.auth.certificates import Issuers
from dragoman.auth.internal import InternalAccounts, is_registered
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge, Success


class ExternalLogin:
    """One exchange. A client that gives no authzid has to have a certificate that names exactly one account here."""

    def __init__(self, attempt: Attempt, accounts: InternalAccounts, issuers: Issuers) -> None:
        self._attempt = attempt
        self._accounts = accounts
        self._issuers = issuers

    async def step(self, response: bytes | None) -> Challenge | Success:
        """The client's only words: whom it wants to be. Raises ``AuthenticationFailed``."""
        if response is None:
            return Challenge(b"")
        certificate = self._attempt.channel.certificate
        named = self._named(certificate)
        authzid = text_of(response)
        if authzid:
            account = self._wanted(authzid)
        elif len(named) == 1:
            (account,) = named
        else:
            raise AuthenticationFailed(text="the certificate does not say which account; give an authzid")
        credentials = await self._accounts.credentials(account)
        if credentials is None or not (account in named or is_registered(certificate, credentials)):
            raise AuthenticationFailed("invalid-authzid" if named else "not-authorized")
        return self._accounts.admit(self._attempt.remote, account, credentials)

    def _wanted(self, authzid: str) -> Address:
        try:
            return self._attempt.account_named(authzid)
        except AuthenticationFailed as failed:
            raise AuthenticationFailed("invalid-authzid") from failed

    def _named(self, certificate: bytes) -> set[Address]:
        """The accounts here that a certificate of a trusted authority names."""
        accounts = set()
        for name in self._issuers.names(certificate):
            try:
                accounts.add(self._attempt.account_named(name))
            except AuthenticationFailed:
                continue  # of another domain, or no account's name
        return accounts
