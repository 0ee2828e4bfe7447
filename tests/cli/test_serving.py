from pathlib import Path

import pytest
from tests.test_logs import put_back  # noqa: F401  # the root logger is everybody's

from dragoman import config
from dragoman.app.serve import Running
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.serving import run_server


def start(data: Path, more: str = "") -> Failure:
    def ready(running: Running) -> None:
        raise AssertionError("it must not start")

    closed = "\n".join(f"[listeners.{name}]\nenabled = false" for name in ("xmpp", "xmpps", "irc", "ircs"))
    with pytest.raises(Failure) as caught:
        run_server(
            config.parse(
                f'[server]\ndata = "{data}"\n{more}\n{closed}\n[http]\nenabled = false\n[web]\nenabled = false', "", {}
            ),
            ready,
        )
    return caught.value


def test_a_damaged_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "dragoman.key").write_text("nonsense")
    (tmp_path / "dragoman.key").chmod(0o600)
    failure = start(tmp_path)
    assert (failure.code, "from a backup" in failure.remedy) == (Exit.FAILED, True)


def test_a_database_that_is_none_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "dragoman.db").write_bytes(b"nonsense" * 1000)
    assert start(tmp_path).remedy == "dragoman doctor"


def test_certificates_that_are_not_there_stop_the_start(tmp_path: Path) -> None:
    failure = start(tmp_path, '[tls]\ncertificate_file = "/nowhere.pem"\nkey_file = "/nowhere.key"')
    assert "/nowhere" in failure.text and "[tls]" in failure.remedy


def test_a_directory_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert start(tmp_path / "file" / "data").code is Exit.FAILED
