"""One client's try to log in: what all SASL mechanisms are given, and how its names are read."""

from dataclasses import dataclass

from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed
from dragoman.core.endpoint import Channel
from dragoman.core.errors import Refused
from dragoman.core.policy import Domains


@dataclass(frozen=True, slots=True)
class Attempt:
    """``domain`` is the one that the client has come to; where ``everywhere``, it may have an account at any of
    ``domains``, and says which."""

    protocol: str
    domain: str
    channel: Channel
    domains: Domains
    everywhere: bool = False

    @property
    def remote(self) -> str:
        """Whom failures are counted with; nobody but the account where the way is our own, as behind a proxy here."""
        return remote_of(self.channel)

    def account_named(self, name: str) -> Address:
        """The account of an authcid: a local name, or a whole address. A name that nobody can have here fails as a wrong
        password does."""
        local, at, domain = name.rpartition("@")
        try:
            account = Address.of(local, domain) if at else Address.of(name, self.domain)
        except Refused as refused:
            raise AuthenticationFailed from refused
        served = self.domains.of_accounts(account.domain) is not None
        if not account.local or not served or (account.domain != self.domain and not self.everywhere):
            raise AuthenticationFailed
        return account


def remote_of(channel: Channel) -> str:
    """The peer's address, or nothing where it is on this machine."""
    return "" if channel.trusted else channel.remote


def permit(authzid: str, account: Address) -> None:
    """Nobody acts for another: an authzid is absent or means the account itself (RFC 4422 §2, RFC 6120 §6.3.8).

    ``AuthenticationFailed(invalid-authzid)`` else.
    """
    if not authzid:
        return
    try:
        wanted = Address.parse(authzid) if "@" in authzid else Address.of(authzid, account.domain)
    except Refused as refused:
        raise AuthenticationFailed("invalid-authzid") from refused
    if wanted != account:
        raise AuthenticationFailed("invalid-authzid", "nobody can act for another account")


def text_of(octets: bytes) -> str:
    """Strict UTF-8 without NUL; ``AuthenticationFailed(malformed-request)`` else."""
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        raise AuthenticationFailed("malformed-request", "not UTF-8") from error
    if "\0" in text:
        raise AuthenticationFailed("malformed-request")
    return text
