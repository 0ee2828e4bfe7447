"""How much one account may say: a bucket of tokens that fills with time."""

from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import Message, Talk
from dragoman.core.policy import Domains
from dragoman.features.limit_settings import Settings


class Limits:
    """One bucket per account that says something; a full bucket is forgotten."""

    def __init__(self, hooks: Hooks, clock: Clock, domains: Domains, settings: Settings) -> None:
        self.settings = settings
        self._clock = clock
        self._domains = domains
        self._buckets: dict[Address, tuple[float, float]] = {}
        hooks.before_routing(self._check)

    def spend(self, account: Address, cost: float = 1.0) -> None:
        """Take from an account's bucket; ``Refused(resource-constraint)`` where it is empty."""
        if not self.settings.enabled:
            return
        now = self._clock.monotonic()
        tokens, at = self._buckets.get(account, (self.settings.burst, now))
        tokens = min(self.settings.burst, tokens + (now - at) * self.settings.rate) - cost
        if tokens < 0:
            raise Refused(Condition.RESOURCE_CONSTRAINT, "too much at once: slow down", remedy=Remedy.WAIT)
        if len(self._buckets) > 50_000:
            self._forget_full(now)
        self._buckets[account] = (tokens, now)

    def _check(self, routed: Routed) -> None:
        event, origin = routed.event, routed.origin
        if origin is None or not isinstance(event, Talk):
            return
        self.spend(origin.account)
        if isinstance(event, Message):
            domain = self._domains.of_accounts(origin.account.domain)
            # A character is at most four bytes: most texts need no counting.
            limit = domain.policy.max_text_bytes if domain is not None else 0
            if limit and len(event.text) > limit // 4 and len(event.text.encode()) > limit:
                raise Refused(Condition.POLICY_VIOLATION, f"longer than {limit} bytes")

    def _forget_full(self, now: float) -> None:
        settings = self.settings
        full = [
            account
            for account, (tokens, at) in self._buckets.items()
            if tokens + (now - at) * settings.rate >= settings.burst
        ]
        for account in full:
            del self._buckets[account]
