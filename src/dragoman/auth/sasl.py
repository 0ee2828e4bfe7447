"""The authenticator of this server's own accounts: which SASL mechanisms are offered when, and their beginnings."""

from dragoman.auth.anonymous import AnonymousLogin
from dragoman.auth.attempt import Attempt, remote_of
from dragoman.auth.certificates import Issuers
from dragoman.auth.external import ExternalLogin
from dragoman.auth.internal import InternalAccounts
from dragoman.auth.passwords import HASHES
from dragoman.auth.plain import PlainLogin
from dragoman.auth.scram import ScramLogin
from dragoman.auth.settings import Settings
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, SaslExchange, Success
from dragoman.core.clock import Randomness
from dragoman.core.endpoint import Channel
from dragoman.core.policy import Domains
from dragoman.formats.scram import BINDINGS

_PLUS = tuple(f"SCRAM-{hash}-PLUS" for hash in HASHES)
_SCRAM = tuple(f"SCRAM-{hash}" for hash in HASHES)
_INSIDE_TLS = frozenset({*_PLUS, *_SCRAM, "PLAIN", "EXTERNAL"})


class InternalAuthenticator:
    """Implements ``core.authenticator.Authenticator``. ``everywhere`` are protocols whose clients come to all domains at
    once, so that a name may be of any."""

    def __init__(
        self,
        accounts: InternalAccounts,
        domains: Domains,
        randomness: Randomness,
        issuers: Issuers,
        settings: Settings,
        *,
        everywhere: frozenset[str] = frozenset(),
    ) -> None:
        self._accounts = accounts
        self._domains = domains
        self._randomness = randomness
        self._issuers = issuers
        self._settings = settings
        self._everywhere = everywhere

    def mechanisms(self, protocol: str, domain: str, channel: Channel) -> list[str]:
        """The SASL mechanisms that may be offered now, strongest first; empty where none may be."""
        served = self._domains.of_accounts(domain)
        if served is None or not self._is_private_enough(channel):
            return []
        offered: list[str] = []
        if self._may_use_main(protocol):
            offered += _PLUS if any(kind in channel.bindings for kind in BINDINGS) else ()
            offered += _SCRAM
        offered += ["EXTERNAL"] if channel.secure and channel.certificate else []
        offered += ["PLAIN"] if self._may_send_password(channel) else []
        offered += ["ANONYMOUS"] if served.policy.guests else []
        return offered

    def begin(self, mechanism: str, protocol: str, domain: str, channel: Channel) -> SaslExchange:
        """Start an exchange. Raises ``AuthenticationFailed``: invalid-mechanism where it is not offered,
        encryption-required where it would be inside TLS."""
        if mechanism not in self.mechanisms(protocol, domain, channel):
            if not channel.secure and mechanism in _INSIDE_TLS:
                raise AuthenticationFailed("encryption-required")
            raise AuthenticationFailed("invalid-mechanism")
        attempt = Attempt(protocol, domain, channel, self._domains, everywhere=protocol in self._everywhere)
        match mechanism:
            case "PLAIN":
                return PlainLogin(attempt, self._accounts, main=self._may_use_main(protocol))
            case "EXTERNAL":
                return ExternalLogin(attempt, self._accounts, self._issuers)
            case "ANONYMOUS":
                return AnonymousLogin(attempt, self._accounts, self._randomness)
            case _:
                plus = mechanism.endswith("-PLUS")
                hash = mechanism.removeprefix("SCRAM-").removesuffix("-PLUS")
                return ScramLogin(attempt, self._accounts, self._randomness, hash, plus=plus)

    async def check_password(self, protocol: str, account: Address, password: str, channel: Channel) -> Success:
        """For protocols that send a name and a password without SASL. An app password of the protocol is good on every
        channel, the main one only where PLAIN is. Raises ``AuthenticationFailed``, with encryption-required where the
        main password was not even looked at."""
        if self._domains.of_accounts(account.domain) is None:
            raise AuthenticationFailed
        sendable = self._may_send_password(channel)
        main = sendable and self._may_use_main(protocol)
        try:
            return await self._accounts.prove(protocol, account.bare, password, remote=remote_of(channel), main=main)
        except AuthenticationFailed as failed:
            if failed.condition == "not-authorized" and not sendable:
                raise AuthenticationFailed("encryption-required", failed.text) from failed
            raise

    def _may_use_main(self, protocol: str) -> bool:
        return protocol not in self._settings.app_passwords_only

    def _may_send_password(self, channel: Channel) -> bool:
        return channel.secure or (channel.trusted and self._settings.plain_on_loopback)

    def _is_private_enough(self, channel: Channel) -> bool:
        return channel.secure or channel.trusted or self._settings.clear_on_network
