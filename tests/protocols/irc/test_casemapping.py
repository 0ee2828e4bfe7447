"""CASEMAPPING=ascii."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.irc.town import Town

from dragoman.protocols.irc.casemapping import fold


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("ALICE", "alice"),
        ("#Team", "#team"),
        ("[Foo]\\^~", "[foo]\\^~"),  # rfc1459 would make {foo}|^~ or even more of it
        ("{foo}|", "{foo}|"),
        ("É", "É"),
        ("İSTANBUL", "İstanbul"),
        ("\u212aELVIN", "\u212aelvin"),  # the sign for kelvin is no k
    ],
)
def test_only_the_letters_of_ascii_have_two_cases(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more_and_never_the_length(name: str) -> None:
    assert fold(fold(name)) == fold(name) and len(fold(name)) == len(name)


async def test_a_nick_and_a_channel_are_the_same_in_either_case_and_brackets_are_no_braces(square: Town) -> None:
    foo, bar = await square.guest("foo[]"), await square.guest("bar")
    other = await square.guest("foo{}")
    await bar.send("PRIVMSG FOO[] :hello", "JOIN #Room[")
    assert [line.rpartition(" ")[2] for line in foo.read()] == [":hello"] and other.read() == []
    assert any(" 433 " in line for line in await square.knock().send("NICK Foo{}", "USER x 0 * :x"))
    heard = await foo.send("JOIN #rOOM[", "JOIN #room{")
    assert any("bar" in line and " 353 " in line and "#room[" in line for line in heard)
    assert not any("bar" in line and "#room{" in line for line in heard)
