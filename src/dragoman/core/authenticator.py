"""Logging in: what protocols ask of the authentication back end (RFC 4422's exchange, without any framing)."""

from typing import Protocol

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.endpoint import Assurance, Channel


class Challenge(Struct, frozen=True):
    """The server's next words; the client has to answer."""

    data: bytes


class Success(Struct, frozen=True):
    """The client has proved to be ``account``. ``data`` are the server's last words, None where there are none."""

    account: Address
    assurance: Assurance = Assurance.FULL
    data: bytes | None = None


class AuthenticationFailed(Exception):
    """Not proved. ``condition`` is one of RFC 6120 §6.5: not-authorized, malformed-request, invalid-mechanism,
    invalid-authzid, encryption-required, mechanism-too-weak, account-disabled, temporary-auth-failure, aborted."""

    def __init__(self, condition: str = "not-authorized", text: str = "") -> None:
        super().__init__(condition, text)
        self.condition = condition
        self.text = text


class SaslExchange(Protocol):
    """One attempt by one client."""

    async def step(self, response: bytes | None) -> Challenge | Success:
        """The client's next words, None where it gave no initial response. Raises ``AuthenticationFailed``."""
        ...


class Authenticator(Protocol):
    """The back end that knows credentials. ``protocol`` names who asks, for app passwords and for what a domain allows."""

    def mechanisms(self, protocol: str, domain: str, channel: Channel) -> list[str]:
        """The SASL mechanisms that may be offered now, strongest first; empty where none may be."""
        ...

    def begin(self, mechanism: str, protocol: str, domain: str, channel: Channel) -> SaslExchange:
        """Start an exchange; ``AuthenticationFailed(invalid-mechanism)`` where it was not offered."""
        ...

    async def check_password(self, protocol: str, account: Address, password: str, channel: Channel) -> Success:
        """For protocols that send a name and a password without SASL. Raises ``AuthenticationFailed``."""
        ...
