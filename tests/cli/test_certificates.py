from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dragoman import config
from dragoman.cli.certificates import certificates
from dragoman.cli.checks import State
from dragoman.core.clock import system_time
from dragoman.net.authority import make_authority

TEN_YEARS = 3650


def settings(data: Path, more: str = "") -> config.Settings:
    return config.parse(f'[server]\ndata = "{data}"\n{more}', "", {})


def write(file: Path, days_left: float) -> None:
    moment = system_time() - (TEN_YEARS - days_left) * 86400
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(make_authority("a.example", moment).certificate.public_bytes(Encoding.PEM))


@pytest.mark.parametrize(("days", "state"), [(100.5, State.OK), (3.5, State.ATTENTION), (-2.5, State.FAILED)])
def test_a_certificate_is_told_with_the_days_it_has_left(tmp_path: Path, days: float, state: State) -> None:
    write(tmp_path / "certificates" / "a.example.pem", days)
    (check,) = certificates(settings(tmp_path))
    assert check.state is state
    assert bool(check.remedy) is (state is not State.OK)


def test_a_server_that_never_ran_has_none(tmp_path: Path) -> None:
    assert certificates(settings(tmp_path)) == []


def test_the_owners_files_are_looked_at_in_the_place_of_the_servers_own(tmp_path: Path) -> None:
    write(tmp_path / "certificates" / "own.pem", 100)
    tls = f'[tls]\ncertificate_file = "{tmp_path / "gone.pem"}"\nkey_file = "x"'
    (check,) = certificates(settings(tmp_path, tls))
    assert check.state is State.FAILED and "gone.pem" in check.text


def test_a_file_that_is_no_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "a.pem").write_text("nonsense")
    (check,) = certificates(settings(tmp_path))
    assert check.state is State.FAILED
