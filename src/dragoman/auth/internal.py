"""Accounts whose passwords this server keeps itself: proving them, changing them, and app passwords."""

import hmac
from collections.abc import Callable, Sequence
from hashlib import sha256

from msgspec.structs import replace

from dragoman.auth.passwords import Passwords, grouped
from dragoman.auth.throttle import Throttle
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Success
from dragoman.core.endpoint import Assurance
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import AccountStore, AppPassword, Credentials, StorageFailed


class InternalAccounts:
    """The store's accounts, and what proves that somebody is one of them."""

    def __init__(self, store: AccountStore, passwords: Passwords, throttle: Throttle) -> None:
        self._store = store
        self.passwords = passwords
        self.throttle = throttle

    async def credentials(self, account: Address) -> Credentials | None:
        """What is kept of an account; ``AuthenticationFailed(temporary-auth-failure)`` where the store cannot tell."""
        try:
            return await self._store.get(account)
        except StorageFailed as failed:
            raise AuthenticationFailed("temporary-auth-failure") from failed

    async def prove(self, protocol: str, account: Address, password: str, *, remote: str, main: bool = True) -> Success:
        """Check a clear password, the main one (only where ``main``) or one that was made for ``protocol``.

        Raises ``AuthenticationFailed``: not-authorized, account-disabled (only to who knows the password),
        temporary-auth-failure.
        """
        self.hold_back(remote, account)
        credentials = await self.credentials(account)
        assurance = await self._assurance(protocol, account, credentials, password, main=main)
        if assurance is None or credentials is None:
            self.throttle.failed(remote, account)
            raise AuthenticationFailed(text="" if main else "only an app password can be used this way")
        return self.admit(remote, account, credentials, assurance)

    def hold_back(self, remote: str, account: Address) -> None:
        """``AuthenticationFailed(temporary-auth-failure)`` where there were too many failures just now."""
        wait = self.throttle.wait(remote, account)
        if wait:
            raise AuthenticationFailed(
                "temporary-auth-failure", f"too many failed logins; try again in {int(wait) + 1} seconds"
            )

    def admit(
        self,
        remote: str,
        account: Address,
        credentials: Credentials,
        assurance: Assurance = Assurance.FULL,
        data: bytes | None = None,
    ) -> Success:
        """Somebody has proved to be an account; ``AuthenticationFailed(account-disabled)`` where it is suspended."""
        self.throttle.succeeded(remote, account)
        if not credentials.enabled:
            raise AuthenticationFailed("account-disabled")
        return Success(account, assurance, data)

    async def change_password(self, account: Address, password: str) -> None:
        """A new main password; ``Refused``: item-not-found, not-acceptable. Sessions are the caller's to close."""
        made = await self.passwords.credentials(password)
        await self._change(account, lambda before: replace(before, verifiers=made.verifiers))

    async def add_app_password(self, account: Address, protocol: str, name: str) -> tuple[str, AppPassword]:
        """Make a password for one protocol, to be shown once. ``Refused(item-not-found)`` where there is no account."""
        if await self._store.get(account) is None:
            raise Refused(Condition.ITEM_NOT_FOUND, "there is no such account")
        clear, kept = self.passwords.app_password(protocol, name)
        await self._store.add_app_password(account, kept)
        return clear, kept

    async def clear_app_passwords(self, account: Address, protocol: str) -> list[str]:
        """The clear app passwords of one protocol, for those whose logins need one (digests, challenges): each as it was
        shown, and without the groups' dashes, as older clients cut it. Empty for a suspended account."""
        credentials = await self.credentials(account)
        if credentials is None or not credentials.enabled:
            return []
        plain = self.passwords.clear(await self._store.app_passwords(account), protocol)
        return [spelling for clear in plain for spelling in (grouped(clear), clear)]

    async def add_certificate(self, account: Address, certificate: bytes) -> str:
        """Let a client certificate (DER) log in as an account; its fingerprint, by which it can be removed again."""
        added = fingerprint(certificate)
        await self._change(account, lambda before: replace(before, certificates=(*_without(before, added), added)))
        return added

    async def remove_certificate(self, account: Address, removed: str) -> None:
        """A certificate logs in no more; nothing happens where it was not registered."""
        await self._change(
            account,
            lambda before: replace(before, certificates=_without(before, removed)),
        )

    async def _assurance(
        self, protocol: str, account: Address, credentials: Credentials | None, password: str, *, main: bool
    ) -> Assurance | None:
        """What a password proves. Everything is asked and computed for unknown accounts too."""
        try:
            kept: Sequence[AppPassword] = await self._store.app_passwords(account)
        except StorageFailed as failed:
            raise AuthenticationFailed("temporary-auth-failure") from failed
        by_main = main and await self.passwords.matches(account, credentials, password)
        by_app = self.passwords.matches_app(kept, protocol, password)
        return Assurance.FULL if by_main else Assurance.LOW if by_app else None

    async def _change(self, account: Address, change: Callable[[Credentials], Credentials]) -> None:
        before = await self._store.get(account)
        if before is None or not await self._store.replace(account, change(before)):
            raise Refused(Condition.ITEM_NOT_FOUND, "there is no such account")


def _without(credentials: Credentials, removed: str) -> tuple[str, ...]:
    return tuple(kept for kept in credentials.certificates if kept != removed)


def fingerprint(certificate: bytes) -> str:
    """What a certificate is registered as: the SHA-256 of its DER form, in lower-case hexadecimal digits."""
    return sha256(certificate).hexdigest()


def is_registered(certificate: bytes, credentials: Credentials) -> bool:
    """Whether an account has registered this certificate."""
    given = fingerprint(certificate)
    matches = [hmac.compare_digest(given, kept) for kept in credentials.certificates]
    return any(matches)
