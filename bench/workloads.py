"""What is measured: one struct a workload, and the one way in which all of them are run."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from bench import machine
from bench.load import Load, Outcome, Wrong
from bench.servers.server import Running


class Workload(Struct, frozen=True):
    """``depth`` messages in flight in each of a hundred pairs; or, where ``room`` is true, in one room of all sessions."""

    name: str
    title: str
    dialect: str
    sessions: int
    depth: int
    room: bool = False


W1 = Workload("w1", "One to one, one message in flight in each of 100 pairs", "xmpp", 200, 1)
W8 = Workload("w8", "One to one, eight in flight in each of 100 pairs", "xmpp", 200, 8)
R100 = Workload("r100", "A room of 100, per delivery", "xmpp", 100, 1, room=True)
R500 = Workload("r500", "A room of 500, per delivery", "xmpp", 500, 1, room=True)
IRC_W1 = Workload("irc w1", "IRC, one message in flight in each of 100 pairs", "irc", 200, 1)
IRC_W8 = Workload("irc w8", "IRC, eight in flight in each of 100 pairs", "irc", 200, 8)
IRC_R100 = Workload("irc r100", "An IRC channel of 100, per delivery", "irc", 100, 1, room=True)
IRC_R500 = Workload("irc r500", "An IRC channel of 500, per delivery", "irc", 500, 1, room=True)
WORKLOADS = (W1, W8, R100, R500, IRC_W1, IRC_W8, IRC_R100, IRC_R500)


class Sample(Struct, frozen=True):
    """One server in one round: messages per CPU second of the server, and per second by the clock.

    ``p50`` and ``p99`` are in microseconds, where latency was measured; ``octets`` is memory for each session.
    """

    per_cpu: float = 0.0
    per_second: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    octets: float = 0.0


class Series(Struct, frozen=True):
    """All rounds of one server under one workload; ``failure`` says why they were broken off."""

    workload: str
    server: str
    project: str
    archive: str
    samples: list[Sample] = []
    failure: str = ""

    @classmethod
    def of(cls, workload: str, running: Running) -> "Series":
        server = running.server
        return cls(workload, server.name, server.project, server.archive, [])

    def broken(self, failure: object) -> "Series":
        return Series(self.workload, self.server, self.project, self.archive, self.samples, str(failure))


def sample(running: Running, load: Load, *command: object) -> Sample:
    """One command's messages, against all the CPU time that they cost: what the server put off is waited for."""
    before = running.cpu()
    outcome = load.do(*command)
    running.settle()
    return _sample(outcome, running.cpu() - before)


def _sample(outcome: Outcome, cpu: float) -> Sample:
    return Sample(outcome.count / max(cpu, 0.01), outcome.count / outcome.seconds, outcome.p50, outcome.p99)


def run(workload: Workload, servers: Sequence[Running], program: Path, *, rounds: int, seconds: float) -> list[Series]:
    """All servers in turn, ``rounds`` times; a server whose messages are wrong is out, and the reason is kept."""
    series = [Series.of(workload.name, running) for running in servers]
    command = ("room" if workload.room else "pairs", workload.depth, seconds)
    with ExitStack() as loads:
        ready = []
        for place, running in enumerate(servers):
            load = loads.enter_context(Load(program, running.server, count=workload.sessions))
            ready.append(load)
            try:
                load.do("login", workload.sessions)
                if workload.room:
                    load.do("join", running.server.room(workload.name.replace(" ", "")))
                running.settle()
                load.do(command[0], workload.depth, seconds / 3)  # caches, first allocations
            except Wrong as wrong:
                series[place] = series[place].broken(wrong)
        for _ in range(rounds):
            for place, running in enumerate(servers):
                if series[place].failure:
                    continue
                try:
                    series[place].samples.append(sample(running, ready[place], *command))
                except Wrong as wrong:
                    series[place] = series[place].broken(wrong)
    for running in servers:
        running.settle()
    return series


def logins(servers: Sequence[Running], program: Path, *, rounds: int, count: int) -> list[Series]:
    """Connect, SCRAM-SHA-1, bind, initial presence (IRC: register): ``count`` at a time, 64 at once."""
    series = []
    with ExitStack() as loads:
        ready = [loads.enter_context(Load(program, running.server, count=count)) for running in servers]
        found: list[list[Sample]] = [[] for _ in servers]
        failures = ["" for _ in servers]
        for turn in range(rounds + 1):
            for place, (running, load) in enumerate(zip(servers, ready, strict=True)):
                if failures[place]:
                    continue
                try:
                    measured = sample(running, load, "login", count)
                    load.do("logout")
                except Wrong as wrong:
                    failures[place] = str(wrong)
                    continue
                running.settle()
                if turn:  # the first is for the caches
                    found[place].append(measured)
        for place, running in enumerate(servers):
            one = Series.of(f"{running.server.dialect} logins", running)
            one.samples.extend(found[place])
            series.append(one.broken(failures[place]) if failures[place] else one)
    return series


def latency(running: Running, program: Path, *, peak: float, rounds: int, seconds: float) -> Series:
    """At three tenths of the server's own peak under W1, counted from when each message was due."""
    series = Series.of(f"{running.server.dialect} latency", running)
    with Load(program, running.server, count=200) as load:
        try:
            load.do("login", 200)
            running.settle()
            for _ in range(rounds):
                series.samples.append(sample(running, load, "paced", 0.3 * peak, seconds))
        except Wrong as wrong:
            return series.broken(wrong)
    return series


def idle(running: Running, program: Path, *, sizes: Sequence[int]) -> list[Series]:
    """Memory for each idle session of a server that was just started."""
    found: list[Series] = []
    running.settle()
    empty = machine.memory(running.pid)
    with Load(program, running.server, count=max(sizes)) as load:
        for size in sizes:
            series = Series.of(f"{running.server.dialect} idle {size}", running)
            try:
                load.do("login", size, running.server.logins_at_once)
            except Wrong as wrong:
                return [*found, series.broken(wrong)]
            running.settle()
            series.samples.append(Sample(octets=(machine.memory(running.pid) - empty) / size))
            found.append(series)
    return found
