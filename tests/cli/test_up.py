"""``dragoman up`` as a program of its own, from nothing to an orderly end."""

import json
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.program import command, running, until_ready


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    with running("up", "--json", "--demo", "alice", data=tmp_path / "d") as process:
        yield process, [json.loads(line) for line in until_ready(process)]


def test_up_from_nothing_is_ready_with_accounts_ports_and_a_status(served: tuple[subprocess.Popen[str], Any]) -> None:
    _, (checks, accounts, told) = served
    assert {check["state"] for check in checks["checks"]} <= {"ok", "attention"}
    assert list(accounts["accounts"]) == ["alice@localhost"]
    protocols = {way["protocol"] for way in told["domains"]["localhost"]}
    assert protocols == {"irc", "xmpp"}
    for way in told["domains"]["localhost"]:
        socket.create_connection(("127.0.0.1", way["port"])).close()
    assert Path(told["authority"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    with urllib.request.urlopen(told["status"]) as answer:
        assert answer.read() == b"ready\n"


def test_a_running_server_takes_commands_and_is_found_by_doctor(
    served: tuple[subprocess.Popen[str], Any], tmp_path: Path
) -> None:
    data = tmp_path / "d"
    assert command(data, "user", "add", "bob", "--password-stdin", stdin="correct horse\n").returncode == 0
    assert command(data, "room", "create", "team", "bob", "title=Team").returncode == 0
    (room,) = json.loads(command(data, "room", "list").stdout)
    assert (room["room"], room["title"]) == ("team@rooms.localhost", "Team")
    assert json.loads(command(data, "status").stdout)["accounts"] == 2
    assert command(data, "backup", str(tmp_path / "copy")).returncode == 0
    checks = json.loads(command(data, "doctor").stdout)["checks"]
    assert checks[-1]["text"] == "running, 0 sessions of 0 people"
    second = command(data, "up")
    assert (second.returncode, json.loads(second.stdout)["error"]) == (6, f"a server runs already in {data}")


def test_a_stop_is_orderly_and_a_second_start_finds_everything(tmp_path: Path) -> None:
    data = tmp_path / "d"
    with running("up", "--demo", "alice", "--domain", "a.example", "--listen", "127.0.0.1", data=data) as process:
        lines = until_ready(process)
        assert lines[0].startswith("Dragoman ") and lines[0].endswith(" for a.example")
        assert any("alice@a.example" in line for line in lines)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert '[domains."a.example"]' in (data / "dragoman.toml").read_text()
    with running("up", "--demo", "alice", data=data) as process:
        lines = until_ready(process)
        assert lines[0].endswith(" for a.example")
        assert not any("passwords are not shown again" in line for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_port_that_is_taken_ends_up_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running("up", data=tmp_path / "d", DRAGOMAN_LISTENERS__IRC__PORT=port) as process:
            out, err = process.communicate(timeout=30)
    assert process.returncode == 7
    assert f"see who has it: ss -ltnp 'sport = :{port}'" in out
    assert "Traceback" not in err
