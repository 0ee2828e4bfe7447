"""What Linux tells of a server's processes: CPU time, memory, and on which core they run."""

import os
import signal
import subprocess
import time
from pathlib import Path

#: The server has the first core for itself, the load generator and this program share the second.
SERVER_CORE, LOAD_CORE = 0, 1
_TICKS = os.sysconf("SC_CLK_TCK")


class NotFit(Exception):
    """This machine, or what is installed on it, does not allow the measurement; the text says what is missing."""


def check() -> None:
    """Two cores are needed: what a server and its load share is no measure of either."""
    usable = os.sched_getaffinity(0)
    if not {SERVER_CORE, LOAD_CORE} <= usable:
        raise NotFit(f"the bench needs cores {SERVER_CORE} and {LOAD_CORE}; this process may use {sorted(usable)}")


def kind() -> str:
    """The machine in a few words, for the table's heading."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores ({model}), Linux {os.uname().release.split('-')[0]}"


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue  # the thread ended meanwhile
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its threads and its descendants, also of those that it has reaped."""
    ticks = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))  # utime stime cutime cstime (proc(5): fields 14 to 17)
    return ticks / _TICKS


def memory(pid: int) -> int:
    """Proportional set size in octets, of a process and its descendants."""
    total = 0
    for member in family(pid):
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def settle(pid: int, *, least: float = 0.0, patience: float = 3.0) -> None:
    """Wait until a server has finished what it put off: indexes, logs, garbage. A tenth of a core counts as rest."""
    time.sleep(least)
    deadline = time.monotonic() + patience
    before = cpu_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(0.2)
        now = cpu_seconds(pid)
        if now - before <= 0.02:
            return
        before = now


def start(command: list[str], *, core: int, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a program on one core, in a process group of its own, with its words in a file."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            ["taskset", "--cpu-list", str(core), *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    return process


def stop(process: subprocess.Popen[bytes], *, patience: float = 10.0) -> None:
    """End a program that :func:`start` started, and all of its group."""
    for word in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, word)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
