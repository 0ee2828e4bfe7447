"""Every example does what it says, against a real server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from irc_bot import Connection, log_in, parse
from tests.cli.program import command, running, until_ready

from dragoman import config

EXAMPLES = Path(__file__).parent.parent / "examples"
PASSWORD = "correct horse"


class Stage:
    """A server with a room, the bots in it, and somebody who speaks to them over IRC."""

    def __init__(self, data: Path, told: dict[str, object]) -> None:
        self.data = data
        self.authority = str(told["authority"])
        self.web = str(told["web"]).rstrip("/")
        ways = told["domains"]["localhost"]  # type: ignore[index]  # JSON
        self.xmpp = next(way["port"] for way in ways if way["tls"] == "starttls")
        self.irc = next(way["port"] for way in ways if way["protocol"] == "irc" and way["tls"] == "direct")
        for name in ("alice", "xbot", "ibot", "abot"):
            command(data, "user", "add", name, "--password-stdin", stdin=f"{PASSWORD}\n")
        command(data, "room", "create", "team", "alice")

    def bot(self, script: str, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(EXAMPLES / script), *words, "--ca", self.authority],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"BOT_PASSWORD": PASSWORD},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with running("up", "--json", data=tmp_path / "d") as process:
        yield Stage(tmp_path / "d", json.loads(until_ready(process)[-1]))


@pytest.mark.clients
def test_the_bots_roll_dice_for_somebody_on_irc(stage: Stage) -> None:
    bots = [
        stage.bot(
            "xmpp_bot.py", "xbot@localhost", "team@rooms.localhost", "--host", "127.0.0.1", "--port", str(stage.xmpp)
        ),
        stage.bot("irc_bot.py", "ibot", "#team", "--port", str(stage.irc)),
        stage.bot("api_bot.py", stage.web, "abot", "team"),
    ]
    try:
        alice = Connection("localhost", stage.irc, stage.authority)
        log_in(alice, "alice", PASSWORD)
        alice.send("JOIN #team")
        alice.send("PRIVMSG #team :!roll 2d6")
        heard: dict[str, str] = {}
        while len(heard) < 3:
            nick, kind, parameters = alice.receive()
            if kind == "PRIVMSG":
                heard[nick] = parameters[-1]
    finally:
        for bot in bots:
            bot.kill()
            bot.communicate()
    assert set(heard) == {"xbot", "ibot", "abot"}
    for said in heard.values():
        roll = re.fullmatch(r"alice: ([1-6]) \+ ([1-6]) = (\d+)", said)
        assert roll is not None and int(roll[1]) + int(roll[2]) == int(roll[3])


def test_a_script_tells_somebody_something_with_a_file(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("all well")
    script = [sys.executable, str(EXAMPLES / "notify.py"), stage.web, "abot"]
    environment = os.environ | {"BOT_PASSWORD": PASSWORD}
    told = [*script, "alice@localhost", "The backup is done", "--file", str(tmp_path / "log.txt")]
    id = subprocess.run(told, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    alice = Connection("localhost", stage.irc, stage.authority)
    log_in(alice, "alice", PASSWORD)  # it waited for her
    while (heard := alice.receive())[1] != "PRIVMSG":
        pass
    nick, _, parameters = heard
    assert (nick, len(id)) == ("abot", 13) and parameters[-1] == "The backup is done"
    nobody = [*script, "nobody@localhost", "Hello"]
    refused = subprocess.run(nobody, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and "service-unavailable" in refused.stderr


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: file.name)
def test_a_configuration_has_no_mistakes_and_its_server_starts(file: Path, tmp_path: Path) -> None:
    settings = config.load(file, {})
    assert settings != config.load()
    with running("--config", str(file), "run", "--listen", "127.0.0.1", data=tmp_path / "d") as process:
        until_ready(process)
        status = json.loads(command(tmp_path / "d", "status").stdout)
    assert status["domains"] == list(settings.domains)


def test_the_parts_of_a_line_of_irc() -> None:
    assert parse("@time=x :alice!a@b PRIVMSG #team :hello there") == ("alice", "PRIVMSG", ["#team", "hello there"])
    assert parse("PING :x") == ("", "PING", ["x"])
    assert parse(":h 001 bot Welcome") == ("h", "001", ["bot", "Welcome"])


def test_every_example_is_described() -> None:
    told = (EXAMPLES / "README.md").read_text()
    for file in EXAMPLES.iterdir():
        assert file.name in ("README.md", "dice.py", "__pycache__") or f"`{file.name}`" in told
