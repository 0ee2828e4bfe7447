"""``dragoman run`` as a service manager starts it."""

import json
import signal
import socket
from pathlib import Path

from tests.cli.program import running, until_ready


def test_run_says_only_that_it_is_ready_and_tells_the_service_manager(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        with running("run", data=tmp_path / "d", NOTIFY_SOCKET=str(tmp_path / "notify")) as process:
            assert until_ready(process) == ["ready"]
            assert systemd.recv(100) == b"READY=1"
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out == ""
    assert [json.loads(line)["event"] for line in err.splitlines()][-1] == "stopped"
