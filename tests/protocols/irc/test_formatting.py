from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.model import Span
from dragoman.protocols.irc.formatting import lift_formatting, render_formatting

plain = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=30)


def test_codes_become_spans() -> None:
    assert lift_formatting("a \x02bold\x02 and \x1ditalic") == (
        "a bold and italic",
        (Span(2, 4, "bold"), Span(11, 6, "italic")),
    )


def test_colours_are_dropped_with_their_numbers() -> None:
    assert lift_formatting("\x0304,12red\x03 \x04ff0000x\x04\x16y") == ("red xy", ())
    assert lift_formatting("\x031234") == ("34", ())


def test_a_reset_ends_everything() -> None:
    assert lift_formatting("\x02\x1fx\x0fy") == ("xy", (Span(0, 1, "bold"), Span(0, 1, "underline")))


def test_spans_become_codes() -> None:
    assert render_formatting("a bold b", [Span(2, 4, "bold")]) == "a \x02bold\x02 b"
    assert render_formatting("x", [Span(0, 1, "blink"), Span(5, 2, "bold")]) == "x"


styles = st.sampled_from(["bold", "italic", "strike", "underline", "mono"])


@given(plain, st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10), styles), max_size=3, unique_by=lambda s: s[2]))
def test_rendered_spans_are_lifted_again(words: str, raw: list[tuple[int, int, str]]) -> None:
    spans = [Span(start, min(length, len(words) - start), style) for start, length, style in raw if start < len(words)]
    text, lifted = lift_formatting(render_formatting(words, spans))
    assert text == words
    assert set(lifted) == set(spans)


@given(st.text())
def test_no_code_is_left_over(raw: str) -> None:
    words, spans = lift_formatting(raw)
    assert not set(words) & set("\x02\x1d\x1e\x1f\x11\x0f\x03\x04\x16")
    assert all(0 <= span.start < span.start + span.length <= len(words) for span in spans)
