"""Results on standard output: tables for people, JSON for programs. What is only talk goes to standard error."""

import json
import re
import sys
from datetime import UTC, datetime
from typing import Any

import click

from dragoman.cli.failure import Failure

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def show(result: Any, *, as_json: bool) -> None:
    """Print what a command gave: rows, one thing, or a sentence."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    if isinstance(result, list):
        _rows(result)
    elif isinstance(result, dict) and set(result) == {"done"}:
        click.echo(cell("done", result["done"]))
    else:
        _one(result, indent="")


def show_failure(failure: Failure, *, as_json: bool) -> None:
    """Tell what went wrong, and what helps."""
    if as_json:
        told = {
            "error": failure.text,
            "remedy": failure.remedy,
            "details": list(failure.details),
            "code": int(failure.code),
        }
        print(json.dumps(told, ensure_ascii=False))
        return
    click.echo(click.style("error ", "red", bold=True) + printable(failure.text), err=True)
    for detail in failure.details:
        click.echo(f"  {printable(detail)}", err=True)
    if failure.remedy:
        click.echo(click.style("try   ", "green", bold=True) + printable(failure.remedy), err=True)


def talk(text: str) -> None:
    """A word to the person that is no result."""
    print(text, file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Control characters escaped: names of accounts and rooms are other people's words."""
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def cell(name: str, value: Any) -> str:
    """One value in a table. Fields that end in ``_at`` are moments, ``_seconds`` lengths of time."""
    if name.endswith("_at") and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M UTC") if value else "–"
    if name.endswith("_seconds") and isinstance(value, int | float):
        return _duration(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{printable(str(key))} {cell('', entry)}" for key, entry in value.items()) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(cell("", entry) for entry in value) or "–"
    return printable(str(value)) or "–"


def _rows(rows: list[Any]) -> None:
    if not rows:
        talk("none")
        return
    from rich.console import Console  # a tenth of a second, which commands without a table do not need
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(_title(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(name, value)) for name, value in row.items()))
    Console(soft_wrap=True, highlight=False).print(table)


def _one(thing: dict[str, Any], indent: str) -> None:
    width = max((len(_title(name)) for name in thing), default=0)
    for name, value in thing.items():
        title = f"{indent}{_title(name):{width}}  "
        if isinstance(value, list) and value and isinstance(value[0], dict):
            click.secho(title.rstrip(), bold=True)
            _rows(value)
        elif isinstance(value, dict) and len(value) > 6:
            click.secho(title.rstrip(), bold=True)
            _one(value, indent + "  ")
        else:
            click.echo(click.style(title, bold=True) + cell(name, value))


def _title(name: str) -> str:
    return name.removesuffix("_at").removesuffix("_seconds").replace("_", " ")


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2]) or "0 s"
