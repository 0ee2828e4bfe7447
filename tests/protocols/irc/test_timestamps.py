from hypothesis import given
from hypothesis import strategies as st

from dragoman.protocols.irc.timestamps import read_moment, write_moment


def test_a_moment_has_milliseconds() -> None:
    assert write_moment(1_000_000_000.123) == "2001-09-09T01:46:40.123Z"
    assert read_moment("2001-09-09T01:46:40.123Z") == 1_000_000_000.123


def test_what_is_no_moment() -> None:
    for text in ("", "*", "2001-09-09", "2001-13-09T01:46:40.123Z", "2001-09-09T01:46:40.123+02:00", "yesterday"):
        assert read_moment(text) is None, text


@given(st.integers(0, 4_000_000_000_000))
def test_milliseconds_survive(milliseconds: int) -> None:
    moment = read_moment(write_moment(milliseconds / 1000))
    assert moment is not None and round(moment * 1000) == milliseconds
