"""Everybody with everybody: each scenario between each two protocols, in memory on every run, over sockets with
``--network``. ``docs/protocols/matrix.md`` is made of the same words."""

from pathlib import Path

import pytest
from tests.interop.drivers.driver import Driver
from tests.interop.page import PAGE, page
from tests.interop.performance import DRIVERS, Performance, can_say
from tests.interop.scenarios import SCENARIOS, Scenario
from tests.stage.stage import open_stage

CELLS = [
    pytest.param(scenario, mine, yours, id=f"{scenario.name}: {mine.protocol} to {yours.protocol}")
    for scenario in SCENARIOS
    for mine in DRIVERS
    for yours in DRIVERS
    if can_say(scenario, mine, yours)
]


@pytest.mark.parametrize(("scenario", "mine", "yours"), CELLS)
async def test_each_is_shown_what_its_protocol_can_show(scenario: Scenario, mine: Driver, yours: Driver) -> None:
    async with open_stage() as stage:
        await Performance(stage, {"me": mine, "you": yours}).run(scenario)


@pytest.mark.network
@pytest.mark.parametrize(("scenario", "mine", "yours"), CELLS)
async def test_the_same_over_sockets(scenario: Scenario, mine: Driver, yours: Driver, certificates: Path) -> None:
    async with open_stage(certificates) as stage:
        await Performance(stage, {"me": mine, "you": yours}).run(scenario)


def test_the_page_of_the_matrix_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "write it anew: python -m tests.interop.page"
