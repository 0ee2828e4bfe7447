"""The process is killed (SIGKILL) at a random moment while it appends under load; its senders resend."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.contract.stores import BOB, SetClock
from tests.faults.history import Run, Said, judge

from dragoman.core.stores import Query
from dragoman.storage import Settings, open_stores

pytestmark = pytest.mark.faults

KILLS, FULL_KILLS = 20, 200
SENDERS = 20


def live_and_die(path: str, run: Run, starts: list[int], seconds: float) -> None:
    """Start the process where each sender left off, kill it ``seconds`` after its first acknowledgement."""
    command = [sys.executable, "-m", "tests.faults.appender", path, *map(str, starts)]
    said = Path(f"{path}.said")
    with said.open("wb") as output:  # read by its name: a reader of this very file would move the writer's place in it
        process = subprocess.Popen(command, stdout=output)
    while "kept" not in said.read_text():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    assert process.wait() == -9
    for line in said.read_text().splitlines():
        what, _, name = line.strip().partition(" ")
        message = Said("alice+bob", name.partition("-")[0], name)
        if what == "sent":
            run.sent.append(message)
        elif what == "kept":
            run.acknowledged.append(message)
            starts[int(message.sender)] = int(name.partition("-")[2]) + 1


@pytest.mark.timeout(900)
async def test_nothing_acknowledged_is_lost_doubled_or_moved_by_a_kill(tmp_path: Path, full_faults: bool) -> None:
    path, run, starts, chance = str(tmp_path / "dragoman.db"), Run(), [0] * SENDERS, random.Random(1)
    for _ in range(FULL_KILLS if full_faults else KILLS):
        live_and_die(path, run, starts, chance.uniform(0.0, 0.25))
    stores = await open_stores(Settings(path), SetClock())
    page = await stores.archive.query(Query(owner=BOB, limit=10_000_000))
    assert await stores.check() == []
    await stores.close()
    run.archived = [Said("alice+bob", a.event.id.partition("-")[0], a.event.id) for a in page.records]
    verdict = judge(run)
    assert verdict.clean, str(verdict)
    assert len(run.acknowledged) > 1000
