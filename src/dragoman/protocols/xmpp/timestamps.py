"""Moments as XMPP writes them (XEP-0082): UTC, always with Z."""

from datetime import UTC, datetime


def write_moment(seconds: float) -> str:
    """``2026-11-22T20:15:00.123Z``, from seconds since 1970."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def read_moment(text: str) -> float:
    """Seconds since 1970; ``ValueError`` where the text is no moment with a time zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or "T" not in text:
        raise ValueError("a moment without its time zone")
    return moment.timestamp()
