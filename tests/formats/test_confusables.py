"""Look-alike names, by what people have tried on others and by law."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.formats.confusables import mixes_scripts, skeleton


@pytest.mark.parametrize(
    ("name", "look_alike"),
    [
        ("alice", "\u0430lice"),  # Cyrillic
        ("alice", "\u03b1lice"),  # Greek
        ("bob", "b0b"),
        ("paul", "pau1"),
        ("modern", "rnodern"),
        ("scope", "\u0455\u0441\u043e\u0440\u0435"),  # wholly Cyrillic, so no mixing gives it away
    ],
)
def test_names_that_look_alike_have_one_skeleton(name: str, look_alike: str) -> None:
    assert skeleton(name) == skeleton(look_alike)


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "bob"), ("elia", "ella"), ("école", "ecole"), ("anna", "hanna"), ("иван", "ivan")]
)
def test_names_that_people_can_tell_apart_have_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    "name", ["alice", "alice1_é", "иван", "αβγ", "東京タワーabc", "한국韓國", "ㄅ中", "דוד", "123"]
)
def test_scripts_that_are_written_together_may_be_mixed(name: str) -> None:
    assert not mixes_scripts(name)


@pytest.mark.parametrize("name", ["\u0430lice", "αlice", "ivanиван", "한ひ", "ひиван"])
def test_scripts_that_nobody_mixes_are_found(name: str) -> None:
    assert mixes_scripts(name)


@given(st.text(max_size=10))
@settings(deadline=None)
def test_a_skeleton_is_its_own_skeleton(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
