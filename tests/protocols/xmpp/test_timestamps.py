"""Moments are written in UTC and read from wherever they were meant (XEP-0082)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.protocols.xmpp.timestamps import read_moment, write_moment


def test_a_moment_is_written_in_utc_with_milliseconds() -> None:
    assert write_moment(0) == "1970-01-01T00:00:00.000Z"
    assert write_moment(1_000_000_000.5) == "2001-09-09T01:46:40.500Z"


@pytest.mark.parametrize(
    "text",
    ["2001-09-09T01:46:40Z", "2001-09-09T01:46:40.000Z", "2001-09-09T03:46:40+02:00", "2001-09-08T18:46:40-07:00"],
)
def test_any_zone_is_read(text: str) -> None:
    assert read_moment(text) == 1_000_000_000


@pytest.mark.parametrize(
    "text", ["", "now", "2001-09-09", "2001-09-09T01:46:40", "2001-09-09 01:46:40Z", "2001-13-09T01:46:40Z"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_moment(text)


@given(st.integers(0, 4_000_000_000_000))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    assert abs(read_moment(write_moment(milliseconds / 1000)) * 1000 - milliseconds) <= 1
