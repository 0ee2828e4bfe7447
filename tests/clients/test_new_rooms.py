"""Two programs make the same room, whichever comes first, and meet in it."""

import shutil
from pathlib import Path

import pytest
from tests.clients.conversation import until
from tests.clients.programs.irssi import Irssi
from tests.clients.programs.profanity import Profanity
from tests.stage.process import Process

pytestmark = [
    pytest.mark.clients,
    pytest.mark.timeout(120),
    pytest.mark.skipif(
        any(shutil.which(name) is None for name in ("irssi", "profanity", "tmux")),
        reason="not installed: irssi, profanity or tmux (see tests/clients/install.sh)",
    ),
]


@pytest.mark.parametrize("first", ["irssi", "profanity"])
async def test_who_makes_a_room_first_meets_the_other_there(first: str, server: Process, home: Path) -> None:
    alice = await Irssi.start(server, home / "alice", "alice")
    bob = await Profanity.start(server, home / "bob", "bob")
    try:
        # Nobody types `/room accept` in profanity: it says that the room is locked, and the room is not.
        for program in (alice, bob) if first == "irssi" else (bob, alice):
            await program.join("team")
            await program.terminal.until("#team" if program is alice else "You have joined the room")
        await alice.say_in("team", "Hello from irssi")
        await until(lambda: "Hello from irssi" in bob.shown(), "profanity shows what irssi said")
        await bob.say_in("team", "Hello from profanity")
        await until(lambda: "Hello from profanity" in alice.shown(), "irssi shows what profanity said")
    finally:
        await alice.stop()
        await bob.stop()
