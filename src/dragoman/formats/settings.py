"""A tree of plain values into frozen structs, strictly, with every mistake found at once.

A key that the struct does not have is a mistake that names the nearest one; a wrong value says what was expected. A field
``x`` of type :class:`Secret` may also be given as ``x_file``: then it is the content of that file.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec
from msgspec import Struct

from dragoman.formats.secret import Secret

T = TypeVar("T")
Path = tuple[str, ...]
ReadFile = Callable[[str], str]


class Mistake(Struct, frozen=True):
    """What is wrong at a place of the tree; ``text`` completes the sentence that begins with the place."""

    path: Path
    text: str


class _Reader:
    """Walks types and values side by side and gathers the mistakes."""

    def __init__(self, read_file: ReadFile) -> None:
        self.mistakes: list[Mistake] = []
        self._read_file = read_file

    def value(self, kind: Any, value: Any, path: Path) -> Any:
        if is_struct(kind):
            return self._struct(kind, value, path)
        if get_origin(kind) is dict:
            return self._table(get_args(kind)[1], value, path)
        if kind is Secret:
            return Secret(self._leaf(str, value, path) or "")
        return self._leaf(kind, value, path)

    def _struct(self, kind: Any, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._mistake(path, f"is a table of settings, not {_said(value)}")
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        given = self._with_secrets(fields, value, path)
        before = len(self.mistakes)
        self.mistakes += [Mistake((*path, key), _unknown(key, fields)) for key in given if key not in fields]
        self.mistakes += [
            Mistake((*path, name), "is missing")
            for name, field in fields.items()
            if field.required and name not in given
        ]
        read = {
            name: self.value(field.type, given[name], (*path, name)) for name, field in fields.items() if name in given
        }
        return kind(**read) if len(self.mistakes) == before else None

    def _table(self, kind: Any, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._mistake(path, f"is a table of named tables, not {_said(value)}")
        return {name: self.value(kind, entry, (*path, name)) for name, entry in value.items()}

    def _leaf(self, kind: Any, value: Any, path: Path) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            return self._mistake(path, _expectation(kind, error))

    def _with_secrets(self, fields: Mapping[str, Any], value: dict[str, Any], path: Path) -> dict[str, Any]:
        given = dict(value)
        for name in [name for name, field in fields.items() if field.type is Secret and f"{name}_file" in value]:
            file = given.pop(f"{name}_file")
            try:
                given[name] = self._read_file(file).strip()
            except (OSError, UnicodeDecodeError, TypeError) as error:
                self._mistake((*path, f"{name}_file"), f"names a file that cannot be read: {error}")
        return given

    def _mistake(self, path: Path, text: str) -> None:
        self.mistakes.append(Mistake(path, text))


def read(kind: type[T], table: Mapping[str, Any], read_file: ReadFile) -> tuple[T | None, list[Mistake]]:
    """The struct that ``table`` describes, and the mistakes; with any mistake there is no struct."""
    reader = _Reader(read_file)
    result = reader.value(kind, table, ())
    return (None if reader.mistakes else result), reader.mistakes


def put(kind: type[Struct], table: dict[str, Any], path: Path, text: str) -> Mistake | None:
    """Set the value at ``path`` from text, as an environment variable has it; lists are separated by commas."""
    here: Any = kind
    for step, name in enumerate(path):
        here, problem = _descend(here, name)
        if problem:
            return Mistake(path[: step + 1], problem)
    if is_struct(here) or get_origin(here) is dict:
        return Mistake(path, "is a table; name one setting in it")
    try:
        value = msgspec.to_builtins(_from_text(here, text))
    except msgspec.ValidationError as error:
        return Mistake(path, _expectation(here, error))
    for name in path[:-1]:
        table = table.setdefault(name, {})
    table[path[-1]] = value
    return None


def is_struct(kind: Any) -> bool:
    """Whether a field is a table of its own, not a single value."""
    return isinstance(kind, type) and issubclass(kind, Struct)


def _descend(kind: Any, name: str) -> tuple[Any, str]:
    """The type of what is called ``name`` inside ``kind``, or what is wrong with that name."""
    if get_origin(kind) is dict:
        return get_args(kind)[1], ""
    if not is_struct(kind):
        return None, "is a single value and has nothing inside"
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    secret = fields.get(name.removesuffix("_file"))
    if name not in fields and name.endswith("_file") and secret is not None and secret.type is Secret:
        return str, ""
    return (fields[name].type, "") if name in fields else (None, _unknown(name, fields))


def _from_text(kind: Any, text: str) -> Any:
    if kind is Secret:
        return text
    if get_origin(kind) in (tuple, list):
        return msgspec.convert([part.strip() for part in text.split(",") if part.strip()], kind, strict=False)
    return msgspec.convert(text, kind, strict=False)


def _unknown(key: str, fields: Mapping[str, Any]) -> str:
    near = get_close_matches(key, fields, n=1, cutoff=0.5)
    if near:
        return f"is not a setting; did you mean {near[0]!r}?"
    return f"is not a setting; there are {', '.join(sorted(fields))}"


def _expectation(kind: Any, error: msgspec.ValidationError) -> str:
    """msgspec's words as the end of a sentence."""
    if get_origin(kind) is Literal:
        return f"expected one of {', '.join(map(repr, get_args(kind)))}"
    expectation = str(error).partition(" - at `$")[0].replace("`", "")
    return expectation[:1].lower() + expectation[1:].replace(", got ", ", not ")


def _said(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"
