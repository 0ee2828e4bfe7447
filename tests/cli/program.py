"""The program ``dragoman``: servers in processes of their own, and commands for them."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from dragoman.cli import main

#: Any free ports, so that tests can run side by side.
PORTS = {f"DRAGOMAN_LISTENERS__{name}__PORT": "0" for name in ("XMPP", "XMPPS", "IRC", "IRCS")} | {
    "DRAGOMAN_HTTP__PORT": "0",
    "DRAGOMAN_WEB__PORT": "0",
}
PROGRAM = [sys.executable, "-c", "from dragoman.cli import main; main()"]


@contextmanager
def running(*words: str, data: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*PROGRAM, "--data", str(data), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | PORTS | environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until_ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if lines[-1] == "ready" or '"ready": true' in line:
            return lines
    raise AssertionError(f"ended without being ready: {lines} {process.stderr.read() if process.stderr else ''}")


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def command(data: Path, *words: str, stdin: str = "") -> Ended:
    """Run a command in this process, with ``--json``; a server is another process all the same."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["dragoman", "--data", str(data), "--json", *words]),
        mock.patch.object(sys, "stdin", io.StringIO(stdin)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())
