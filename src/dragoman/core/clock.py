"""Time, chance and identifiers: given to everything that needs them, so that a run can be repeated."""

import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol


class Timer(Protocol):
    """A call that waits for its moment."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never steps back."""
        ...

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call once, on the event loop, after ``seconds``."""
        ...

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that waits, from a place that cannot: a lost connection, a timer. What it raises is our own bug."""
        ...


class Randomness(Protocol):
    """Where secrets and identifiers come from; only a simulation may give it a seed."""

    def token(self, octets: int = 16) -> bytes: ...

    def text(self, octets: int = 16) -> str:
        """The same as lower-case hexadecimal digits."""
        ...


class SystemRandomness:
    """The operating system's."""

    def token(self, octets: int = 16) -> bytes:
        return secrets.token_bytes(octets)

    def text(self, octets: int = 16) -> str:
        return secrets.token_hex(octets)


def system_time() -> float:
    """Wall-clock seconds: the one place that asks the operating system."""
    return time.time()


_DIGITS = "0123456789abcdefghijklmnopqrstuv"  # base32hex (RFC 4648 §7), lower case: sorts as the number does
_PAIRS = [high + low for high in _DIGITS for low in _DIGITS]


class Ids:
    """Message ids: 48 bits of milliseconds and 16 bits that count within one, as 13 sortable characters.

    Strictly rising even where the wall clock steps back, so the order of ids is the order in which they were given out.
    """

    def __init__(self, clock: Clock, last: int = 0) -> None:
        self._clock = clock
        self._last = last

    def next(self) -> int:
        """A new id, larger than all before it."""
        self._last = max(self._last + 1, int(self._clock.now() * 1000) << 16)
        return self._last


def id_text(number: int) -> str:
    """The form that clients see: XEP-0359's stanza-id, IRCv3's msgid."""
    pairs = _PAIRS
    return (
        f"{_DIGITS[number >> 60]}{pairs[number >> 50 & 1023]}{pairs[number >> 40 & 1023]}{pairs[number >> 30 & 1023]}"
        f"{pairs[number >> 20 & 1023]}{pairs[number >> 10 & 1023]}{pairs[number & 1023]}"
    )


def id_number(text: str) -> int | None:
    """The number of an id, or None where ``text`` is not one of ours."""
    if len(text) != 13 or not text.isascii() or not text.isalnum() or text != text.lower():
        return None
    try:
        number = int(text, 32)  # the digits of base32hex are those that Python counts with
    except ValueError:
        return None
    return number if number < 1 << 63 else None


def id_moment(number: int) -> float:
    """When an id was given out, in seconds since 1970."""
    return (number >> 16) / 1000


def id_floor(moment: float) -> int:
    """The smallest id of a moment: turns a time range into an id range."""
    return max(0, int(moment * 1000)) << 16
