import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.protocols.irc.line import Line, Malformed, NotUtf8, TooLong
from dragoman.protocols.irc.wire import LineBuffer, cut, escape, one_line, parse, read_tags, serialise, unescape

word = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0 :"), min_size=1, max_size=10)
text = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=30)
key = st.from_regex(r"\+?[a-z][a-z/.-]{0,8}", fullmatch=True)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    middle = draw(st.lists(word, max_size=4))
    last = draw(st.lists(text, max_size=1))
    tags = draw(st.dictionaries(key, text, max_size=3))
    source = draw(st.one_of(st.just(""), word))
    return Line(draw(st.from_regex("[A-Z]{1,8}|[0-9]{3}", fullmatch=True)), (*middle, *last), source, tags)


@given(lines())
def test_what_is_written_reads_the_same(line: Line) -> None:
    data = serialise(line)
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r") == 1
    assert parse(data[:-2]) in (line, TooLong(line.tags.get("label", "")))


@given(st.lists(st.binary(max_size=40).map(lambda raw: raw + b"\r\n"), max_size=6), st.lists(st.integers(0, 60)))
def test_it_does_not_matter_where_the_stream_was_cut(chunks: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(chunks)
    whole = list(LineBuffer().feed(stream))
    places = sorted({min(place, len(stream)) for place in cuts} | {0, len(stream)})
    buffer = LineBuffer()
    pieces = [item for start, end in itertools.pairwise(places) for item in buffer.feed(stream[start:end])]
    assert pieces == whole


@given(st.binary(max_size=200))
def test_garbage_is_told_apart_and_nothing_is_raised(raw: bytes) -> None:
    for item in LineBuffer().feed(raw + b"\n"):
        assert isinstance(item, Line | TooLong | NotUtf8 | Malformed)


@given(text, st.sampled_from("\r\n\0"), text, st.sampled_from(["params", "source", "command"]))
def test_a_line_end_or_nul_in_any_part_is_refused(head: str, bad: str, tail: str, part: str) -> None:
    poisoned = head + bad + tail
    line = {
        "params": Line("PRIVMSG", ("bob", poisoned)),
        "source": Line("PRIVMSG", ("bob", "hi"), source=poisoned),
        "command": Line(poisoned),
    }[part]
    with pytest.raises(ValueError, match=r"line|parameter"):
        serialise(line)


@pytest.mark.parametrize("middle", ["", ":bob", "two words", "a\rb", "a\nb", "a\0b"])
def test_a_parameter_that_would_become_two_or_the_last_is_refused(middle: str) -> None:
    with pytest.raises(ValueError, match=r"line|parameter"):
        serialise(Line("MODE", (middle, "+o")))


@pytest.mark.parametrize("name", ["", "a b", "a;b", "a=b", "a\rb", "a\nb", "a\0b"])
def test_a_tag_whose_key_ends_early_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        serialise(Line("PING", ("x",), tags={name: "value"}))


@given(text)
def test_escaped_values_come_back(value: str) -> None:
    assert unescape(escape(value)) == value
    assert not set(escape(value)) & set("; \r\n")


def test_escapes_are_those_of_message_tags() -> None:
    assert escape("a;b c\\d\r\n") == r"a\:b\sc\\d\r\n"
    assert unescape("lone\\") == "lone"
    assert unescape(r"\b") == "b"


def test_of_two_tags_with_one_key_the_last_counts() -> None:
    assert read_tags("a=1;b;a=2;=x") == {"a": "2", "b": ""}


def test_source_tags_and_trailing_are_read() -> None:
    raw = rb"@id=1;+x=a\sb :nick!user@host  privmsg   #room :Hello  there :)"
    assert parse(raw) == Line("PRIVMSG", ("#room", "Hello  there :)"), "nick!user@host", {"id": "1", "+x": "a b"})


def test_empty_lines_are_left_out_and_a_lone_newline_ends_a_line() -> None:
    assert list(LineBuffer().feed(b"\r\n\nPING a\nPING b\r\n\r\n")) == [Line("PING", ("a",)), Line("PING", ("b",))]


def test_512_octets_fit_and_one_more_is_too_long() -> None:
    assert isinstance(parse(b"PRIVMSG #room :" + b"x" * (510 - 15)), Line)
    assert parse(b"PRIVMSG #room :" + b"x" * (511 - 15)) == TooLong()


def test_tags_have_their_own_4096_octets() -> None:
    tags = b"@+x=" + b"y" * (4096 - 5) + b" "
    body = b"TAGMSG :" + b"z" * (510 - 8)
    assert isinstance(parse(tags + body), Line)
    assert parse(tags[:-1] + b"y " + body) == TooLong()
    assert parse(tags + body + b"z") == TooLong()


def test_an_endless_line_is_dropped_while_it_comes_and_told_once() -> None:
    buffer = LineBuffer()
    for _ in range(100):
        assert list(buffer.feed(b"x" * 1000)) == []
        assert len(buffer._rest) <= 4096 + 512
    assert list(buffer.feed(b"\r\nPING a\r\n")) == [TooLong(), Line("PING", ("a",))]


def test_a_megabyte_byte_by_byte_stays_small() -> None:
    buffer = LineBuffer()
    for _ in range(20_000):
        list(buffer.feed(b"@"))
        assert len(buffer._rest) <= 4096 + 512


def test_bytes_that_are_not_utf8_name_the_command_that_they_came_with() -> None:
    assert parse(b"@a=b PRIVMSG #room :caf\xe9") == NotUtf8("PRIVMSG")
    assert parse(b"PRIVMSG #room :\xed\xa0\x80") == NotUtf8("PRIVMSG")  # a surrogate
    assert parse(b"\xff\xff") == NotUtf8("")


@pytest.mark.parametrize("raw", [b"PRIVMSG bob :a\rQUIT", b"PRIVMSG bob :a\0b", b"\0"])
def test_cr_or_nul_inside_a_line_is_malformed(raw: bytes) -> None:
    assert parse(raw) == Malformed()


def test_words_always_have_their_colon_and_names_have_none() -> None:
    assert serialise(Line("PRIVMSG", ("bob", "hi"))) == b"PRIVMSG bob :hi\r\n"
    assert serialise(Line("JOIN", ("#room",), "bob!b@h")) == b":bob!b@h JOIN #room\r\n"


@given(st.text(), st.integers(0, 40))
def test_a_cut_text_fits_and_is_a_head(whole: str, octets: int) -> None:
    whole = whole.encode(errors="ignore").decode()
    assert whole.startswith(cut(whole, octets))
    assert len(cut(whole, octets).encode()) <= octets


@given(st.text())
def test_one_line_is_one_line(whole: str) -> None:
    flat = one_line(whole)
    assert "\0" not in flat
    assert len(flat.splitlines()) <= 1
