import asyncio

import pytest
from tests.contract.stores import ALICE, BOB, CAROL, SetClock, said

from dragoman.core.stores import StorageFailed
from dragoman.storage.sqlite.settings import Settings
from dragoman.storage.sqlite.unindexed import Unindexed


class Runs:
    """Runs of the index that end when a test says so."""

    def __init__(self) -> None:
        self.futures: list[asyncio.Future[None]] = []
        self.given: list[list[int]] = []

    def __call__(self, events: object, up_to: int) -> "asyncio.Future[None]":
        assert isinstance(events, dict)
        self.given.append([*events, up_to])
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def unindexed(runs: Runs, clock: SetClock) -> Unindexed:
    return Unindexed(Settings("x", index_rows=3), clock, runs, last_id=10)


async def test_a_run_begins_after_a_second_or_after_enough_messages(
    unindexed: Unindexed, runs: Runs, clock: SetClock
) -> None:
    unindexed.note(said(11))
    clock.advance(0.9)
    assert runs.given == []
    clock.advance(0.2)
    assert runs.given == [[11, 11]]
    for number in (12, 13, 14):
        unindexed.note(said(number))
    assert runs.given == [[11, 11], [12, 13, 14, 14]]
    clock.advance(5)
    assert len(runs.given) == 2


async def test_a_message_that_comes_late_begins_a_run(unindexed: Unindexed, runs: Runs) -> None:
    unindexed.note(said(9))
    assert runs.given == [[9, 10]]


async def test_recent_messages_are_at_hand_until_a_run_takes_them(unindexed: Unindexed, runs: Runs) -> None:
    first = said(11)
    unindexed.note(first)
    assert unindexed.recent(BOB) == [first]
    assert unindexed.recent(CAROL) == ()
    unindexed.catch_up()
    assert unindexed.recent(BOB) is None  # it is on its way
    assert unindexed.recent(CAROL) == ()
    assert list(unindexed.newest(BOB) or ()) == [first]
    second = said(12)
    unindexed.note(second)
    assert list(unindexed.newest(BOB) or ()) == [second, first]
    runs.futures[0].set_result(None)
    await asyncio.sleep(0)
    assert unindexed.recent(BOB) == [second]


async def test_what_was_asked_for_between_two_messages_keeps_their_order(unindexed: Unindexed) -> None:
    first, second = said(11), said(12)
    unindexed.note(first)
    assert unindexed.recent(BOB) == [first]
    unindexed.note(second)
    assert unindexed.recent(BOB) == [first, second]
    unindexed.drop(first)
    assert unindexed.recent(BOB) == [second]
    assert unindexed.recent(ALICE) == [second]


async def test_nobody_looks_at_messages_that_are_being_changed(unindexed: Unindexed, runs: Runs) -> None:
    unindexed.note(said(11))
    unindexed.catch_up()
    unindexed.close()
    assert unindexed.newest(BOB) is None
    runs.futures[0].set_result(None)
    await asyncio.sleep(0)
    assert list(unindexed.newest(BOB) or ()) == []


async def test_what_was_not_kept_is_not_looked_at_on_its_way_either(unindexed: Unindexed) -> None:
    unindexed.note(said(11))
    unindexed.catch_up()
    unindexed.drop(said(11))
    assert list(unindexed.newest(BOB) or ()) == []


async def test_only_those_wait_whose_messages_are_not_indexed(unindexed: Unindexed, runs: Runs) -> None:
    await unindexed.settle(ALICE)
    assert runs.given == []
    unindexed.note(said(11))
    settling = asyncio.ensure_future(unindexed.settle(ALICE))
    await asyncio.sleep(0)
    await unindexed.settle(CAROL)
    assert not settling.done()
    runs.futures[0].set_result(None)
    await settling
    assert len(runs.given) == 1


async def test_after_a_run_that_failed_the_next_read_tries_again(unindexed: Unindexed, runs: Runs) -> None:
    unindexed.note(said(11))
    settling = asyncio.ensure_future(unindexed.settle(ALICE))
    await asyncio.sleep(0)
    runs.futures[0].set_exception(StorageFailed("full"))
    with pytest.raises(StorageFailed):
        await settling
    assert unindexed.recent(ALICE) is None
    settling = asyncio.ensure_future(unindexed.settle(ALICE))
    await asyncio.sleep(0)
    runs.futures[1].set_result(None)
    await settling
    assert unindexed.recent(ALICE) == ()


async def test_what_was_not_kept_after_all_is_not_at_hand(unindexed: Unindexed, runs: Runs) -> None:
    unindexed.note(said(11))
    unindexed.drop(said(11))
    assert unindexed.recent(BOB) == []
    unindexed.catch_up()
    assert runs.given == [[11]]  # no event, only the largest id


async def test_whoever_was_given_an_older_message_is_settled_by_a_run(unindexed: Unindexed, runs: Runs) -> None:
    unindexed.touch(CAROL)
    assert unindexed.recent(CAROL) is None
    settling = asyncio.ensure_future(unindexed.settle(CAROL))
    await asyncio.sleep(0)
    runs.futures[0].set_result(None)
    await settling
    assert unindexed.recent(CAROL) == ()
