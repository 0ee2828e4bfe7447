"""Every setting with its kind, its default and its meaning, read from the settings' own source.

The meaning of a setting is the string that stands below it in its struct; the commented file of ``config init`` and the
page of the documentation are both made from this.
"""

import ast
import inspect
import json
import textwrap
from enum import Enum
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo

from dragoman.config import Settings
from dragoman.formats.secret import Secret
from dragoman.formats.settings import is_struct

#: What a table is called that has a name of the owner's choice.
EXAMPLES = {"domains": "example.org", "operators": "somebody"}

_KINDS = {bool: "true or false", int: "whole number", float: "number", str: "text", Secret: "secret text"}

#: Kinds that a default gives away.
PLAIN_KINDS = frozenset([*_KINDS.values(), "list of text"])


class Entry(Struct, frozen=True):
    """One setting; ``default`` is in TOML, empty where the setting has to be given."""

    name: str
    kind: str
    default: str
    text: str


class Section(Struct, frozen=True):
    """One table of the file."""

    path: tuple[str, ...]
    text: str
    entries: tuple[Entry, ...]

    @property
    def header(self) -> str:
        """The table's name as TOML writes it."""
        return ".".join(name if name.replace("_", "").isalnum() else json.dumps(name) for name in self.path)


def sections(kind: Any = Settings, path: tuple[str, ...] = (), value: Struct | None = None) -> list[Section]:
    """All tables, each before those inside it. Defaults are those of ``value`` where it is given, else of ``kind``."""
    texts = texts_below(kind)
    fields = [(field, _default(field, value)) for field in msgspec.structs.fields(kind)]
    here = [_entry(field, default, texts) for field, default in fields if _table(field.type) is None]
    found = [Section(path, _summary(kind), tuple(here))] if path else []
    for field, default in fields:
        inside = _table(field.type)
        if inside is not None and get_origin(field.type) is dict:
            for name, each in (default or {EXAMPLES[field.name]: None}).items():
                found += sections(inside, (*path, field.name, name), each)
        elif inside is not None:
            found += sections(inside, (*path, field.name), default)
    return found


def toml_value(value: Any) -> str:
    """A default as TOML writes it."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(toml_value(each) for each in value)}]"
    if isinstance(value, Secret):
        return json.dumps("***" if value else "")
    return json.dumps(value, ensure_ascii=False)


def _table(kind: Any) -> Any:
    """The struct that a field is a table of, or the struct of each of its tables."""
    inside = get_args(kind)[1] if get_origin(kind) is dict else kind
    return inside if is_struct(inside) else None


def _default(field: FieldInfo, value: Struct | None) -> Any:
    if value is not None:
        return getattr(value, field.name)
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _entry(field: FieldInfo, default: Any, texts: dict[str, str]) -> Entry:
    shown = "" if default is msgspec.NODEFAULT else toml_value(default)
    return Entry(field.name, _kind(field.type), shown, texts.get(field.name, ""))


def _kind(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        inner, meta = get_args(kind)[:2]
        bounds = [
            f"above {meta.gt}" if meta.gt is not None else "",
            f"from {meta.ge}" if meta.ge is not None else "",
            f"to {meta.le}" if meta.le is not None else "",
        ]
        return " ".join([_kind(inner), *filter(None, bounds)])
    if get_origin(kind) is Literal:
        return " or ".join(toml_value(choice) for choice in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(toml_value(choice.value) for choice in kind)
    if get_origin(kind) in (tuple, list):
        return f"list of {_kind(get_args(kind)[0])}"
    return _KINDS.get(kind, str(kind))


def _summary(kind: type[Struct]) -> str:
    return _plain(kind.__doc__ or "")


def texts_below(kind: type[Struct]) -> dict[str, str]:
    """The string below each field; none where the source is not at hand."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except OSError:
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    texts = {}
    for before, after in pairwise(body):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and isinstance(after, ast.Expr):
            value = after.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                texts[before.target.id] = _plain(value.value)
    return texts


def _plain(text: str) -> str:
    """One line without the marks of markup."""
    return " ".join(text.replace("``", "").split())
