"""Input that no honest client sends: each gets its own error, and nobody else notices anything."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.protocols.irc.town import EVERYTHING, Town

from dragoman.core.policy import Policy
from dragoman.protocols.irc.accept import COMMANDS


async def test_bytes_that_are_not_utf8_are_refused_by_name(square: Town) -> None:
    person = await square.guest("foo")
    assert await person.send_bytes(b"PRIVMSG foo :\xff\xfe\r\n") == [
        ":irc.example.org FAIL PRIVMSG INVALID_UTF8 :Message rejected, your software MUST use UTF-8 on this network"
    ]
    assert not person.wire.closed


async def test_what_is_refused_is_refused_under_its_label(square: Town) -> None:
    person = await square.guest("foo", EVERYTHING)
    [refused] = await person.send_bytes(b"@label=l1 PRIVMSG foo :\xff\r\n")
    assert "label=l1" in refused and "INVALID_UTF8" in refused
    [refused] = await person.send("@label=l2 PRIVMSG foo :" + "x" * 600)
    assert "label=l2" in refused and " 417 " in refused


async def test_an_overlong_line_is_417_and_nobody_gets_a_part_of_it(square: Town) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    assert await foo.send("PRIVMSG bar :" + "x" * 600) == [":irc.example.org 417 foo :The line is too long"]
    assert await foo.send("PRIVMSG bar :" + "x" * 490) == [":irc.example.org 417 foo :The line is too long"]
    assert bar.read() == []


async def test_8_kib_without_an_end_are_417_once_the_end_comes(square: Town) -> None:
    person = await square.guest("foo")
    for _ in range(100):
        assert await person.send_bytes(b"x" * 1000) == []
    assert await person.send_bytes(b"\r\n") == [":irc.example.org 417 foo :The line is too long"]
    assert await person.send("PING a") == [":irc.example.org PONG irc.example.org :a"]


@pytest.mark.parametrize("raw", [b"PRIVMSG bar :a\rJOIN #x\r\n", b"PRIVMSG bar :a\0b\r\n"])
async def test_cr_or_nul_inside_a_line_ends_the_connection(square: Town, raw: bytes) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    heard = await foo.send_bytes(raw)
    assert heard == ["ERROR :Closing link: A line with CR or NUL inside"]
    assert foo.wire.closed and bar.read() == []


async def test_nothing_after_the_end_is_heard(square: Town) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    await foo.send_bytes(b"QUIT\r\nPRIVMSG bar :too late\r\n")
    assert bar.read() == []


async def test_forged_tags_are_not_passed_on(square: Town) -> None:
    foo, bar = await square.guest("foo", EVERYTHING), await square.guest("bar", EVERYTHING)
    await foo.send("@account=root;time=2001-01-01T00:00:00.000Z;msgid=mine;bot;+ok=1 PRIVMSG bar :hi")
    [line] = bar.read()
    assert "root" not in line and "2001-01-01" not in line and "mine" not in line and ";bot" not in line
    assert "+ok=1" in line


@pytest.mark.parametrize("command", sorted(COMMANDS))
@pytest.mark.parametrize("count", [0, 1, 2, 5, 15])
async def test_no_number_of_parameters_breaks_a_command(square: Town, command: str, count: int) -> None:
    person = await square.guest("foo", EVERYTHING)
    await person.send("JOIN #room")
    heard = await person.send(f"{command} " + " ".join(["#room", "foo", "*", "+o", "x"] * 3)[: count * 4], "PING still")
    assert person.wire.closed or any("PONG" in line for line in heard)


odd = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=30)
word = st.one_of(
    odd, st.sampled_from(["#room", "foo", "bar", "*", "+b", "-k+l", "timestamp=x", "msgid=", "0", ":", ","])
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(COMMANDS)), st.lists(word, max_size=4)), max_size=8))
@example([("NICK", ["", ""]), ("PRIVMSG", ["#room", "hello"]), ("QUIT", [])])
async def test_no_line_of_a_client_ever_breaks_another_ones_stream(script: list[tuple[str, list[str]]]) -> None:
    square = Town(Policy(guests=True, open_presence=True, room_creators="everyone"))
    foo, bar = await square.guest("foo", EVERYTHING), await square.guest("bar")
    await foo.send("JOIN #room")
    await bar.send("JOIN #room")
    known = {"irc.example.org", "foo", "bar"}
    for command, params in script:
        *middle, last = params or [""]
        line = " ".join([command, *(p.replace(" ", "") or "x" for p in middle), f":{last}"])
        await foo.send(line)
        for heard in bar.read():
            source, said, *parameters = heard.removeprefix(":").split(" ")
            assert heard.startswith(":") and source.partition("!")[0] in known
            if said == "NICK":
                known.add(parameters[0].removeprefix(":"))
            assert len(heard.encode()) <= 510
    await bar.send("PING still")
    assert not bar.wire.closed
