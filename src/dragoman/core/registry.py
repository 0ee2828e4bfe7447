"""Who is connected: which sessions an account has, on this node.

Every message asks these questions and few things change the answers, so an answer is made when it changes: all of them are
tuples that can be kept for as long as nothing is awaited.
"""

from collections.abc import Iterator

from dragoman.core.address import Address
from dragoman.core.model import Presence
from dragoman.core.session import Session


class _Presence:
    """One account's sessions: all, those that sent presence, and those that take what is said to the account."""

    __slots__ = ("all", "available", "by_resource", "reachable")

    def __init__(self) -> None:
        self.by_resource: dict[str, Session] = {}
        self.settle()

    def settle(self) -> None:
        self.all = tuple(self.by_resource.values())
        self.available = tuple(session for session in self.all if session.presence is not None)
        # RFC 6121 §8.5.2.1.1: a session with negative priority is not for messages to the account.
        self.reachable = tuple(session for session in self.all if session.priority >= 0)


_NOBODY = _Presence()


class Registry:
    """Sessions by account and resource, in the order in which they came. ``version`` rises with every change."""

    def __init__(self) -> None:
        self._accounts: dict[Address, _Presence] = {}
        self._count = 0
        self.version = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Session]:
        return (session for presence in list(self._accounts.values()) for session in presence.all)

    def add(self, session: Session) -> Session | None:
        """Enter a session; gives back the one that had the same address before, which is then out."""
        presence = self._accounts.setdefault(session.account, _Presence())
        replaced = presence.by_resource.pop(session.address.resource, None)
        presence.by_resource[session.address.resource] = session
        self._count += replaced is None
        self._settle(presence)
        return replaced

    def remove(self, session: Session) -> bool:
        """Take a session out; False where it was not in (or another one has taken its place)."""
        presence = self._accounts.get(session.account, _NOBODY)
        if presence.by_resource.get(session.address.resource) is not session:
            return False
        del presence.by_resource[session.address.resource]
        self._count -= 1
        if not presence.by_resource:
            del self._accounts[session.account]
        self._settle(presence)
        return True

    def set_presence(self, session: Session, presence: Presence | None) -> Presence | None:
        """A session is available in another way, or no longer; gives back how it was."""
        before, session.presence = session.presence, presence
        self._settle(self._accounts.get(session.account, _NOBODY))
        return before

    def sessions(self, account: Address) -> tuple[Session, ...]:
        """All sessions of a bare address."""
        return self._accounts.get(account, _NOBODY).all

    def session(self, address: Address) -> Session | None:
        """The session of a full address."""
        return self._accounts.get(address.bare, _NOBODY).by_resource.get(address.resource)

    def available(self, account: Address) -> tuple[Session, ...]:
        """The sessions of an account that have sent presence."""
        return self._accounts.get(account, _NOBODY).available

    def reachable(self, account: Address) -> tuple[Session, ...]:
        """The sessions of an account that take what is said to the account as a whole."""
        return self._accounts.get(account, _NOBODY).reachable

    def accounts(self) -> list[Address]:
        """The bare addresses that have a session."""
        return list(self._accounts)

    def _settle(self, presence: _Presence) -> None:
        self.version += 1
        if presence is not _NOBODY:
            presence.settle()
