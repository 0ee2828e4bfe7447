import socket
from pathlib import Path

from dragoman.cli.notify import notify


def test_systemd_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        assert notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert systemd.recv(100) == b"READY=1"


def test_a_socket_may_have_a_name_in_the_kernel() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("")  # the kernel chooses one
        name = systemd.getsockname().decode()
        assert notify("READY=1", {"NOTIFY_SOCKET": name.replace("\0", "@", 1)})
        assert systemd.recv(100) == b"READY=1"


def test_nobody_is_told_where_nobody_asked() -> None:
    assert not notify("READY=1", {})
