"""Moments as UTCDate (RFC 8620 §1.4), to the millisecond as ids have them."""

from datetime import UTC, datetime

from dragoman.core.clock import id_moment, id_number


def write_moment(moment: float) -> str:
    """Seconds since 1970 as text."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of_id(id: int) -> str:
    """When an id was given out."""
    return write_moment(id_moment(id))


def read_moment(text: str) -> float | None:
    """A Date or UTCDate; None where it is neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo is not None and "T" in text else None


def read_limit(moment: float) -> int:
    """The largest id that was given out up to the millisecond of a moment: what was read until then, is up to here."""
    return round(moment * 1000) << 16 | 0xFFFF


def position(id: str) -> int:
    """The number of an id; 0 where it is none."""
    return id_number(id) or 0
