"""What happened in a run, as one hash: two runs that did the same have the same."""

import hashlib
from collections import deque

_KEPT = 2000


class Trace:
    """Gathers lines of ``(virtual time, who, what)``. The last ones are kept for people to read when a run fails."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._last: deque[str] = deque(maxlen=_KEPT)
        self.count = 0

    def add(self, moment: float, who: str, what: str | bytes) -> None:
        """Add a line."""
        line = f"{moment:.6f} {who} {what!r}"
        self._hash.update(line.encode() + b"\n")
        self._last.append(line)
        self.count += 1

    def digest(self) -> str:
        """The hash of all lines until now."""
        return self._hash.hexdigest()

    def tail(self, lines: int = 50) -> str:
        """The last lines."""
        return "\n".join(list(self._last)[-lines:])
