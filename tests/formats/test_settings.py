from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from dragoman.formats.secret import Secret
from dragoman.formats.settings import Mistake, put, read


class Inner(Struct, frozen=True):
    port: Annotated[int, Meta(ge=1, le=65535)] = 5222
    names: tuple[str, ...] = ()
    token: Secret = Secret("")
    open: bool = False


class Outer(Struct, frozen=True):
    inner: Inner = Inner()
    each: dict[str, Inner] = {}


def no_file(name: str) -> str:
    raise FileNotFoundError(name)


def mistakes(table: dict[str, Any]) -> list[str]:
    result, found = read(Outer, table, no_file)
    assert (result is None) == bool(found)
    return [f"{'.'.join(mistake.path)} {mistake.text}" for mistake in found]


def test_nothing_given_is_every_default() -> None:
    assert read(Outer, {}, no_file) == (Outer(), [])


def test_what_is_given_takes_the_place_of_the_default() -> None:
    outer, _ = read(Outer, {"inner": {"port": 1}, "each": {"a": {"names": ["x"]}}}, no_file)
    assert outer == Outer(Inner(port=1), {"a": Inner(names=("x",))})


def test_an_unknown_key_names_the_nearest_one() -> None:
    assert mistakes({"inner": {"prot": 1}}) == ["inner.prot is not a setting; did you mean 'port'?"]


def test_an_unknown_key_with_no_near_one_lists_what_there_is() -> None:
    assert mistakes({"zzz": 1}) == ["zzz is not a setting; there are each, inner"]


def test_a_wrong_type_says_what_was_expected_and_what_came() -> None:
    assert mistakes({"inner": {"port": "x"}}) == ["inner.port expected int, not str"]


def test_a_value_out_of_range_says_the_range() -> None:
    assert mistakes({"inner": {"port": 0}}) == ["inner.port expected int >= 1"]


def test_all_mistakes_are_told_at_once() -> None:
    found = mistakes({"inner": {"port": "x", "opn": True}, "each": {"a": 3}, "other": 1})
    assert [line.split(" ")[0] for line in found] == ["other", "inner.opn", "inner.port", "each.a"]


def test_a_secret_is_never_part_of_what_is_shown() -> None:
    outer, _ = read(Outer, {"inner": {"token": "hunter2"}}, no_file)
    assert outer is not None and outer.inner.token.text == "hunter2"
    assert "hunter2" not in repr(outer)


def test_a_secret_comes_from_a_file_without_its_line_end() -> None:
    outer, _ = read(Outer, {"inner": {"token_file": "t"}}, {"t": "hunter2\n"}.__getitem__)
    assert outer is not None and outer.inner.token == Secret("hunter2")


def test_a_secret_file_that_is_not_there_is_a_mistake_at_its_key() -> None:
    assert mistakes({"inner": {"token_file": "gone"}}) == ["inner.token_file names a file that cannot be read: gone"]


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        (("inner", "port"), "99", {"inner": {"port": 99}}),
        (("inner", "open"), "true", {"inner": {"open": True}}),
        (("inner", "names"), "a, b", {"inner": {"names": ("a", "b")}}),
        (("inner", "token"), "s", {"inner": {"token": "s"}}),
        (("inner", "token_file"), "f", {"inner": {"token_file": "f"}}),
        (("each", "x", "port"), "7", {"each": {"x": {"port": 7}}}),
    ],
)
def test_text_is_put_in_as_what_the_setting_is(path: tuple[str, ...], text: str, value: object) -> None:
    table: dict[str, Any] = {}
    assert put(Outer, table, path, text) is None
    assert table == value


@pytest.mark.parametrize(
    ("path", "text", "mistake"),
    [
        (("iner", "port"), "1", Mistake(("iner",), "is not a setting; did you mean 'inner'?")),
        (("inner", "port"), "x", Mistake(("inner", "port"), "expected int, not str")),
        (("inner",), "x", Mistake(("inner",), "is a table; name one setting in it")),
        (("inner", "port", "x"), "1", Mistake(("inner", "port", "x"), "is a single value and has nothing inside")),
    ],
)
def test_text_that_fits_nowhere_is_a_mistake(path: tuple[str, ...], text: str, mistake: Mistake) -> None:
    table: dict[str, Any] = {}
    assert put(Outer, table, path, text) == mistake
    assert table == {}
