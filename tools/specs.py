"""``specs.toml``: every specification, how much of it is done, and in which files."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

ROOT = Path(__file__).parent.parent
FILE = ROOT / "specs.toml"


class Spec(Struct, frozen=True, forbid_unknown_fields=True):
    """One document. ``version`` is a XEP's, empty where documents have none; ``files`` are below src/dragoman, and at least
    one of them speaks of the document: by its id, or as what it is ``called`` there."""

    id: str
    title: str
    state: Literal["full", "partial", "planned"]
    version: str = ""
    files: tuple[str, ...] = ()
    called: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """How code and comments speak of the document."""
        kind, _, number = self.id.partition(" ")
        return self.called or {"RFC": f"RFC {number}", "XEP": f"XEP-{number}"}.get(kind, number)

    @property
    def url(self) -> str:
        """Where the document is read."""
        kind, _, number = self.id.partition(" ")
        match kind:
            case "RFC":
                return f"https://www.rfc-editor.org/rfc/rfc{number}"
            case "XEP":
                return f"https://xmpp.org/extensions/xep-{number}.html"
            case "IRCv3":
                return f"https://ircv3.net/specs/extensions/{number}"
            case _:
                return "https://modern.ircdocs.horse/"


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """Documents that belong together."""

    title: str
    spec: tuple[Spec, ...]


class Specs(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    group: tuple[Group, ...]


def load(file: Path = FILE) -> Specs:
    """Read the file; ``msgspec.ValidationError`` where it is not as it should be."""
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Specs)


def mistakes(specs: Specs, source: Path) -> list[str]:
    """What is claimed wrongly: a file that is not there, work done nowhere, a document that stands twice."""
    told = []
    seen: set[str] = set()
    for spec in (spec for group in specs.group for spec in group.spec):
        if spec.id in seen:
            told.append(f"{spec.id} stands twice")
        seen.add(spec.id)
        missing = [file for file in spec.files if not (source / file).is_file()]
        told += [f"{spec.id}: there is no {file}" for file in missing]
        if (
            spec.files
            and not missing
            and not any(spec.name in (source / file).read_text("utf-8") for file in spec.files)
        ):
            told.append(f"{spec.id}: none of its files speaks of {spec.name}")
        if (spec.state == "planned") == bool(spec.files):
            told.append(f"{spec.id} is {spec.state} and names {len(spec.files)} files")
        if spec.state == "partial" and not spec.note:
            told.append(f"{spec.id} is partial and does not say what is missing")
        if spec.id.startswith("XEP") and not spec.version:
            told.append(f"{spec.id} does not say which version")
    return told


def table(specs: Specs) -> str:
    """The page of the documentation."""
    parts = [
        "# Specifications",
        "",
        "Made from `specs.toml` by `make docs`. **full**: all that the document asks of a server of its kind; **partial**: "
        "what is missing stands beside it; **planned**: nothing yet. A test checks that every file named is there.",
    ]
    for group in specs.group:
        parts += [
            "",
            f"## {group.title}",
            "",
            "| document | title | version | state | where |",
            "|---|---|---|---|---|",
        ]
        parts += [_row(spec) for spec in group.spec]
    return "\n".join(parts) + "\n"


def _row(spec: Spec) -> str:
    where = ", ".join(f"`{file}`" for file in spec.files)
    state = f"**{spec.state}**: {spec.note}" if spec.note else f"**{spec.state}**"
    return f"| [{spec.id}]({spec.url}) | {spec.title} | {spec.version} | {state} | {where} |"
