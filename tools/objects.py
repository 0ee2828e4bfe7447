"""The API's objects as a page and as a JSON Schema, from the structs that the server itself writes."""

import json
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from dragoman.cli.reference import texts_below
from dragoman.protocols.jmap.methods import METHODS, TYPES

_KINDS = {str: "string", bool: "boolean", int: "number", float: "number", Any: "anything", NoneType: "null"}
_WRITTEN = {"create": "create", "update": "update", "destroy": "destroy"}


def page() -> str:
    """Every object with its properties, and the methods that it has."""
    parts = [
        "# The API's objects",
        "",
        "Every object with its properties, from the source by `make docs`; [the API](jmap.md) tells how they are asked for. "
        "Times are UTCDate strings; every property is always there. [jmap.schema.json](jmap.schema.json) is the same as a "
        "JSON Schema.",
    ]
    known: dict[str, None] = {}
    for kind in TYPES:
        methods = [f"`{name}`" for name in sorted(METHODS) if name.startswith(f"{kind.name}/")]
        allowed = [f"`{word}`" for name, word in _WRITTEN.items() if getattr(kind, name) is not None]
        parts += [
            "",
            f"## {kind.name}",
            "",
            f"Methods: {', '.join(methods)}. In `/set`: {', '.join(allowed) or 'nothing'}.",
        ]
        parts += _object(kind.kind)
        known[kind.kind.__name__] = None
    for kind in TYPES:
        for inner in _inner(kind.kind):
            if inner.__name__ not in known:
                known[inner.__name__] = None
                parts += ["", f"### {inner.__name__}", *_object(inner)]
    return "\n".join(parts) + "\n"


def schema() -> str:
    """All objects as one JSON Schema (2020-12)."""
    kinds = [kind.kind for kind in TYPES]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    told = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Objects of urn:dragoman:chat",
        "oneOf": list(schemas),
        "$defs": {name: components[name] for name in sorted(components)},
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _object(kind: type[Struct]) -> list[str]:
    texts = texts_below(kind)
    rows = [f"| `{field.encode_name}` | {_kind(field.type)} | {texts.get(field.name, '')} |" for field in fields(kind)]
    return ["", " ".join((kind.__doc__ or "").split()), "", "| property | kind | meaning |", "|---|---|---|", *rows]


def _kind(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f'`"{choice}"`' for choice in get_args(kind))
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(_kind(each) for each in get_args(kind))
    if get_origin(kind) is list:
        return f"list of {_kind(get_args(kind)[0])}"
    if get_origin(kind) is dict:
        return f"object of {_kind(get_args(kind)[1])}"
    return _KINDS.get(kind) or f"[{kind.__name__}](#{kind.__name__.lower()})"


def _inner(kind: type[Struct]) -> Iterator[type[Struct]]:
    for field in fields(kind):
        for each in _structs(field):
            yield each
            yield from _inner(each)


def _structs(field: FieldInfo) -> Iterator[type[Struct]]:
    found = [field.type]
    while found:
        kind = found.pop(0)
        if isinstance(kind, type) and issubclass(kind, Struct):
            yield kind
        found += get_args(kind) if get_origin(kind) is not Literal else ()
