"""``python -m bench``: measure, print, write ``docs/performance.md``. Ends with 1 where a server's messages were wrong."""

import argparse
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench import install, machine, report, wheel
from bench.field import Field, Plan
from bench.load import build
from bench.workloads import WORKLOADS, Series

_PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    try:
        machine.check()
        if not options.no_install:
            install.install()
        found = measure(options)
    except machine.NotFit as reason:
        print(f"bench: {reason}", file=sys.stderr)
        return 2
    print(report.render(found))
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    if options.write:
        report.write(_PAGE, found)
    failures = [f"{one.workload}: {one.failure}" for one in found.series if one.failure]
    for failure in failures:
        print(f"bench: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    names = [workload.name for workload in WORKLOADS] + ["latency", "logins", "idle"]
    parser = argparse.ArgumentParser(prog="python -m bench", description=sys.modules["bench"].__doc__)
    parser.add_argument("--quick", action="store_true", help="three short rounds, no room of 500, 1,000 idle sessions")
    parser.add_argument("--only", nargs="+", metavar="WORKLOAD", choices=names, help=f"some of: {', '.join(names)}")
    parser.add_argument("--servers", nargs="+", metavar="PROJECT", help="some of: Dragoman and its peers")
    parser.add_argument("--rounds", type=int, help="interleaved rounds (5; quick: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every sample of every round")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("--dragoman", type=Path, metavar="PROGRAM", help="this one, and not a wheel built for the run")
    parser.add_argument("--no-install", action="store_true", help="the peers are here")
    options = parser.parse_args()
    options.only = options.only or [name for name in names if not (options.quick and "r500" in name)]
    return options


def measure(options: argparse.Namespace) -> report.Report:
    """Everything that was asked for, in temporary directories that are gone afterwards."""
    started = time.monotonic()
    plan = Plan.quick() if options.quick else Plan()
    if options.rounds:
        plan = msgspec.structs.replace(plan, rounds=options.rounds)
    os.sched_setaffinity(0, {machine.LOAD_CORE})
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        command, words = (options.dragoman, str(options.dragoman)) if options.dragoman else wheel.install(directory)
        field = Field(directory, build(directory), plan, dragoman=command, projects=options.servers, say=_say)
        stack.callback(field.stop)
        series = _all(field, options.only)
    minutes = (time.monotonic() - started) / 60
    return report.Report(_heading(plan, minutes, words), series)


def _all(field: Field, wanted: list[str]) -> list[Series]:
    series: list[Series] = []
    for workload in WORKLOADS:
        if workload.name in wanted:
            series += field.run(workload)
    if "latency" in wanted:
        series += field.latency()
    if "logins" in wanted:
        series += field.logins()
    field.stop()
    if "idle" in wanted:
        series += field.idle()
    return series


def _say(words: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {words}", file=sys.stderr, flush=True)


def _heading(plan: Plan, minutes: float, ours: str) -> str:
    peers = [f"{name} {install.version(packages[0])}" for name, packages in install.PACKAGES.items()]
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with `make bench` in {minutes:.0f} minutes: {machine.kind()}, "
        f"Dragoman: {ours}; {', '.join(name for name in peers if not name.endswith(' '))}. "
        f"{plan.rounds} interleaved rounds of {plan.seconds:g} seconds. Every figure is min–median–max."
    )


if __name__ == "__main__":
    sys.exit(main())
