"""Programs that people use in a terminal, each as it is in Debian."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.clients.conversation import converse, meet
from tests.clients.programs.irssi import Irssi
from tests.clients.programs.profanity import Profanity
from tests.clients.programs.weechat import Weechat
from tests.stage.process import Process

pytestmark = [pytest.mark.clients, pytest.mark.timeout(180)]


@pytest.mark.parametrize(
    ("program", "needed"),
    [(Irssi, "irssi tmux"), (Weechat, "weechat tmux"), (Profanity, "profanity tmux")],
    ids=["irssi", "WeeChat", "profanity"],
)
async def test_it_holds_a_conversation_with_somebody_on_the_other_protocol(
    program: Any, needed: str, server: Process, home: Path
) -> None:
    missing = [name for name in needed.split() if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (see tests/clients/install.sh)")
    running = await program.start(server, home)
    try:
        await converse(running, await meet(server, running))
    finally:
        await running.stop()
