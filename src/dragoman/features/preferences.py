"""What accounts want to have in their histories (XEP-0441): everything, unless they have said otherwise.

What differs from that is in memory for all accounts, so that a message has nothing to wait for.
"""

from collections.abc import Awaitable

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import Talk
from dragoman.core.stores import HistoryPreferences, Kept, PreferenceStore
from dragoman.features.rosters import Rosters

#: How many exceptions one account may name.
MAX_EXCEPTIONS = 1000
_USUAL = HistoryPreferences()


class Preferences:
    """All of them; :meth:`load` reads what was kept, before anybody is served."""

    def __init__(self, store: PreferenceStore, hooks: Hooks, rosters: Rosters) -> None:
        self._store = store
        self._rosters = rosters
        self._unusual: dict[Address, HistoryPreferences] = {}
        hooks.before_routing(self._prepare)
        hooks.account_removed(self._forget)

    async def load(self) -> None:
        """Read them all."""
        self._unusual = dict(await self._store.all())

    def get(self, account: Address) -> HistoryPreferences:
        """What an account wants."""
        return self._unusual.get(account, _USUAL)

    async def set(self, account: Address, preferences: HistoryPreferences) -> None:
        """Let it hold from now on; what is in the history stays. ``Refused(resource-constraint)`` for too many names."""
        if len(preferences.always) + len(preferences.never) > MAX_EXCEPTIONS:
            raise Refused(Condition.RESOURCE_CONSTRAINT, f"at most {MAX_EXCEPTIONS} addresses may be named")
        await self._store.set(account, preferences)
        if preferences == _USUAL:
            self._unusual.pop(account, None)
        else:
            self._unusual[account] = preferences

    def wants(self, account: Address, peer: Address) -> bool:
        """Whether what an account says to ``peer`` and hears from there belongs into its history."""
        preferences = self._unusual.get(account) if self._unusual else None
        if preferences is None:
            return True
        for named in (peer, peer.bare):  # the more exact one counts; never, where both lists have it
            if named in preferences.never:
                return False
            if named in preferences.always:
                return True
        if preferences.default is Kept.ROSTER:
            roster = self._rosters.loaded(account)
            return roster is not None and roster.get(peer.bare).listed
        return preferences.default is Kept.ALWAYS

    def _prepare(self, routed: Routed) -> Awaitable[None] | None:
        """Whoever decides by the contact list needs it in memory, where it mostly is."""
        if not self._unusual or not isinstance(routed.event, Talk):
            return None
        accounts = [account for account in (routed.sender, routed.recipient) if self._lacks(account)]
        return self._load_rosters(accounts) if accounts else None

    def _lacks(self, account: Address) -> bool:
        preferences = self._unusual.get(account)
        return preferences is not None and preferences.default is Kept.ROSTER and self._rosters.loaded(account) is None

    async def _load_rosters(self, accounts: list[Address]) -> None:
        for account in accounts:
            await self._rosters.load(account)

    def _forget(self, account: Address) -> None:
        self._unusual.pop(account, None)
