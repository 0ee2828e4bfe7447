"""Where in a TOML file a setting stands: the standard library's reader does not tell."""

import tomllib
from collections.abc import Mapping
from typing import Any

Path = tuple[str, ...]


def lines(text: str) -> dict[Path, int]:
    """The line, counted from 1, of each table header and each key that stands at the beginning of a line."""
    found: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            table = _only_path(line.replace("[[", "[").replace("]]", "]")) or table
            found.setdefault(table, number)
        elif "=" in line:
            key = _only_path(f"{line.partition('=')[0]} = 0")
            if key:
                found.setdefault(table + key, number)
    return found


def line_of(places: Mapping[Path, int], path: Path) -> int:
    """The line of a setting, or of the nearest table around it; 0 where nothing of it is written."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 0)


def _only_path(text: str) -> Path:
    """The one path that a line of TOML names; empty where it is no such line."""
    try:
        here: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(here, dict) and here:
        name, here = next(iter(here.items()))
        path.append(name)
    return tuple(path)
