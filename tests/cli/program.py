"""The program ``dragoman`` in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Any free ports, so that tests can run side by side.
PORTS = {f"DRAGOMAN_LISTENERS__{name}__PORT": "0" for name in ("XMPP", "XMPPS", "IRC", "IRCS")} | {
    "DRAGOMAN_HTTP__PORT": "0"
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


def command(data: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "--data", str(data), "--json", *words], input=stdin, capture_output=True, text=True, check=False
    )
