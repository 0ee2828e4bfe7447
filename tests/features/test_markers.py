from tests.world import World

from dragoman.core.address import Address
from dragoman.features.markers import Read

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")


async def test_a_marker_moves_forward_and_never_back() -> None:
    markers = World().services.markers
    assert await markers.get(ALICE, BOB) is None
    assert await markers.set(ALICE, BOB, 20.0) == 20.0
    assert await markers.set(ALICE, BOB, 10.0) == 20.0
    assert await markers.get(ALICE, BOB) == 20.0


async def test_only_a_move_is_told() -> None:
    markers = World().services.markers
    told: list[Read] = []
    markers.changed(told.append)
    for moment in (20.0, 20.0, 10.0, 30.0):
        await markers.set(ALICE, BOB, moment)
    assert told == [Read(ALICE, BOB, 20.0), Read(ALICE, BOB, 30.0)]


async def test_each_conversation_has_its_own() -> None:
    markers = World().services.markers
    await markers.set(ALICE, BOB, 20.0)
    assert await markers.get(BOB, ALICE) is None
