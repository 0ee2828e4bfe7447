"""Cutting texts."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.text import cut

FAMILY = "👩‍👩‍👧"


@given(st.text(max_size=300), st.integers(80, 200))
def test_no_piece_is_too_long_and_only_spaces_are_lost(text: str, limit: int) -> None:
    pieces = cut(text, limit)
    assert all(len(text[start:end].encode(errors="surrogatepass")) <= limit for start, end in pieces)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(pieces))
    assert "".join(text[start:end] for start, end in pieces).replace(" ", "") == text.replace(" ", "")


def test_cuts_between_words() -> None:
    text = "alpha beta gamma delta"
    assert [text[start:end] for start, end in cut(text, 12)] == ["alpha beta", "gamma delta"]


def test_never_cuts_what_a_person_sees_as_one_character() -> None:
    text = FAMILY * 3
    assert [text[start:end] for start, end in cut(text, len(FAMILY.encode()) + 1)] == [FAMILY] * 3


def test_a_combining_mark_stays_with_its_base() -> None:
    text = "aaae\u0301"
    assert [text[start:end] for start, end in cut(text, 4)] == ["aaa", "e\u0301"]
