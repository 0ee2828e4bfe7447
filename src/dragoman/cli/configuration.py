"""``dragoman config``: write a commented file, check one, show what holds."""

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from dragoman.cli.failure import Exit, Failure
from dragoman.cli.invocation import CONFIG_NAME, Invocation, shared_options
from dragoman.cli.reference import PLAIN_KINDS, Entry, Section, sections, toml_value
from dragoman.cli.show import show

#: Columns of the file that is written.
WIDTH = 110
#: What stands for a setting that has no default.
HAS_TO_BE_GIVEN = '"…"'

_HEAD = """\
# Settings of Dragoman. Every line that begins with # and a name shows the default: take the # away to change it.
# DRAGOMAN_SECTION__KEY in the environment stands above this file. `dragoman config check` tells of mistakes.
"""


@click.group()
def config() -> None:
    """Write, check and show the configuration."""


@config.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--domain", "domains", multiple=True, help="A domain to serve; may be given several times.")
@shared_options
@click.pass_obj
def init(invocation: Invocation, path: Path | None, domains: tuple[str, ...]) -> None:
    """Write a file with every setting in comments.

    PATH: where to [DATA/dragoman.toml].
    """
    file = path or invocation.file or invocation.data_directory() / CONFIG_NAME
    write(file, domains)
    show({"done": f"{file} is written; nothing in it has to be changed"}, as_json=invocation.as_json)


@config.command()
@shared_options
@click.pass_obj
def check(invocation: Invocation) -> None:
    """Tell every mistake in the file and in the environment."""
    invocation.settings()
    file = invocation.config_file()
    show({"done": f"{file} has no mistakes" if file else "no file; the defaults hold"}, as_json=invocation.as_json)


@config.command("show")
@shared_options
@click.pass_obj
def show_settings(invocation: Invocation) -> None:
    """Show every setting that holds, from defaults, file, environment and options together."""
    table = msgspec.to_builtins(invocation.settings(), enc_hook=str)  # a secret as text is stars
    if invocation.as_json:
        show(table, as_json=True)
        return
    click.echo("\n".join(_lines(table, ())).strip())


def write(file: Path, domains: Iterable[str]) -> None:
    """Make the commented file; never over one that is there."""
    text = commented(tuple(domains))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        if file.exists():
            raise Failure(Exit.CONFLICT, f"{file} exists already", f"dragoman --config {file} config check") from error
        raise Failure(Exit.FAILED, f"{file} cannot be written: {error.strerror}", "name another place") from error


def commented(domains: tuple[str, ...] = ()) -> str:
    """The file's text: it means the same as no file at all, but for ``domains``."""
    parts = [_HEAD]
    parts += [f"[domains.{msgspec.json.encode(domain).decode()}]\n" for domain in domains]
    parts += [_commented_section(section) for section in sections()]
    return "\n".join(parts)


def _commented_section(section: Section) -> str:
    lines = ["", *_comment(section.text, "# "), f"# [{section.header}]"]
    for entry in section.entries:
        lines += _comment(_meaning(entry), "#     ")
        lines.append(f"# {entry.name} = {entry.default or HAS_TO_BE_GIVEN}")
    return "\n".join(lines) + "\n"


def _meaning(entry: Entry) -> str:
    """What the default alone does not tell."""
    kind = "" if entry.kind in PLAIN_KINDS and entry.default else f"({entry.kind})"
    return f"{entry.text} {kind}".strip()


def _comment(text: str, start: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=start)


def _lines(table: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    values = {name: value for name, value in table.items() if not isinstance(value, dict)}
    lines = [f"\n[{Section(path, '', ()).header}]"] if path and (values or not table) else []
    lines += [f"{name} = {toml_value(value)}" for name, value in values.items()]
    for name, value in table.items():
        if isinstance(value, dict):
            lines += _lines(value, (*path, name))
    return lines
