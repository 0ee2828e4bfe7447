"""Formatting codes (modern.ircdocs.horse/formatting) and styled spans, one into the other."""

import re
from collections.abc import Iterable

from dragoman.core.model import Span

_STYLES = {"\x02": "bold", "\x1d": "italic", "\x1e": "strike", "\x1f": "underline", "\x11": "mono"}
_CODES = {style: code for code, style in _STYLES.items()}

#: A code with what belongs to it: a colour takes up to two numbers, a hexadecimal colour up to two of six digits.
_TOKEN = re.compile(
    "(?P<style>[\x02\x1d\x1e\x1f\x11])|(?P<reset>\x0f)"
    "|\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|\x16"
)


def lift_formatting(text: str) -> tuple[str, tuple[Span, ...]]:
    """The words without codes, and what was bold, italic, struck, underlined or monospace; colours are dropped."""
    if text.isprintable():
        return text, ()
    words: list[str] = []
    spans: list[Span] = []
    open_since: dict[str, int] = {}
    length = end = 0

    def close(styles: Iterable[str]) -> None:
        for style in styles:
            start = open_since.pop(style)
            if start < length:
                spans.append(Span(start, length - start, style))

    for token in _TOKEN.finditer(text):
        words.append(text[end : token.start()])
        length += token.start() - end
        end = token.end()
        if token["reset"]:
            close(list(open_since))
        elif token["style"]:
            style = _STYLES[token["style"]]
            if style in open_since:
                close([style])
            else:
                open_since[style] = length
    words.append(text[end:])
    length += len(text) - end
    close(list(open_since))
    return "".join(words), tuple(sorted(spans, key=lambda span: (span.start, -span.length, span.style)))


def render_formatting(text: str, markup: Iterable[Span]) -> str:
    """Words with codes around the spans; styles that IRC does not know are left out."""
    codes: dict[int, str] = {}
    for span in markup:
        code = _CODES.get(span.style)
        start, end = max(0, span.start), min(len(text), span.start + span.length)
        if code and start < end:
            codes[start] = codes.get(start, "") + code
            codes[end] = code + codes.get(end, "")
    if not codes:
        return text
    places = [0, *sorted(codes), len(text)]
    pieces = [
        codes.get(start, "") + text[start:end] for start, end in zip(places[1:], [*places[2:], len(text)], strict=True)
    ]
    return text[: places[1]] + "".join(pieces)
