"""What the bench makes of its samples."""

from pathlib import Path

import pytest
from bench.floors import Floor
from bench.report import Report, best, found, ratios, render, spread, thousands, write
from bench.workloads import Sample, Series


def series(server: str, project: str, *per_cpu: float, archive: str = "", failure: str = "") -> Series:
    return Series("w1", server, project, archive, [Sample(per_cpu=value) for value in per_cpu], failure)


OURS = series("Dragoman", "Dragoman", 30_000, 40_000, 50_000)
DURABLE = series("Dragoman, archive durable", "Dragoman", 12_000, 10_000, 14_000, archive="sqlite")
THEIRS = series("Prosody, tuned", "Prosody", 10_000, 20_000, 10_000)
SLOWER = series("Prosody, default", "Prosody", 5_000, 5_000, 5_000)
FLOOR = Floor(title="w1", workload="w1", peers=("Prosody",), floor=3, aim=8, durable=False)


def test_values_are_told_as_least_median_and_most() -> None:
    assert spread([3000, 1000, 2000], thousands) == "1.0–2.0–3.0"


def test_ratios_are_made_round_by_round() -> None:
    assert ratios(OURS, THEIRS) == [3.0, 2.0, 5.0]


def test_of_several_settings_of_a_peer_the_better_one_counts() -> None:
    assert best([SLOWER, THEIRS]) is THEIRS


def test_a_series_that_was_broken_off_is_never_the_better_one() -> None:
    assert best([series("x", "Prosody", 99_000, failure="a message was lost"), SLOWER]) is SLOWER


def test_a_floor_without_durability_takes_our_server_without_an_archive() -> None:
    report = Report("", [OURS, DURABLE, THEIRS, SLOWER])
    assert found(report, FLOOR) == [("w1, against Prosody, tuned", [3.0, 2.0, 5.0])]


@pytest.mark.parametrize(("ratio", "verdict"), [(2.9, "**missed**"), (3.0, "met"), (8.0, "aim")])
def test_a_ratio_is_judged_by_floor_and_aim(ratio: float, verdict: str) -> None:
    assert FLOOR.met(ratio) == verdict


@pytest.mark.parametrize(("octets", "verdict"), [(13_000, "**missed**"), (12_288, "met"), (3_072, "aim")])
def test_memory_is_better_where_it_is_less(octets: float, verdict: str) -> None:
    assert Floor(title="", workload="", floor=12, aim=3, smaller=True).met(octets) == verdict


def test_a_failure_stands_in_the_table_in_place_of_figures() -> None:
    text = render(Report("heading", [OURS, series("ngIRCd", "ngIRCd", failure="message 7 after message 5")]))
    assert "| ngIRCd | message 7 after message 5 |" in text


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(
        "before\n<!-- written by `make bench`: begin -->\nold\n<!-- written by `make bench`: end -->\nafter\n"
    )
    write(page, Report("heading", [OURS, THEIRS]))
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n")
    assert "old" not in text and "heading" in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("nothing to replace\n")
    with pytest.raises(ValueError, match="two marks"):
        write(page, Report("heading", []))
    assert page.read_text() == "nothing to replace\n"
