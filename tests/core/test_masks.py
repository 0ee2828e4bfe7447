from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.masks import matches, with_mask, without_mask
from dragoman.core.stores import Mask

text = st.text("ab[]!@", max_size=12)


def test_a_star_stands_for_any_text_and_a_question_mark_for_one_character() -> None:
    assert matches("bob!*@*.example.org", "bob!rob@home.example.org")
    assert matches("b?b!*@*", "bob!b@h")
    assert not matches("b?b!*@*", "boob!b@h")
    assert not matches("bob!*", "alice!a@h")


def test_letters_fit_in_either_case() -> None:
    assert matches("BOB!*@*", "bob!B@H")


def test_brackets_are_only_brackets() -> None:
    assert matches("[a]!*@*", "[a]!x@y")
    assert not matches("[a]!*@*", "a!x@y")


def test_many_stars_take_no_time() -> None:
    assert not matches("*a" * 50 + "b", "a" * 400)


@given(text)
def test_every_text_fits_itself_and_a_star(name: str) -> None:
    assert matches(name, name)
    assert matches("*", name)


@given(text, text, text)
def test_a_star_may_stand_between_two_halves(head: str, middle: str, tail: str) -> None:
    assert matches(f"{head}*{tail}", head + middle + tail)


def test_a_mask_stands_once_on_its_list() -> None:
    ban, other = Mask("ban", "a!*@*"), Mask("exception", "a!*@*")
    masks = with_mask(with_mask([], ban), other)
    assert with_mask(masks, Mask("ban", "A!*@*")) == masks
    assert without_mask(masks, "ban", "a!*@*") == [other]
