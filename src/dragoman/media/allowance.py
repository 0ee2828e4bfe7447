"""How much something may do in a while: a bucket that fills steadily and is emptied by use."""


class Allowance:
    """``rate`` units a second, and at most one second's worth (or ``burst``) saved up."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, now: float, burst: float = 0.0) -> None:
        self._rate = rate
        self._burst = burst or rate
        self._left = self._burst
        self._at = now

    def take(self, units: float, now: float) -> bool:
        """Whether that much is left; it is taken if so."""
        left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if left < units:
            self._left = left
            return False
        self._left = left - units
        return True

    def is_full(self, now: float) -> bool:
        """Whether nothing needs to be remembered of it."""
        return self._left + (now - self._at) * self._rate >= self._burst
