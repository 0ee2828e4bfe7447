"""Whether what a client heard is what was expected, by meaning.

``...`` stands for anything: characters inside a text or a value; further attributes, children, tags or parameters where
it stands in their place; any number of stanzas or lines where it stands alone. ``{name}`` stands for a value that is not
known beforehand: the first one met is kept, all later ones must be the same. Of a JSON object only those members count that
are named; in a list ``"..."`` stands for any number of items.
"""

import difflib
import json
import re
from collections.abc import Sequence
from typing import Any

from tests.stage.reading import CLOSED, STREAM_END, Line, Node, read_line, read_xml, write_xml

Kept = dict[str, str]

_SPECIAL = re.compile(r"\.\.\.|\{([a-z_]+)\}")
_MORE_ATTRIBUTES = re.compile(r"\s+\.\.\.(?=\s*/?>)")
_MORE = "more"  # the attribute that stands for more attributes


class Mismatch(AssertionError):
    """What was heard is not what was expected; the text shows both."""


def fill(text: str, kept: Kept) -> str:
    """A text with the values that were kept in the place of their names."""
    return _SPECIAL.sub(lambda match: kept.get(match.group(1), match.group()) if match.group(1) else "...", text)


def expect(protocol: str, expected: Sequence[str], heard: Sequence[Node | str], kept: Kept, who: str = "") -> Kept:
    """What was kept so far and by this; ``Mismatch`` where the client heard anything else, or in another order."""
    found = _sequence(protocol, list(expected), list(heard), kept)
    if found is None:
        raise Mismatch(_difference(protocol, expected, heard, kept, who))
    return found


def matches(protocol: str, expected: str, heard: Node | str, kept: Kept) -> Kept | None:
    """The same for one stanza or line; None where it is another one."""
    if protocol == "jmap":
        closed = CLOSED in (expected, heard)
        return (kept if expected == heard else None) if closed else _json(json.loads(expected), _read_json(heard), kept)
    if protocol == "irc" or isinstance(heard, str):
        return _line(expected, heard, kept) if isinstance(heard, str) else None
    if expected in (CLOSED, STREAM_END):
        return None
    return _element(_read_expected(expected), heard, kept)


def _sequence(protocol: str, expected: list[str], heard: list[Node | str], kept: Kept) -> Kept | None:
    if not expected:
        return kept if not heard else None
    if expected[0] == "...":
        rests = (_sequence(protocol, expected[1:], heard[skip:], kept) for skip in range(len(heard) + 1))
        return next((rest for rest in rests if rest is not None), None)
    if not heard or (found := matches(protocol, expected[0], heard[0], kept)) is None:
        return None
    return _sequence(protocol, expected[1:], heard[1:], found)


def _text(expected: str, heard: str, kept: Kept) -> Kept | None:
    """The one pattern language for all values."""
    parts, place, names = [], 0, []
    for match in _SPECIAL.finditer(expected):
        parts.append(re.escape(expected[place : match.start()]))
        place, name = match.end(), match.group(1)
        if name is None:
            parts.append(".*")
        elif name in kept:
            parts.append(re.escape(kept[name]))
        elif name in names:
            parts.append(f"(?P={name})")
        else:
            names.append(name)
            parts.append(f"(?P<{name}>.+?)")
    parts.append(re.escape(expected[place:]))
    found = re.fullmatch("".join(parts), heard, re.DOTALL)
    return {**kept, **found.groupdict()} if found else None


def _line(expected: str, heard: str, kept: Kept) -> Kept | None:
    if CLOSED in (expected, heard) or STREAM_END in (expected, heard):
        return kept if expected == heard else None
    want, have = read_line(expected), read_line(heard)
    found = _tags(want, have, kept) if want.tags else kept
    if found is not None and want.source:
        found = _text(want.source, have.source, found)
    if found is not None:
        found = _text(want.command, have.command, found)
    return _params(want.params, have.params, found) if found is not None else None


