from pathlib import Path

import pytest
from tests.cli.conftest import Run

from dragoman.cli.checks import Check, State


@pytest.fixture
def sound_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dragoman.cli.checks.machine", lambda settings: [Check("disk", State.OK, "room")])


@pytest.mark.usefixtures("sound_machine")
def test_a_sound_server_is_told_so(dragoman: Run) -> None:
    dragoman("user", "list")
    ended = dragoman("doctor", "--json")
    assert ended.code == 0
    assert [(check["name"], check["state"]) for check in ended.json["checks"]] == [("disk", "ok"), ("database", "ok")]


@pytest.mark.usefixtures("sound_machine")
def test_a_database_that_is_none_is_found(dragoman: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "dragoman.db").write_bytes(b"nonsense" * 1000)
    ended = dragoman("doctor", "--json")
    assert ended.code == 7
    assert [check["state"] for check in ended.json["checks"]] == ["ok", "failed"]


def test_what_needs_attention_has_a_remedy(dragoman: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = [Check("disk", State.ATTENTION, "full", "make room"), Check("data", State.OK, "/d")]
    monkeypatch.setattr("dragoman.cli.checks.machine", lambda settings: weak)
    ended = dragoman("doctor")
    assert ended.code == 7
    assert ended.err == "error 1 of 2 checks need attention\ntry   make room\n"
    assert "make room" in ended.out
