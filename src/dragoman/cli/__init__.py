"""The command line. Standard output holds results, standard error everything that is only said to a person."""

import os
import sys

import click

from dragoman import __version__
from dragoman.admin.commands import COMMANDS
from dragoman.cli import backup, commands, configuration, doctor, run, up
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.invocation import Invocation, shared_options
from dragoman.cli.show import show_failure


def program() -> click.Group:
    """The whole command line: the commands of administration, and those that have more to do here."""

    @click.group("dragoman", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
    @click.version_option(__version__, prog_name="dragoman")
    @shared_options
    def dragoman() -> None:
        """An instant-messaging server that every client can speak to."""

    for command in COMMANDS:
        commands.add_to(dragoman, command)
    for written in (up.up, run.run, doctor.doctor, backup.backup, configuration.config):
        dragoman.add_command(written)
    return dragoman


def main() -> None:
    """What the program ``dragoman`` does: run a command, and tell a failure in a sentence."""
    invocation = Invocation()
    try:
        program().main(obj=invocation, standalone_mode=False, color=False if os.environ.get("NO_COLOR") else None)
    except Failure as failure:
        _end(failure, invocation)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        _end(Failure(Exit.FAILED, "stopped by you"), invocation)
    except click.ClickException as error:
        hint = f"{error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx else ""
        _end(Failure(Exit.USAGE, error.format_message(), hint), invocation)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        sys.exit(Exit.FAILED)


def _end(failure: Failure, invocation: Invocation) -> None:
    show_failure(failure, as_json=invocation.as_json)
    sys.exit(failure.code)
