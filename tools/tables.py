"""Writes the pages that are made from the code; with ``--check``, only tells which are out of date.

python -m tools.tables [--check]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from dragoman.cli import program
from dragoman.cli.failure import MEANINGS
from dragoman.cli.reference import Entry, Section, sections
from tools import objects, specs

DOCS = specs.ROOT / "docs"

#: Options that every command has.
SHARED = {"--data", "--config", "--json"}


def configuration() -> str:
    """Every setting, as a page."""
    parts = [
        "# Configuration",
        "",
        "One TOML file; nothing in it has to be set. `dragoman config init` writes it with every setting in comments, "
        "`dragoman config check` tells every mistake, `dragoman config show` shows what holds. It is read from "
        "`dragoman.toml` in the data directory, or from where `--config` or `DRAGOMAN_CONFIG` says.",
        "",
        "A variable `DRAGOMAN_SECTION__KEY` in the environment stands above the file: `DRAGOMAN_HTTP__PORT=8080`. "
        "A secret text `x` may be given as `x_file`, the name of a file that holds it.",
        "",
        "This page is made from the settings' source by `make docs`.",
    ]
    for section in sections():
        parts += ["", f"## [{section.header}]", "", section.text]
        parts += _settings(section)
    return "\n".join(parts) + "\n"


def command_line() -> str:
    """Every command with its arguments and options, as a page."""
    parts = [
        "# Command line",
        "",
        "`--data`, `--config` and `--json` may stand before or behind every command; `DRAGOMAN_DATA` and "
        "`DRAGOMAN_CONFIG` in the environment do the same. Standard output holds results, standard error what is only said to "
        "a person. Passwords are asked for or read from standard input, never taken from the command line. "
        "[Exit codes](exit-codes.md) are fixed.",
        "",
        "This page is made from the program by `make docs`.",
    ]
    for name, command in _commands(program(), "dragoman"):
        words = [
            parameter.make_metavar(click.Context(command)) for parameter in command.params if _is_argument(parameter)
        ]
        parts += ["", f"## {' '.join([name, *words])}", "", *_help(command)]
    return "\n".join(parts) + "\n"


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _is_argument(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument)


def _help(command: click.Command) -> list[str]:
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    lines = [line for paragraph in paragraphs for line in (paragraph, "")]
    for option in command.params:
        if isinstance(option, click.Option) and not set(option.opts) & SHARED:
            metavar = "" if option.is_flag else f" {option.make_metavar(click.Context(command))}"
            lines.append(f"- `{option.opts[0]}{metavar}` {option.help}")
    return lines if lines[-1] else lines[:-1]


def exit_codes() -> str:
    """The exit codes, as a page."""
    rows = [f"| {int(code)} | {text} |" for code, text in MEANINGS.items()]
    head = ["# Exit codes", "", "They never change their meaning.", "", "| code | meaning |", "|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def decisions() -> str:
    """The list of decisions, by their first lines."""
    parts = [
        "# Decisions",
        "",
        "One page for each question that could have been settled otherwise: what was decided, why, and what that rules out.",
        "",
    ]
    for page in sorted((DOCS / "decisions").glob("0*.md")):
        with page.open(encoding="utf-8") as lines:
            parts.append(f"- [{next(lines).lstrip('# ').rstrip()}]({page.name})")
    return "\n".join(parts) + "\n"


def specifications() -> str:
    """The table of specifications."""
    return specs.table(specs.load())


PAGES = {
    DOCS / "guide" / "configuration.md": configuration,
    DOCS / "guide" / "exit-codes.md": exit_codes,
    DOCS / "guide" / "command-line.md": command_line,
    DOCS / "protocols" / "specs.md": specifications,
    DOCS / "protocols" / "jmap-objects.md": objects.page,
    DOCS / "protocols" / "jmap.schema.json": objects.schema,
    DOCS / "decisions" / "index.md": decisions,
}


def out_of_date() -> list[Path]:
    """The pages that do not say what the code says."""
    return [page for page, make in PAGES.items() if not page.exists() or page.read_text("utf-8") != make()]


def write() -> None:
    """Bring every page up to date."""
    for page, make in PAGES.items():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(make(), "utf-8")


def _settings(section: Section) -> list[str]:
    if not section.entries:
        return []
    rows = [
        f"| `{entry.name}` | {_cell(entry.kind)} | {_default(entry)} | {_cell(entry.text)} |"
        for entry in section.entries
    ]
    return ["", "| setting | kind | default | meaning |", "|---|---|---|---|", *rows]


def _default(entry: Entry) -> str:
    return f"`{_cell(entry.default)}`" if entry.default else "none: has to be given"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    """0 where all pages are up to date."""
    if "--check" not in sys.argv[1:]:
        write()
        return 0
    complaints = [f"{page.relative_to(specs.ROOT)} is out of date: make docs" for page in out_of_date()]
    complaints += [
        f"specs.toml: {mistake}" for mistake in specs.mistakes(specs.load(), specs.ROOT / "src" / "dragoman")
    ]
    print("\n".join(complaints), end="\n" if complaints else "")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
