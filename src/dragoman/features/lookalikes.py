"""Names that people would take for somebody else's are refused where an account is made (Unicode Technical Standard 39)."""

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks
from dragoman.core.stores import AccountStore
from dragoman.formats import precis
from dragoman.formats.confusables import mixes_scripts, skeleton

_PAGE = 1000


class Lookalikes:
    """What the names of each domain look like; read from the store when the first account is made."""

    def __init__(self, store: AccountStore, hooks: Hooks) -> None:
        self._store = store
        self._domains: dict[str, dict[str, str]] = {}
        hooks.account_created(self._created)
        hooks.account_removed(self._removed)

    async def admit(self, account: Address) -> None:
        """Whether an account may have its name. ``Refused``: not-acceptable for letters that nobody writes together, or
        that older software does not know; conflict where it looks like another account's."""
        try:
            precis.new_local(account.local)
        except ValueError as error:
            raise Refused(Condition.NOT_ACCEPTABLE, f"this cannot be a name: {error}") from error
        if mixes_scripts(account.local):
            raise Refused(Condition.NOT_ACCEPTABLE, "this cannot be a name: it mixes letters of different scripts")
        names = await self._names(account.domain)
        other = names.get(skeleton(account.local), account.local)
        if other != account.local:
            raise Refused(Condition.CONFLICT, f"{account.local} looks like {other}, which exists already")

    async def _names(self, domain: str) -> dict[str, str]:
        """Name by skeleton."""
        if domain not in self._domains:
            names: dict[str, str] = {}
            after = ""
            while page := await self._store.page(domain, after=after, limit=_PAGE):
                names |= {skeleton(account.local): account.local for account in page}
                after = page[-1].local
            self._domains.setdefault(domain, names)
        return self._domains[domain]

    def _created(self, account: Address) -> None:
        if account.domain in self._domains:
            self._domains[account.domain][skeleton(account.local)] = account.local

    def _removed(self, account: Address) -> None:
        names = self._domains.get(account.domain, {})
        if names.get(skeleton(account.local)) == account.local:
            del names[skeleton(account.local)]