def _tags(want: Line, have: Line, kept: Kept) -> Kept | None:
    more = "..." in want.tags
    if not more and want.tags.keys() != have.tags.keys():
        return None
    found: Kept | None = kept
    for key, value in want.tags.items():
        if key != "...":
            if key not in have.tags or found is None:
                return None
            found = _text(value, have.tags[key], found)
    return found


def _params(want: Sequence[str], have: Sequence[str], kept: Kept) -> Kept | None:
    if want and want[-1] == "...":
        want, have = want[:-1], have[: len(want) - 1]
    if len(want) != len(have):
        return None
    found: Kept | None = kept
    for one, other in zip(want, have, strict=True):
        found = _text(one, other, found) if found is not None else None
    return found


def _read_json(heard: Node | str) -> Any:
    return json.loads(heard) if isinstance(heard, str) else None


def _json(want: Any, have: Any, kept: Kept) -> Kept | None:
    if want == "...":
        return kept
    if isinstance(want, str) and isinstance(have, str):
        return _text(want, have, kept)
    if isinstance(want, list) and isinstance(have, list):
        return _items(want, have, kept)
    if not isinstance(want, dict) or not isinstance(have, dict):
        return kept if want == have and type(want) is type(have) else None
    found: Kept | None = kept
    for key, value in want.items():
        name = fill(key, kept)
        found = _json(value, have[name], found) if name in have and found is not None else None
    return found


def _items(want: list[Any], have: list[Any], kept: Kept) -> Kept | None:
    if not want:
        return kept if not have else None
    if want[0] == "...":
        rests = (_items(want[1:], have[skip:], kept) for skip in range(len(have) + 1))
        return next((rest for rest in rests if rest is not None), None)
    found = _json(want[0], have[0], kept) if have else None
    return _items(want[1:], have[1:], found) if found is not None else None


def _read_expected(text: str) -> Node:
    node = read_xml(_MORE_ATTRIBUTES.sub(f" {_MORE}='...'", text))
    assert len(node) == 1 and isinstance(node[0], Node), f"not one element: {text}"
    return node[0]


def _element(want: Node, have: Node, kept: Kept) -> Kept | None:
    if want.name != have.name or (_MORE not in want.attributes and want.attributes.keys() != have.attributes.keys()):
        return None
    found: Kept | None = kept
    for key, value in want.attributes.items():
        if key != _MORE:
            if key not in have.attributes or found is None:
                return None
            found = _text(value, have.attributes[key], found)
    return _content(want, have, found) if found is not None else None


def _content(want: Node, have: Node, kept: Kept) -> Kept | None:
    text = want.text.strip() if want.elements else want.text
    if text == "..." and not want.elements:
        return kept
    if text != "..." or not want.elements:
        found = _text(text, have.text.strip() if want.elements else have.text, kept)
        if found is None:
            return None
        kept = found
    return _children(want.elements, have.elements, kept, more=text == "...")


def _children(want: list[Node], have: list[Node], kept: Kept, *, more: bool) -> Kept | None:
    """Children may stand in any order; each expected one needs one of its own."""
    if not want:
        return kept if more or not have else None
    for place, child in enumerate(have):
        found = _element(want[0], child, kept)
        if found is not None:
            found = _children(want[1:], have[:place] + have[place + 1 :], found, more=more)
            if found is not None:
                return found
    return None


def _difference(protocol: str, expected: Sequence[str], heard: Sequence[Node | str], kept: Kept, who: str) -> str:
    wanted = [line for item in expected for line in _shown(protocol, fill(item, kept))]
    got = [line for item in heard for line in write_xml(item).splitlines()]
    diff = difflib.unified_diff(wanted, got, "expected", "heard", lineterm="", n=50)
    return "\n".join([f"{who or 'a client'} heard something else:", *(diff if wanted != got else got)])


def _shown(protocol: str, text: str) -> list[str]:
    if protocol != "xmpp" or not text.startswith("<") or text == STREAM_END:
        return [text]
    return write_xml(_read_expected(text)).replace(f"{_MORE}='...'", "...").splitlines()
