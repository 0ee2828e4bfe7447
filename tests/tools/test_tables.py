from pathlib import Path

import pytest

from tools import tables


def test_every_page_says_what_the_code_says() -> None:
    assert tables.out_of_date() == []


def test_a_page_that_says_something_else_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "guide" / "page.md"
    monkeypatch.setattr(tables, "PAGES", {page: lambda: "now\n"})
    assert tables.out_of_date() == [page]
    tables.write()
    assert tables.out_of_date() == []
    page.write_text("then\n")
    assert tables.out_of_date() == [page]


def test_every_decision_is_in_the_list() -> None:
    assert "- [1. Delivering to a session never waits](0001-deliver-never-waits.md)" in tables.decisions()


def test_every_setting_and_every_exit_code_has_a_row() -> None:
    assert "| `synchronous` |" in tables.configuration()
    assert "| 4 | no server runs in this data directory |" in tables.exit_codes()
