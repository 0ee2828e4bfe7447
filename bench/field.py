"""All servers of one run: which configurations meet under which workload, started when they are first needed."""

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from bench import ports, workloads
from bench.servers.dragoman import dragoman
from bench.servers.ejabberd import ejabberd
from bench.servers.inspircd import inspircd
from bench.servers.ngircd import ngircd
from bench.servers.prosody import prosody
from bench.servers.server import Running, Server, launch
from bench.workloads import Series, Workload

#: Measured one to one only, to show what the tuning is worth.
_UNTUNED = "Prosody, default"


class Plan(Struct, frozen=True):
    """How long everything takes: seconds of one round, rounds, logins in a round, sizes of idle crowds."""

    seconds: float = 1.5
    rounds: int = 5
    logins: int = 300
    idle: tuple[int, ...] = (1000, 10000)
    accounts: int = 1000
    every_setting: bool = True  # of the peers; else only those that were the fastest in every full run

    @classmethod
    def quick(cls) -> "Plan":
        return cls(seconds=0.8, rounds=3, logins=200, idle=(1000,), every_setting=False)


class Field:
    """``dragoman`` is our command; ``projects`` limits who takes part; ``say`` tells of the progress."""

    def __init__(
        self,
        directory: Path,
        program: Path,
        plan: Plan,
        *,
        dragoman: Path,
        projects: Sequence[str] | None,
        say: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._program = program
        self._plan = plan
        self._dragoman = dragoman
        self._projects = projects
        self._say = say
        self._running: list[Running] = []
        self._peaks: dict[tuple[str, str], float] = {}

    def stop(self) -> None:
        """End every server that was started."""
        while self._running:
            self._running.pop().stop()

    def run(self, workload: Workload) -> list[Series]:
        """One workload, all of its servers. A peer's room of 500 takes half a minute to fill: only without an archive."""
        running = self._started(workload.dialect)
        if workload.room:
            running = [one for one in running if one.server.name != _UNTUNED]
        if workload.sessions > 200:
            running = [one for one in running if one.server.project == "Dragoman" or not one.server.archive]
        self._say(f"{workload.name}: {', '.join(one.server.name for one in running)}")
        found = workloads.run(workload, running, self._program, rounds=self._plan.rounds, seconds=self._plan.seconds)
        for one in found:
            self._tell(one)
            if workload.depth == 1 and not workload.room and one.samples:
                peak = statistics.median(sample.per_second for sample in one.samples)
                self._peaks[workload.dialect, one.server] = peak
        return found

    def latency(self) -> list[Series]:
        """Every server whose peak is known."""
        found = []
        for dialect in ("xmpp", "irc"):
            for running in self._started(dialect):
                peak = self._peaks.get((dialect, running.server.name))
                if peak is not None and running.server.name != _UNTUNED:
                    one = workloads.latency(running, self._program, peak=peak, rounds=3, seconds=self._plan.seconds)
                    self._tell(one)
                    found.append(one)
        return found

    def logins(self) -> list[Series]:
        """Without archives: they have no part in it."""
        running = [one for one in self._started("xmpp") if not one.server.archive]
        running = [one for one in running if one.server.name != _UNTUNED]
        found = workloads.logins(running, self._program, rounds=self._plan.rounds, count=self._plan.logins)
        for one in found:
            self._tell(one)
        return found

    def idle(self) -> list[Series]:
        """Each server alone, freshly started, so that no earlier load has grown it."""
        found = []
        for make in self._makers(self._directory / "idle", max(self._plan.idle)):
            for server in make():
                if server.archive or server.name == _UNTUNED:
                    continue
                running = launch(server)
                try:
                    series = workloads.idle(running, self._program, sizes=self._plan.idle)
                finally:
                    running.stop()
                for one in series:
                    self._tell(one)
                found += series
        return found

    def _started(self, dialect: str) -> list[Running]:
        if not self._running:
            for make in self._makers(self._directory, self._plan.accounts):
                servers = make()
                first = launch(servers[0])
                self._running.append(first)
                # A server that speaks two dialects is one process.
                self._running += [Running(other, first.process) for other in servers[1:]]
        return [one for one in self._running if one.server.dialect == dialect]

    def _makers(self, directory: Path, accounts: int) -> list[Callable[[], tuple[Server, ...]]]:
        """Each writes a configuration and gives back its server, under each dialect that it speaks."""
        port, ours = ports.block(100), self._dragoman
        makers: list[tuple[str, Callable[[], tuple[Server, ...]]]] = [
            ("Dragoman", lambda: dragoman(ours, directory / "dragoman", port, accounts=accounts, archive=False)),
            ("Dragoman", lambda: dragoman(ours, directory / "durable", port + 10, accounts=accounts, archive=True)),
            ("Prosody", lambda: (prosody(directory / "prosody", port + 20, accounts=accounts),)),
            ("Prosody", lambda: (prosody(directory / "prosody-i", port + 22, accounts=accounts, archive="internal"),)),
            ("ejabberd", lambda: (ejabberd(directory / "ejabberd", port + 30, accounts=accounts),)),
            ("ejabberd", lambda: (ejabberd(directory / "ejabberd-m", port + 31, accounts=accounts, archive="mnesia"),)),
            ("InspIRCd", lambda: (inspircd(directory / "inspircd", port + 40),)),
            ("ngIRCd", lambda: (ngircd(directory / "ngircd", port + 41),)),
        ]
        if self._plan.every_setting:
            makers += [
                (
                    "Prosody",
                    lambda: (prosody(directory / "prosody-d", port + 21, accounts=accounts, tuning="default"),),
                ),
                (
                    "Prosody",
                    lambda: (prosody(directory / "prosody-s", port + 23, accounts=accounts, archive="sqlite"),),
                ),
                (
                    "ejabberd",
                    lambda: (ejabberd(directory / "ejabberd-s", port + 32, accounts=accounts, archive="sqlite"),),
                ),
            ]
        return [make for project, make in makers if self._projects is None or project in self._projects]

    def _tell(self, series: Series) -> None:
        """One line for each series as it ends: medians."""
        if series.failure or not series.samples:
            self._say(f"  {series.workload:14} {series.server:28} FAILED {series.failure}")
            return
        median = sorted(series.samples, key=lambda one: one.per_cpu)[len(series.samples) // 2]
        told = f"{median.per_cpu:10,.0f} per CPU s {median.per_second:10,.0f} per s"
        if median.p99:
            told += f", p50 {median.p50:,.0f} p99 {median.p99:,.0f} µs"
        if median.octets:
            told = f"{median.octets / 1024:.1f} KB a session"
        self._say(f"  {series.workload:14} {series.server:28} {told}")
