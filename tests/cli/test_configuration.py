from pathlib import Path

from tests.cli.conftest import Run


def test_a_file_is_written_once(dragoman: Run, tmp_path: Path) -> None:
    assert dragoman("config", "init", "--domain", "a.example").code == 0
    file = tmp_path / "data" / "dragoman.toml"
    assert '[domains."a.example"]' in file.read_text()
    again = dragoman("config", "init")
    assert (again.code, again.err.splitlines()[0]) == (6, f"error {file} exists already")


def test_the_file_in_the_data_directory_is_read(dragoman: Run) -> None:
    dragoman("config", "init", "--domain", "a.example")
    assert list(dragoman("--json", "config", "show").json["domains"]) == ["a.example"]


def test_a_file_elsewhere_is_named(dragoman: Run, tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text("[http]\nport = 1\n")
    assert dragoman("config", "show", "--config", str(tmp_path / "d.toml"), "--json").json["http"]["port"] == 1
    missing = dragoman("config", "check", "--config", str(tmp_path / "none.toml"))
    assert (missing.code, missing.err.splitlines()[1]) == (3, "try   dragoman config init")


def test_every_mistake_is_told(dragoman: Run, tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text("[http]\nprt = 1\n[server]\nname = 2\n")
    ended = dragoman("config", "check", "--config", str(tmp_path / "d.toml"))
    assert ended.code == 5
    assert ended.err.splitlines()[1:3] == [
        f"  {tmp_path}/d.toml:4: server.name expected str, not int",
        f"  {tmp_path}/d.toml:2: http.prt is not a setting; did you mean 'port'?",
    ]


def test_a_file_without_mistakes_is_praised(dragoman: Run) -> None:
    assert dragoman("config", "check").out == "no file; the defaults hold\n"
    dragoman("config", "init")
    assert dragoman("config", "check").out.endswith("has no mistakes\n")


def test_what_holds_is_shown_as_toml_that_can_be_read_again(dragoman: Run, tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text('[irc]\npassword = "hunter2"\n')
    shown = dragoman("config", "show", "--config", str(tmp_path / "d.toml")).out
    assert "hunter2" not in shown and 'password = "***"' in shown
    (tmp_path / "again.toml").write_text(shown)
    assert dragoman("config", "check", "--config", str(tmp_path / "again.toml")).code == 0


def test_a_file_in_the_way_of_a_directory_is_told(dragoman: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = dragoman("config", "init", str(tmp_path / "file" / "d.toml"))
    assert (ended.code, ended.err.splitlines()[1]) == (1, "try   name another place")
