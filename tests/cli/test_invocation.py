from pathlib import Path

import pytest

from dragoman.cli.failure import Exit, Failure
from dragoman.cli.invocation import Invocation, default_data


def test_the_data_directory_is_the_one_that_was_named_last(tmp_path: Path) -> None:
    file = tmp_path / "d.toml"
    file.write_text('[server]\ndata = "/from/file"')
    assert Invocation(file=file, environment={}).data_directory() == Path("/from/file")
    assert Invocation(data=Path("/named"), file=file, environment={}).data_directory() == Path("/named")
    overridden = Invocation(file=file, environment={"DRAGOMAN_SERVER__DATA": "/from/environment"})
    assert overridden.data_directory() == Path("/from/environment")


def test_somebody_has_a_place_of_his_own_and_root_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert default_data({"HOME": "/home/eve"}) == Path("/home/eve/.local/share/dragoman")
    assert default_data({"HOME": "/home/eve", "XDG_DATA_HOME": "/x"}) == Path("/x/dragoman")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_data({"HOME": "/root"}) == Path("/var/lib/dragoman")


def test_a_file_that_cannot_be_read_ends_the_command(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        Invocation(file=tmp_path / "none.toml", environment={}).settings()
    assert caught.value.code is Exit.NOT_FOUND


def test_mistakes_end_the_command_with_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "dragoman.toml").write_text("a = 1\nb = 2")
    with pytest.raises(Failure) as caught:
        Invocation(data=tmp_path, environment={}).settings()
    assert (caught.value.code, len(caught.value.details)) == (Exit.CONFIGURATION, 2)
