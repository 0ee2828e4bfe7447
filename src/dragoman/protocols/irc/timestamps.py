"""Moments as IRCv3 writes them: ``2019-01-04T14:33:26.123Z`` (server-time)."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def write_moment(seconds: float) -> str:
    """Seconds since 1970 with milliseconds, rounded down so that no moment is written as a later one."""
    whole, milliseconds = divmod(int(round(seconds * 1000, 3)), 1000)
    return f"{_second(whole)}.{milliseconds:03}Z"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}"


def read_moment(text: str) -> float | None:
    """Seconds since 1970, None where the text is no moment."""
    if not _FORM.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment - _EPOCH) / timedelta(seconds=1)
