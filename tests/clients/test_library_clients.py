"""Libraries that programs are made of, from PyPI and npm."""

import importlib
import importlib.util
import shutil
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import pytest
from tests.clients.conversation import converse, meet
from tests.clients.programs.framework import MODULES, Framework
from tests.clients.programs.purple import Purple
from tests.stage.process import Process

pytestmark = [pytest.mark.clients, pytest.mark.timeout(120)]


@pytest.mark.parametrize(
    ("module", "name", "needed"),
    [("slix", "Slix", "slixmpp"), ("python_irc", "Pydle", "pydle irc"), ("python_irc", "Plain", "pydle irc")],
    ids=["slixmpp", "pydle", "irc"],
)
async def test_it_holds_a_conversation_with_somebody_on_the_other_protocol(
    module: str, name: str, needed: str, server: Process, home: Path
) -> None:
    missing = [package for package in needed.split() if importlib.util.find_spec(package) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (uv sync --group clients)")
    program: Any = getattr(importlib.import_module(f"tests.clients.programs.{module}"), name)
    running = await program.start(server, home)
    try:
        await converse(running, await meet(server, running))
    finally:
        await running.stop()


async def test_irc_framework_holds_a_conversation_with_somebody_on_xmpp(server: Process, home: Path) -> None:
    if shutil.which("node") is None or not (MODULES / "irc-framework").exists():
        pytest.skip("not installed: node with irc-framework (see tests/clients/install.sh)")
    running = await Framework.start(server, home)
    try:
        await converse(running, await meet(server, running))
    finally:
        await running.stop()


@pytest.mark.parametrize("protocol", ["xmpp", "irc"])
async def test_libpurple_holds_a_conversation_with_somebody_on_the_other_protocol(
    protocol: str, server: Process, home: Path
) -> None:
    if find_library("purple") is None:
        pytest.skip("not installed: libpurple (see tests/clients/install.sh)")
    await server.command("user", "introduce", "alice", "bob")  # libpurple tells only those of typing whom it sees
    running = await Purple.start(server, home, protocol)
    try:
        await converse(running, await meet(server, running))
    finally:
        await running.stop()
