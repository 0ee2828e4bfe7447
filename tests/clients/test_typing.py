"""Who types in one program is seen typing in the other one, across protocols."""

import asyncio
import shutil
from pathlib import Path

import pytest
from tests.clients.conversation import PATIENCE, until
from tests.clients.programs.profanity import Profanity
from tests.clients.programs.weechat import Weechat
from tests.stage.process import Process

pytestmark = [
    pytest.mark.clients,
    pytest.mark.timeout(120),
    pytest.mark.skipif(
        any(shutil.which(name) is None for name in ("weechat", "profanity", "tmux")),
        reason="not installed: weechat, profanity or tmux (see tests/clients/install.sh)",
    ),
]


async def test_profanity_and_weechat_show_each_other_typing(server: Process, home: Path) -> None:
    alice = await Profanity.start(server, home / "alice", "alice")
    bob = await Weechat.start(server, home / "bob", "bob")
    try:
        await bob.say("alice", "Are you there?")
        await until(lambda: "Are you there?" in alice.shown(), "profanity shows what WeeChat said")
        await alice.say("bob", "I am")
        await until(lambda: "I am" in bob.shown(), "WeeChat shows what profanity said")
        await alice.typing("bob")
        await bob.terminal.until("[Typing: alice]")
        await alice.terminal.clear()
        await bob.typing("alice")
        await alice.terminal.until("(typing...)")
        await bob.terminal.clear()
        async with asyncio.timeout(PATIENCE):
            while "(typing...)" in await alice.terminal.screen():
                await asyncio.sleep(0.1)
    finally:
        await alice.stop()
        await bob.stop()
