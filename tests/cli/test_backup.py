from pathlib import Path

from tests.cli.conftest import Run


def test_a_backup_takes_the_place_of_the_data(dragoman: Run, tmp_path: Path) -> None:
    dragoman("config", "init")
    dragoman("user", "add", "alice", "--password-stdin", stdin="correct horse\n")
    assert dragoman("backup", str(tmp_path / "copy")).code == 0
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
    assert {file.name for file in (tmp_path / "copy").iterdir()} == {"dragoman.db", "dragoman.key", "dragoman.toml"}
    (listed,) = dragoman("user", "list", "--json", "--data", str(tmp_path / "copy")).json
    assert listed["account"] == "alice@localhost"


def test_nothing_is_written_over(dragoman: Run, tmp_path: Path) -> None:
    dragoman("user", "list")
    (tmp_path / "copy").mkdir()
    ended = dragoman("backup", str(tmp_path / "copy"))
    assert (ended.code, ended.err.splitlines()[1]) == (6, "try   name a new directory")


def test_where_nothing_is_there_is_nothing_to_copy(dragoman: Run, tmp_path: Path) -> None:
    assert dragoman("backup", str(tmp_path / "copy")).code == 3
    assert not (tmp_path / "copy").exists()
