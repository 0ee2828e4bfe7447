"""The commands of administration as commands of the command line, made from their one definition.

A field without default is an argument, the others are options; a tuple takes any number; a secret is asked for.
"""

import sys
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

import click
import msgspec
from msgspec.structs import FieldInfo

from dragoman.admin.command import Command
from dragoman.cli.connection import ask, is_running
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.invocation import Invocation, shared_options
from dragoman.cli.passwords import new_password
from dragoman.cli.show import show
from dragoman.formats.secret import Secret


def add_to(root: click.Group, command: Command[Any]) -> None:
    """Put a command below the groups that its name names, which are made where they are missing."""
    *above, name = command.name.split(" ")
    group = root
    for word in above:
        group = _subgroup(group, word)
    group.add_command(_click_command(command, name))


def _subgroup(parent: click.Group, name: str) -> click.Group:
    found = parent.commands.get(name)
    if isinstance(found, click.Group):
        return found
    made = click.Group(name, help=f"Commands on {name.replace('-', ' ')}s.")
    parent.add_command(made)
    return made


def _click_command(command: Command[Any], name: str) -> click.Command:
    @click.pass_obj
    def run(invocation: Invocation, /, **given: Any) -> None:
        if command.destroys and not given.pop("yes"):
            _confirm(command.destroys)
        arguments = _with_password(command, given)
        show(perform(invocation, command, arguments), as_json=invocation.as_json)

    fields = msgspec.structs.fields(command.arguments)
    parameters = [parameter for field in fields for parameter in _parameters(field)]
    if command.destroys:
        parameters.append(click.Option(["--yes"], is_flag=True, help="Do not ask."))
    made = click.Command(name, callback=run, params=parameters, help=_help(command, fields), short_help=command.summary)
    return shared_options(made)


def perform(invocation: Invocation, command: Command[Any], arguments: Mapping[str, Any]) -> Any:
    """Have the running server do it; where none runs, do what is possible without one."""
    path = invocation.control_socket()
    if command.offline and not is_running(path):
        from dragoman.cli import offline  # a whole server: half a second that other commands do not need

        return offline.perform(invocation.settings(), command, arguments)
    return ask(path, command.name, arguments)


def _parameters(field: FieldInfo) -> list[click.Parameter]:
    kind, text = _kind(field.type)
    name = field.name
    if kind is Secret:
        help_text = "Read the password from the first line of standard input."
        return [click.Option(["--password-stdin"], is_flag=True, help=help_text)]
    if get_origin(kind) is tuple:
        return [click.Argument([name], nargs=-1, required=field.required)]
    if field.required:
        return [click.Argument([name], type=_choices(kind))]
    return [click.Option([f"--{name.replace('_', '-')}"], type=_choices(kind), default=field.default, help=text)]


def _kind(annotated: Any) -> tuple[Any, str]:
    """A type without its annotation, and the annotation's description."""
    if get_origin(annotated) is Annotated:
        kind, meta = get_args(annotated)[:2]
        return kind, meta.description or ""
    return annotated, ""


def _choices(kind: Any) -> click.Choice[str] | None:
    """The words of an enumeration; any text for every other type."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return click.Choice([str(member.value) for member in kind])
    return None


def _help(command: Command[Any], fields: tuple[FieldInfo, ...]) -> str:
    """The summary and, in a paragraph each, what the arguments are; click tells the options itself."""
    lines = [f"{field.name.upper()}: {text}" for field in fields if (text := _argument_text(field))]
    return "\n\n".join([command.summary, *lines])


def _argument_text(field: FieldInfo) -> str:
    kind, text = _kind(field.type)
    if get_origin(kind) is tuple:
        return _kind(get_args(kind)[0])[1]
    return text if field.required and kind is not Secret else ""


def _with_password(command: Command[Any], given: dict[str, Any]) -> dict[str, Any]:
    """The arguments as the socket takes them, with the password asked for where one is needed."""
    if "password_stdin" not in given:
        return given
    from_stdin = given.pop("password_stdin")
    who = given.get("account", "")
    return given | {"password": new_password(f"New password of {who}", from_stdin=from_stdin).text}


def _confirm(what: str) -> None:
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, f"this {what}, and there is no terminal to ask", "say --yes")
    if not click.confirm(f"This {what}. Go on?", err=True):
        raise Failure(Exit.FAILED, "nothing was done")
