import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.policy import Policy
from dragoman.core.session import Session

ALICE = Address("alice", "example.org")


async def test_a_session_knows_when_it_was_opened_and_is_told_to_the_features() -> None:
    world = World()
    opened: list[Session] = []
    world.services.hooks.session_opened(opened.append)
    alice = await world.client("alice")
    assert opened == [alice.session]
    assert alice.session.opened_at == world.clock.now()


@pytest.mark.spec("RFC 6120", "7.7.2.2")
async def test_an_older_session_at_the_same_address_gives_way() -> None:
    world = World()
    older, newer = await world.client("alice", "r"), await world.client("alice", "r")
    assert older.closed is not None and older.closed[0] is Condition.CONFLICT
    assert world.services.registry.sessions(ALICE) == (newer.session,)


async def test_an_account_has_so_many_sessions_and_no_more() -> None:
    world = World(Policy(max_sessions=2))
    await world.client("alice", "one"), await world.client("alice", "two")
    with pytest.raises(Refused) as refused:
        await world.client("alice", "three")
    assert refused.value.condition is Condition.RESOURCE_CONSTRAINT
    await world.client("alice", "two")
    assert len(world.services.registry.sessions(ALICE)) == 2


async def test_a_session_closes_once() -> None:
    world = World()
    alice = await world.client("alice")
    closed: list[Session] = []
    world.services.hooks.session_closed(closed.append)
    await world.services.sessions.close(alice.session)
    await world.services.sessions.close(alice.session)
    assert closed == [alice.session]


async def test_a_guest_takes_its_name_along_with_its_last_session() -> None:
    world = World()
    eve = await world.client("eve", guest=True)
    account = eve.session.account
    assert await world.services.accounts.exists(account)
    await world.services.sessions.close(eve.session)
    assert not await world.services.accounts.exists(account)


async def test_a_guest_goes_by_another_name_unless_it_is_somebodys() -> None:
    world = World()
    await world.account("alice")
    eve = await world.client("eve", guest=True)
    with pytest.raises(Refused):
        await world.services.sessions.rename_guest(eve.session, ALICE.at("here"), "alice")
    assert eve.session.account == Address("eve", "example.org")
    await world.services.sessions.rename_guest(eve.session, Address("mallory", "example.org", "here"), "mallory")
    assert world.services.registry.session(Address("mallory", "example.org", "here")) is eve.session
    assert not await world.services.accounts.exists(Address("eve", "example.org"))
