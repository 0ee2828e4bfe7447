"""Masks over ``nick!name@host``: ``*`` stands for any text, ``?`` for any character, and letters for either case."""

from dragoman.core.stores import Mask


def matches(mask: str, text: str) -> bool:
    """Whether a mask fits a text; at most ``len(mask) * len(text)`` steps, whatever somebody makes up."""
    return _matches(mask.lower(), text.lower())


def _matches(mask: str, text: str) -> bool:
    at = here = 0
    star = resume = -1
    while here < len(text):
        if at < len(mask) and mask[at] == "*":
            star, resume = at, here
            at += 1
        elif at < len(mask) and mask[at] in ("?", text[here]):
            at += 1
            here += 1
        elif star >= 0:  # the last star takes one character more
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return not mask[at:].strip("*")


def with_mask(masks: list[Mask], mask: Mask) -> list[Mask]:
    """A list of masks with one more, or the same list where it is in already."""
    known = any(entry.list == mask.list and entry.mask.lower() == mask.mask.lower() for entry in masks)
    return masks if known else [*masks, mask]


def without_mask(masks: list[Mask], list: str, mask: str) -> list[Mask]:
    """A list of masks without one."""
    return [entry for entry in masks if not (entry.list == list and entry.mask.lower() == mask.lower())]
