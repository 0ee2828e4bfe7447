"""Lets irctest (https://github.com/progval/irctest) start Dragoman: docs/protocols/irc.md tells how to run it.

irctest starts a server for each test, on a port that it names, and wants an operator, guests, and no limits on rates.
"""

import ctypes
import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from irctest import patma
from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

_PROGRAM = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "dragoman"
_DOMAIN = "my.little.server"
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG

_NICK_IS_ACCOUNT = "who has logged in has the account's name as its nick, and no other"
_LOGIN_COMES_FIRST = "who is registered as a guest cannot become an account: its nick would change"
#: Tests that want what Dragoman does differently, and means to.
_SKIPPED = {
    "testLinksWithServices": "accounts are part of the server: there is no other server with services",
    "testExtendedMonitorAccountNotify": _LOGIN_COMES_FIRST,
    "testExtendedMonitorAccountNotifyNoCap": _LOGIN_COMES_FIRST,
    "testWhoxAccount": _NICK_IS_ACCOUNT,
    "ServicesWhoisTestCase::testWhoisNumerics": _NICK_IS_ACCOUNT,
    "ServicesWhoisTestCase::testWhoisAccount": _NICK_IS_ACCOUNT,
}


def _die_with_parent() -> None:
    """irctest forgets the servers of tests that are skipped while they are set up."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM)


class DragomanController(BaseServerController, DirectoryBasedController):
    """One server with its data in a directory of its own."""

    software_name = "Dragoman"
    _port_wait_interval = 0.02
    supported_sasl_mechanisms = {"PLAIN", "SCRAM-SHA-256"}
    supports_sts = False
    capabilities = frozenset(
        {
            Capabilities.ACCOUNT_NOTIFY,
            Capabilities.ACCOUNT_TAG,
            Capabilities.AWAY_NOTIFY,
            Capabilities.BATCH,
            Capabilities.ECHO_MESSAGE,
            Capabilities.EXTENDED_JOIN,
            Capabilities.EXTENDED_MONITOR,
            Capabilities.LABELED_RESPONSE,
            Capabilities.MESSAGE_REDACTION,
            Capabilities.MESSAGE_TAGS,
            Capabilities.MULTI_PREFIX,
            Capabilities.READ_MARKER,
            Capabilities.SERVER_TIME,
            Capabilities.SETNAME,
        }
    )
    optional_behaviors = frozenset(
        {
            OptionalBehaviors.BAN_EXCEPTION_MODE,
            OptionalBehaviors.CAP_REQ_MINUS,
            OptionalBehaviors.ELIST_C,
            OptionalBehaviors.ELIST_M,
            OptionalBehaviors.ELIST_N,
            OptionalBehaviors.ELIST_T,
            OptionalBehaviors.ELIST_U,
            OptionalBehaviors.INVITE_EXCEPTION_MODE,
            OptionalBehaviors.MULTI_JOIN,
            OptionalBehaviors.MULTI_KICK,
            OptionalBehaviors.MULTI_PRIVMSG,
        }
    )
    isupport = {
        "BOT": "B",
        "CASEMAPPING": "ascii",
        "ELIST": "CMNTU",
        "INVEX": "I",
        "MONITOR": "100",
        "MSGREFTYPES": "msgid,timestamp",
        "PREFIX": "(qaov)~&@+",
        "TARGMAX": patma.ANYSTR,
        "UTF8ONLY": None,
        "WHOX": None,
    }

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: str | None,
        ssl: bool,
        run_services: bool,
        faketime: str | None,
        websocket_hostname: str | None = None,
        websocket_port: int | None = None,
    ) -> None:
        if websocket_port:
            raise NotImplementedByController("Websocket")
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("[")[0].partition(" ")[0]
        for name, reason in _SKIPPED.items():
            if test.endswith(f"::{name}"):
                pytest.skip(reason)
        self.create_config()
        self.port, self.hostname = port, hostname
        (self._directory / "dragoman.toml").write_text(self._settings(port, password or "", ssl=ssl))
        command = [str(_PROGRAM), "--data", str(self._directory), "run"]
        if faketime and shutil.which("faketime"):
            command = ["faketime", "-f", faketime, *command]
            self.faketime_enabled = True
        self.proc = self.execute(command, preexec_fn=_start_apart)

    def wait_for_services(self) -> None:
        """Accounts are part of the server."""

    def registerUser(self, case: Any, username: str, password: str | None = None) -> None:
        if not case.run_services:
            raise ValueError("the test did not ask for accounts")
        if not self.port_open:
            self.wait_for_port()
        # The control socket, as `dragoman user add` uses it: a program less to start for each account.
        arguments = {"account": f"{username}@{_DOMAIN}", "password": password}
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(30)
            control.connect(str(self._directory / "control.sock"))
            control.sendall(json.dumps({"command": "user add", "arguments": arguments}).encode() + b"\n")
            answer = json.loads(control.makefile().readline())
        if not answer["ok"]:
            raise RuntimeError(f"no account for {username}: {answer}")

    @property
    def _directory(self) -> Path:
        if self.directory is None:
            raise RuntimeError("the server was not started")
        return Path(self.directory)

    def _settings(self, port: int, password: str, *, ssl: bool) -> str:
        tls = "direct" if ssl else "none"
        return f"""
            [server]
            name = "{_DOMAIN}"
            data = {json.dumps(str(self._directory))}
            listen = ["127.0.0.1"]
            [domains."{_DOMAIN}".policy]
            guests = true
            open_presence = true
            room_creators = "everyone"
            [listeners]
            irc = {{ protocol = "irc", port = {port}, tls = "{tls}" }}
            ircs = {{ enabled = false }}
            xmpp = {{ enabled = false }}
            xmpps = {{ enabled = false }}
            [http]
            enabled = false
            [limits]
            enabled = false
            [auth]
            plain_on_loopback = true
            [auth.passwords]
            min_length = 1
            [irc]
            name = "My.Little.Server"
            description = "test server"
            admin = ["Dragoman", "under irctest", "nobody@example.org"]
            motd = ["a server that is tested"]
            password = {json.dumps(password)}
            replay = 0
            [irc.operators.operuser]
            password = "operpassword"
        """


def _start_apart() -> None:
    """In a session of its own, as irctest's own way of starting does it."""
    os.setsid()
    _die_with_parent()


def get_irctest_controller_class() -> type[DragomanController]:
    """What irctest asks this module for."""
    return DragomanController
