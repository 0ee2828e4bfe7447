"""Who has an account, and who is here for now as a guest."""

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks
from dragoman.core.policy import Domains
from dragoman.core.session import Session
from dragoman.core.stores import AccountStore, Credentials
from dragoman.features.lookalikes import Lookalikes

#: How many names of existing accounts are remembered; the store is asked for the others.
REMEMBERED = 100_000


class Accounts:
    """The accounts of all domains."""

    def __init__(self, store: AccountStore, hooks: Hooks, domains: Domains) -> None:
        self._store = store
        self._hooks = hooks
        self._domains = domains
        self._known: dict[Address, None] = {}
        self._guests: set[Address] = set()
        self._lookalikes = Lookalikes(store, hooks)
        hooks.session_opened(self._opened)

    async def exists(self, account: Address) -> bool:
        """Whether a bare address is an account or a guest of this server."""
        if account in self._known or account in self._guests:
            return True
        if self._domains.of_accounts(account.domain) is None or await self._store.get(account) is None:
            return False
        self._remember(account)
        return True

    def is_known(self, account: Address) -> bool:
        """The same as far as memory knows: true of everybody who has had a session since the server started."""
        return account in self._known or account in self._guests

    def is_guest(self, account: Address) -> bool:
        """Whether somebody is here without an account."""
        return account in self._guests

    async def create(self, account: Address, credentials: Credentials) -> None:
        """A new account; ``Refused(conflict)`` where the name, or one that looks like it, is taken; not-acceptable where
        it cannot be anybody's."""
        if self._domains.of_accounts(account.domain) is None:
            raise Refused(Condition.ITEM_NOT_FOUND, f"{account.domain} is not a domain of this server")
        await self._lookalikes.admit(account)
        if account in self._guests or not await self._store.create(account, credentials):
            raise Refused(Condition.CONFLICT, f"{account} exists already")
        self._remember(account)
        await self._hooks.account_created.run(account)

    async def remove(self, account: Address) -> None:
        """An account and all that is its own; its sessions are closed. ``Refused(item-not-found)`` where there is none."""
        self._known.pop(account, None)
        if not await self._store.remove(account):
            raise Refused(Condition.ITEM_NOT_FOUND, f"there is no account {account}")
        await self._hooks.account_removed.run(account)

    async def enter_guest(self, account: Address) -> None:
        """Take a name for as long as a guest stays; ``Refused(conflict)`` where it is somebody's."""
        if await self.exists(account):
            raise Refused(Condition.CONFLICT, "this name is taken")
        self._guests.add(account)

    def leave_guest(self, account: Address) -> None:
        """Give a guest's name back."""
        self._guests.discard(account)

    def _opened(self, session: Session) -> None:
        if not session.guest:
            self._remember(session.account)

    def _remember(self, account: Address) -> None:
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[account] = None
