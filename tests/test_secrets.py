"""No password is in a log, at any level, whatever was done with it."""

import base64
import json
import signal
from pathlib import Path

import pytest
from irc_bot import Connection, log_in
from tests.cli.program import command, running, until_ready

RIGHT, WRONG, LATER = "right-hunter2", "wrong-hunter3", "later-hunter4"


def forms(password: str) -> list[str]:
    """A password as it may stand somewhere: in the clear, and in the Base64 of SASL PLAIN."""
    return [password, base64.b64encode(f"\0alice\0{password}".encode()).decode()]


def test_a_server_that_logs_everything_logs_no_password(tmp_path: Path) -> None:
    data = tmp_path / "d"
    with running("up", "--json", data=data, DRAGOMAN_LOGGING__LEVEL="debug") as process:
        told = json.loads(until_ready(process)[-1])
        port = next(way["port"] for way in told["domains"]["localhost"] if way["uri"].startswith("ircs:"))
        assert command(data, "user", "add", "alice", "--password-stdin", stdin=f"{RIGHT}\n").returncode == 0
        made = json.loads(command(data, "user", "app-password", "add", "alice", "irc").stdout)["password"]
        with pytest.raises(SystemExit):
            log_in(Connection("localhost", port, told["authority"]), "alice", WRONG)
        for password in (RIGHT, made):
            log_in(Connection("localhost", port, told["authority"]), "alice", password)
        assert command(data, "user", "passwd", "alice", "--password-stdin", stdin=f"{LATER}\n").returncode == 0
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert '"level": "debug"' in err or '"level": "info"' in err
    for password in (RIGHT, WRONG, LATER, made):
        for form in forms(password):
            assert form not in out + err
            assert not any(form.encode() in file.read_bytes() for file in data.rglob("*") if file.is_file())
