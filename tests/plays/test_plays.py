"""Every play, in memory on each run, and over sockets with ``--network``."""

from pathlib import Path

import pytest
from tests.plays.script import Performance, read_play
from tests.stage.stage import open_stage

PLAYS = sorted(Path(__file__).parent.rglob("*.play"))


@pytest.mark.parametrize("path", PLAYS, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_the_play_goes_as_it_is_written(path: Path) -> None:
    async with open_stage() as stage:
        await Performance(stage).run(read_play(path))


@pytest.mark.network
@pytest.mark.parametrize("path", PLAYS, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_the_play_goes_the_same_over_sockets(path: Path, certificates: Path) -> None:
    play = read_play(path)
    if play.is_local:
        pytest.skip("this play needs the clock of the test, or counts stanzas")
    async with open_stage(certificates) as stage:
        await Performance(stage).run(play)
