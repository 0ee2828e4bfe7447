"""A line as a value, and what stands in the place of one that cannot be read."""

from collections.abc import Mapping

from msgspec import Struct


class Line(Struct, frozen=True):
    """One message: command in upper case, parameters as they were meant, tags without their escapes."""

    command: str
    params: tuple[str, ...] = ()
    source: str = ""
    tags: Mapping[str, str] = {}


class TooLong(Struct, frozen=True):
    """A line that was over a limit; it was dropped whole (417). ``label`` is its label, where that could be read."""

    label: str = ""


class NotUtf8(Struct, frozen=True):
    """A line that is not UTF-8; it was dropped whole. ``command`` and ``label`` are what could be read of it."""

    command: str
    label: str = ""


class Malformed(Struct, frozen=True):
    """A line with CR or NUL inside: this peer does not speak IRC, or smuggles; the connection ends."""
