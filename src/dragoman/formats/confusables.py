"""Names that look alike (Unicode Technical Standard 39): asked when an account, a room or a nickname is made.

The tables are Unicode's own, as the package ``confusable-homoglyphs`` ships them. Preparing (``precis``) decides which
names are equal; this decides which ones people would take for each other.
"""

import json
import unicodedata
from functools import lru_cache
from importlib.resources import files

from confusable_homoglyphs import categories

#: UTS 39 §5.2, "Highly Restrictive": the scripts that are written together, each with or without Latin.
_WRITTEN_TOGETHER = (
    frozenset({"HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"HAN", "HANGUL"}),
    frozenset({"HAN", "BOPOMOFO"}),
)


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """What is left of a prepared name when all that looks alike is written alike; compare it, never show it.

    Two names with one skeleton are confusable (UTS 39 §4). Case is not looked at: ``0`` is like ``o``.
    """
    prototypes = _prototypes()
    for _ in range(4):
        likeness = "".join(prototypes.get(character, character) for character in unicodedata.normalize("NFD", text))
        likeness = unicodedata.normalize("NFD", likeness.casefold())
        if likeness == text:
            break
        text = likeness
    return likeness


def mixes_scripts(text: str) -> bool:
    """Whether a name is put together from scripts that nobody writes together, as Latin and Cyrillic."""
    scripts = categories.unique_aliases(text) - {"COMMON", "INHERITED"}
    others = scripts - {"LATIN"}
    return len(scripts) > 1 and not any(others <= together for together in _WRITTEN_TOGETHER)


@lru_cache(maxsize=1)
def _prototypes() -> dict[str, str]:
    """Character -> what stands for its whole family.

    The package lists, for each text, the texts like it. A family is a star: one text in the middle is like all others,
    and stands for them; where there are only two, the longer one (``m`` is written ``rn``, never the other way round).
    """
    alike: dict[str, list[dict[str, str]]] = json.loads(
        files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8")
    )
    degree = {text: len(others) for text, others in alike.items()}
    prototypes = {}
    for text, others in alike.items():
        if len(text) > 1:
            continue
        family = [text, *(other["c"] for other in others)]
        middle = max(family, key=lambda member: (degree.get(member, 0), len(member), member))
        if middle != text:
            prototypes[text] = middle
    return prototypes
