"""How much one account may say: a bucket of tokens that fills with time."""

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import Message, Talk
from dragoman.core.policy import Domains


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """``rate`` events a second on the long run, ``burst`` at once; ``enabled`` false only for measurements."""

    enabled: bool = True
    rate: float = 20.0
    burst: float = 200.0


class Limits:
    """One bucket per account that says something; a full bucket is forgotten."""

    def __init__(self, hooks: Hooks, clock: Clock, domains: Domains, settings: Settings) -> None:
        self.settings = settings
        self._clock = clock
        self._domains = domains
        self._buckets: dict[Address, tuple[float, float]] = {}
        if settings.enabled:
            hooks.before_routing(self._spend_one)
        hooks.before_routing(self._check_length)

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

    def _spend_one(self, routed: Routed) -> None:
        if isinstance(routed.event, Talk) and routed.origin is not None:
            self.spend(routed.origin.account)

    def _check_length(self, routed: Routed) -> None:
        event = routed.event
        if not isinstance(event, Message) or routed.origin is None:
            return
        domain = self._domains.of_accounts(routed.origin.account.domain)
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
