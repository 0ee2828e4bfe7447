"""The load generator, built from ``load/*.c`` and driven over its standard input: one command, one line of JSON back."""

import os
import shutil
import subprocess
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.machine import LOAD_CORE, NotFit
from bench.servers.server import DOMAIN, Server

_SOURCES = Path(__file__).parent / "load"


class Outcome(Struct, frozen=True):
    """``count`` messages (in rooms: deliveries; at logins: sessions) in ``seconds``; latencies are in microseconds."""

    count: int
    seconds: float
    p50: float = 0.0
    p99: float = 0.0


class Wrong(Exception):
    """The load generator saw a message that was lost, doubled, out of order, changed, or from the wrong sender."""


def build(directory: Path) -> Path:
    """Compile; the path of the program."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NotFit("the load generator is in C: install a compiler (apt-get install gcc)")
    program = directory / "load"
    sources = sorted(map(str, _SOURCES.glob("*.c")))
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", str(program), *sources], check=True)
    return program


class Load:
    """Clients of one server: accounts ``first`` to ``first + count - 1``. A context manager: leaving it ends them."""

    def __init__(self, program: Path, server: Server, *, count: int, first: int = 0) -> None:
        target = [server.dialect, "127.0.0.1", str(server.port), DOMAIN, server.password, str(first), str(count)]
        self._name = server.name
        self._process = subprocess.Popen(
            ["taskset", "--cpu-list", str(LOAD_CORE), str(program), *target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
        )

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def do(self, *words: object) -> Outcome:
        """Give one command and wait for its end; ``Wrong`` where the messages were not what they had to be."""
        assert self._process.stdin and self._process.stdout and self._process.stderr
        try:
            self._process.stdin.write(" ".join(map(str, words)) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise Wrong(f"{self._name}: {' '.join(map(str, words))}: {self._process.stderr.read().strip()}")
        return msgspec.json.decode(answer, type=Outcome)

    def close(self) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
