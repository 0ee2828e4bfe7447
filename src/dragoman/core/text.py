"""Cutting texts so that people can still read them."""

import unicodedata

_JOINER = "\u200d"


def cut(text: str, limit: int) -> list[tuple[int, int]]:
    """Where to cut a text into pieces of at most ``limit`` bytes of UTF-8: between words where there is one in the second
    half of a piece, else between what a person sees as characters; (start, end) pairs, and nothing is lost but the space
    at a cut. A single character longer than the limit stands alone in a piece.
    """
    pieces = []
    start = 0
    while start < len(text):
        end, space, used = start, 0, 0
        while end < len(text):
            next_end = _after_character(text, end)
            size = len(text[end:next_end].encode())
            if used + size > limit and end > start:
                break
            if text[end] == " ":
                space = end
            used += size
            end = next_end
        if end < len(text) and space - start > (end - start) // 2:
            pieces.append((start, space))
            start = space + 1
        else:
            pieces.append((start, end))
            start = end
    return pieces


def _after_character(text: str, start: int) -> int:
    """The end of what stands at ``start``: a base with its marks, its modifiers and what is joined to it."""
    end = start + 1
    while end < len(text) and (_extends(text[end]) or text[end - 1] == _JOINER):
        end += 1
        if end - start >= 16:
            break  # nobody sees more than this as one character
    return end


def _extends(character: str) -> bool:
    if character < "\u0300":
        return False
    joins = character == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff" or "\ufe00" <= character <= "\ufe0f"
    return joins or unicodedata.combining(character) != 0
