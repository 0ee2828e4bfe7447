"""Named SQL from ``.sql`` files: every statement stands there, whole, as it is run.

A file holds blocks that begin with ``-- name: some_name``; other comments belong to the block they stand in.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_HEAD = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def parse(text: str) -> Mapping[str, str]:
    """The statements of a catalogue by name; ``ValueError`` where a name is given twice or a block is empty."""
    before, *blocks = _HEAD.split(text)
    if any(line and not line.startswith("--") for line in before.splitlines()):
        raise ValueError("SQL before the first name")
    statements: dict[str, str] = {}
    for name, statement in zip(blocks[::2], blocks[1::2], strict=True):
        if name in statements or not statement.strip():
            raise ValueError(f"the statement {name} is empty or there twice")
        statements[name] = statement.strip()
    return MappingProxyType(statements)


@cache
def queries(name: str) -> Mapping[str, str]:
    """The statements of ``queries/<name>.sql``."""
    return parse((files(__package__) / "queries" / f"{name}.sql").read_text("utf-8"))
