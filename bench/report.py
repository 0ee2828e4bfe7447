"""The measurements as Markdown tables, and their place in ``docs/performance.md``."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from bench.floors import FLOORS, Floor
from bench.workloads import WORKLOADS, Sample, Series

_BEGIN = "<!-- written by `make bench`: begin -->"
_END = "<!-- written by `make bench`: end -->"


class Report(Struct, frozen=True):
    """All that one run found; ``heading`` says when, where and with which versions."""

    heading: str
    series: list[Series]

    def of(self, workload: str) -> list[Series]:
        return [series for series in self.series if series.workload == workload]


def spread(values: Iterable[float], form: Callable[[float], str]) -> str:
    """``min–median–max``."""
    ordered = sorted(values)
    if not ordered:
        return "–"
    return "–".join(map(form, (ordered[0], statistics.median(ordered), ordered[-1])))


def thousands(value: float) -> str:
    return f"{value / 1000:.1f}" if value < 99_950 else f"{value / 1000:.0f}"


def times(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"


def kilobytes(value: float) -> str:
    return f"{value / 1024:.1f}"


def microseconds(value: float) -> str:
    return f"{value:,.0f}"


def ratios(
    ours: Series, theirs: Series, value: Callable[[Sample], float] = lambda sample: sample.per_cpu
) -> list[float]:
    """Ours by theirs, round by round."""
    pairs = zip(ours.samples, theirs.samples, strict=False)
    return [value(mine) / value(other) for mine, other in pairs if value(other)]


def best(series: Sequence[Series]) -> Series | None:
    """Of several settings of one peer the one with the highest median."""
    complete = [one for one in series if one.samples and not one.failure]
    return max(complete, key=lambda one: statistics.median(sample.per_cpu for sample in one.samples), default=None)


def render(report: Report) -> str:
    """The whole generated section."""
    parts = [report.heading, "### Against the floors", _floors(report)]
    for workload in WORKLOADS:
        if series := report.of(workload.name):
            parts += [f"### {workload.title} (`{workload.name}`)", _throughput(series)]
    for dialect, title in (("xmpp", "XMPP"), ("irc", "IRC")):
        if series := report.of(f"{dialect} logins"):
            parts += [f"### Logins, {title}", _throughput(series, unit="logins", form=microseconds)]
    parts += [part for part in (_latency(report), _idle(report)) if part]
    return "\n\n".join(parts) + "\n"


def _throughput(series: Sequence[Series], unit: str = "thousands", form: Callable[[float], str] = thousands) -> str:
    lines = [
        f"| server | {unit} per server CPU second | Dragoman ÷ this | Dragoman, archive durable ÷ this |",
        "|---|---|---|---|",
    ]
    ours = {one.archive: one for one in series if one.project == "Dragoman"}
    for one in series:
        cells = [one.server, one.failure or spread((sample.per_cpu for sample in one.samples), form)]
        for archive in ("", "sqlite"):
            mine = ours.get(archive)
            compare = mine is not None and one.project != "Dragoman" and not one.failure
            cells.append(spread(ratios(mine, one), times) if mine and compare else "")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _latency(report: Report) -> str:
    rows = [one for dialect in ("xmpp", "irc") for one in report.of(f"{dialect} latency")]
    lines = [
        "### Latency at 30 % of each server's own peak",
        "",
        "| server | dialect | messages a second | p50 (µs) | p99 (µs) |",
        "|---|---|---|---|---|",
    ]
    for one in rows:
        cells = [one.server, one.workload.partition(" ")[0].upper()]
        cells.append(
            one.failure or spread((sample.per_second for sample in one.samples[:1]), microseconds).split("–")[0]
        )
        cells += [spread((value(sample) for sample in one.samples), microseconds) for value in (_p50, _p99)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) if rows else ""


def _p50(sample: Sample) -> float:
    return sample.p50


def _p99(sample: Sample) -> float:
    return sample.p99


def _idle(report: Report) -> str:
    sizes = sorted({int(one.workload.rpartition(" ")[2]) for one in report.series if " idle " in one.workload})
    if not sizes:
        return ""
    names = dict.fromkeys(
        (one.workload.partition(" ")[0], one.server) for one in report.series if " idle " in one.workload
    )
    found = {(one.workload, one.server): one for one in report.series}
    head = " | ".join(f"KB for each of {size:,} sessions" for size in sizes)
    lines = ["### Memory of idle sessions", "", f"| server | dialect | {head} |", "|---|---|" + "---|" * len(sizes)]
    for dialect, server in names:
        cells = [server, dialect.upper()]
        for size in sizes:
            one = found.get((f"{dialect} idle {size}", server))
            cells.append(one.failure or kilobytes(one.samples[0].octets) if one else "–")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _floors(report: Report) -> str:
    lines = ["| measure | found (min–median–max) | floor | aim | |", "|---|---|---|---|---|"]
    for floor in FLOORS:
        for title, values in found(report, floor):
            reached = statistics.median(values) if values else 0.0
            bound = f"≤ {floor.floor:g} KB" if floor.smaller else f"{floor.floor:g}×"
            aim = f"≤ {floor.aim:g} KB" if floor.smaller else f"{floor.aim:g}×"
            met = floor.met(reached) if values else "not measured"
            form = kilobytes if floor.smaller else times
            lines.append(
                f"| {title} | {spread(values, form)}{' KB' if floor.smaller else '×'} | {bound} | {aim} | {met} |"
            )
    return "\n".join(lines)


def found(report: Report, floor: Floor) -> list[tuple[str, list[float]]]:
    """What was measured for one floor: a row for each peer, with its values round by round."""
    series = report.of(floor.workload)
    mine = [one for one in series if one.project == "Dragoman" and bool(one.archive) == floor.durable]
    if floor.smaller:
        return [(floor.title, [sample.octets for one in mine for sample in one.samples])] if mine else []
    rows = []
    for peer in floor.peers:
        other = best([one for one in series if one.project == peer and bool(one.archive) == floor.peer_archive])
        if mine and other is not None:
            rows.append((f"{floor.title}, against {other.server}", ratios(mine[0], other)))
    return rows


def write(page: Path, report: Report) -> None:
    """Put the tables between the page's two marks; everything else on it stays."""
    text = page.read_text()
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{page} has lost the two marks between which the tables stand")
    page.write_text(f"{before}{_BEGIN}\n\n{render(report)}\n{_END}{after}")
