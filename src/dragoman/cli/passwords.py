"""Where passwords come from: the person's fingers or standard input, never the command line, which others can see."""

import sys

import click

from dragoman.cli.failure import Exit, Failure
from dragoman.formats.secret import Secret


def new_password(what: str, *, from_stdin: bool) -> Secret:
    """A password from the first line of standard input, or typed twice on the terminal."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Failure(
                Exit.USAGE, "standard input has no password", "printf '%s\\n' PASSWORD | dragoman ... --password-stdin"
            )
        return Secret(password)
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, "there is no terminal to ask for the password", "give it with --password-stdin")
    return Secret(click.prompt(what, hide_input=True, confirmation_prompt=True, err=True))
