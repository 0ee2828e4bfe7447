import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import Credentials

ALICE = Address("alice", "example.org")


async def test_an_account_exists_from_the_moment_it_was_made() -> None:
    world = World()
    accounts = world.services.accounts
    assert not await accounts.exists(ALICE)
    await accounts.create(ALICE, Credentials({}))
    assert await accounts.exists(ALICE) and accounts.is_known(ALICE)
    with pytest.raises(Refused) as refused:
        await accounts.create(ALICE, Credentials({}))
    assert refused.value.condition is Condition.CONFLICT


async def test_what_the_store_knows_is_found_after_a_restart() -> None:
    world = World()
    await world.account("alice")
    again = World(stores=world.stores)
    assert not again.services.accounts.is_known(ALICE)
    assert await again.services.accounts.exists(ALICE)
    assert again.services.accounts.is_known(ALICE)


async def test_no_account_is_made_in_a_domain_that_is_not_served() -> None:
    with pytest.raises(Refused) as refused:
        await World().services.accounts.create(Address("alice", "other.example"), Credentials({}))
    assert refused.value.condition is Condition.ITEM_NOT_FOUND


async def test_a_removed_account_is_gone_with_its_sessions_and_may_be_made_again() -> None:
    world = World()
    alice = await world.client("alice")
    await world.services.accounts.remove(ALICE)
    assert alice.closed is not None and not await world.services.accounts.exists(ALICE)
    with pytest.raises(Refused):
        await world.services.accounts.remove(ALICE)
    await world.services.accounts.create(ALICE, Credentials({}))


async def test_a_guests_name_is_its_own_for_as_long_as_it_stays() -> None:
    world = World()
    accounts = world.services.accounts
    await accounts.enter_guest(ALICE)
    assert accounts.is_guest(ALICE) and await accounts.exists(ALICE)
    for attempt in (accounts.enter_guest(ALICE), accounts.create(ALICE, Credentials({}))):
        with pytest.raises(Refused):
            await attempt
    accounts.leave_guest(ALICE)
    assert not await accounts.exists(ALICE)


async def test_a_guest_takes_nobodys_name() -> None:
    world = World()
    await world.account("alice")
    with pytest.raises(Refused) as refused:
        await world.services.accounts.enter_guest(ALICE)
    assert refused.value.condition is Condition.CONFLICT


async def test_memory_of_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dragoman.features.accounts.REMEMBERED", 2)
    world = World()
    for name in ("alice", "bob", "carol"):
        await world.account(name)
    assert not world.services.accounts.is_known(ALICE)
    assert await world.services.accounts.exists(ALICE)
