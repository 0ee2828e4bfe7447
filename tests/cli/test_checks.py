import socket
from pathlib import Path

import pytest

from dragoman import config
from dragoman.cli import checks
from dragoman.cli.checks import State


def settings(port: int, address: str = "127.0.0.1", data: Path = Path("/tmp")) -> config.Settings:
    text = "\n".join(
        [
            f'[server]\nlisten = ["{address}"]\ndata = "{data}"',
            "[http]\nenabled = false",
            "[web]\nenabled = false",
            f"[listeners.xmpp]\nport = {port}",
            *(f"[listeners.{name}]\nenabled = false" for name in ("xmpps", "irc", "ircs")),
        ]
    )
    return config.parse(text, "", {})


def test_a_data_directory_is_made_for_its_owner_only(tmp_path: Path) -> None:
    check = checks.directory(tmp_path / "new" / "data")
    assert check.state is State.OK
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700


def test_a_data_directory_that_others_can_read_needs_attention(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    check = checks.directory(tmp_path)
    assert (check.state, check.remedy) == (State.ATTENTION, f"chmod 700 {tmp_path}")


def test_a_data_directory_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check = checks.directory(tmp_path / "file" / "data")
    assert check.state is State.FAILED and check.remedy


def test_a_path_that_is_too_long_for_a_socket_is_told_before_it_fails(tmp_path: Path) -> None:
    check = checks.directory(tmp_path / ("x" * 100))
    assert check.state is State.FAILED and "107 bytes" in check.remedy


def test_a_port_that_somebody_has_is_told_with_the_way_to_see_who() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        check = checks.ports(settings(port))
    assert check.state is State.FAILED
    assert check.text.startswith(f"127.0.0.1 port {port}: ")
    assert f"ss -ltnp 'sport = :{port}'" in check.remedy


def test_a_free_port_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert checks.ports(settings(port)).text == f"{port} free"


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    check = checks.ports(settings(5222, "192.0.2.1"))
    assert (check.state, check.remedy) == (
        State.FAILED,
        "192.0.2.1 is no address of this machine; name another one with --listen",
    )


def test_localhost_needs_no_dns() -> None:
    assert checks.name("localhost").state is State.OK


def test_a_name_without_a_record_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*arguments: object, **more: object) -> object:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    check = checks.name("example.org")
    assert check.state is State.ATTENTION and "A or AAAA record for example.org" in check.remedy


def test_a_full_disk_needs_attention(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert checks.disk(tmp_path / "not" / "yet").name == "disk"
    monkeypatch.setattr(checks, "ENOUGH_BYTES", 1 << 62)
    assert checks.disk(tmp_path).state is State.ATTENTION


def test_few_files_need_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "ENOUGH_FILES", 1 << 40)
    assert checks.files().state is State.ATTENTION


def test_the_machine_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    names = [check.name for check in checks.machine(settings(0, data=tmp_path))]
    assert names == ["data", "disk", "ports", "files", "name"]
