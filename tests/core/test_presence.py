from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.model import Presence, Show
from dragoman.core.presence import aggregate, is_away

ALICE = Address("alice", "example.org")


def presence(show: Show, status: str = "", *, available: bool = True) -> Presence:
    return Presence(sender=ALICE, recipient=ALICE, show=show, status=status, available=available)


def test_one_person_is_as_reachable_as_the_most_reachable_session() -> None:
    seen = aggregate([presence(Show.XA), presence(Show.DND), presence(Show.AWAY)])
    assert seen is not None and seen.show is Show.DND


def test_of_equals_the_latest_counts() -> None:
    seen = aggregate([presence(Show.AWAY, "lunch"), presence(Show.AWAY, "tea")])
    assert seen is not None and seen.status == "tea"


def test_nobody_available_is_nobody() -> None:
    assert aggregate([None, presence(Show.HERE, available=False)]) is None


@given(st.lists(st.sampled_from(Show), min_size=1, max_size=4))
def test_a_person_is_away_only_where_every_session_is(shows: list[Show]) -> None:
    expected = all(is_away(presence(show)) for show in shows)
    assert is_away(aggregate(map(presence, shows))) is expected


def test_whoever_is_not_there_is_away() -> None:
    assert is_away(None)
