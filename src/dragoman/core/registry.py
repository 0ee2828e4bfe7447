"""Who is connected: which sessions an account has, on this node."""

from collections.abc import Iterator

from dragoman.core.address import Address
from dragoman.core.session import Session

_NOBODY: dict[str, Session] = {}


class Registry:
    """Sessions by account and resource. An account's sessions stand in the order in which they came."""

    def __init__(self) -> None:
        self._accounts: dict[Address, dict[str, Session]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Session]:
        return (session for sessions in list(self._accounts.values()) for session in list(sessions.values()))

    def add(self, session: Session) -> Session | None:
        """Enter a session; gives back the one that had the same address before, which is then out."""
        sessions = self._accounts.setdefault(session.account, {})
        replaced = sessions.pop(session.address.resource, None)
        sessions[session.address.resource] = session
        self._count += replaced is None
        return replaced

    def remove(self, session: Session) -> bool:
        """Take a session out; False where it was not in (or another one has taken its place)."""
        sessions = self._accounts.get(session.account, _NOBODY)
        if sessions.get(session.address.resource) is not session:
            return False
        del sessions[session.address.resource]
        self._count -= 1
        if not sessions:
            del self._accounts[session.account]
        return True

    def sessions(self, account: Address) -> list[Session]:
        """All sessions of a bare address."""
        return list(self._accounts.get(account, _NOBODY).values())

    def session(self, address: Address) -> Session | None:
        """The session of a full address."""
        return self._accounts.get(address.bare, _NOBODY).get(address.resource)

    def available(self, account: Address) -> list[Session]:
        """The sessions of an account that have sent presence."""
        return [session for session in self._accounts.get(account, _NOBODY).values() if session.presence is not None]

    def accounts(self) -> list[Address]:
        """The bare addresses that have a session."""
        return list(self._accounts)
