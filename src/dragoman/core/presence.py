"""One person from several sessions: what others see of an account that is connected more than once."""

from collections.abc import Iterable

from dragoman.core.model import Presence, Show

#: From most to least reachable; equal priorities are told apart by it.
REACHABLE = (Show.CHAT, Show.HERE, Show.DND, Show.AWAY, Show.XA)
_RANK = {show: rank for rank, show in enumerate(REACHABLE)}


def aggregate(presences: Iterable[Presence | None]) -> Presence | None:
    """The most reachable of an account's presences, the latest of equals; None where no session is available.

    For protocols in which a person is one name with one state.
    """
    best: Presence | None = None
    for presence in presences:
        if presence is None or not presence.available:
            continue
        if best is None or _RANK[presence.show] <= _RANK[best.show]:
            best = presence
    return best


def is_away(presence: Presence | None) -> bool:
    """Whether a person should not be expected to answer at once: away, extended away, or not to be disturbed."""
    return presence is None or presence.show in (Show.AWAY, Show.XA, Show.DND)
