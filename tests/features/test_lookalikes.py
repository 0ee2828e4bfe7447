"""Names that look like somebody else's."""

import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import Credentials
from dragoman.features.accounts import Accounts


def at(local: str, domain: str = "example.org") -> Address:
    return Address.of(local, domain)


async def refused(accounts: Accounts, account: Address) -> Condition:
    with pytest.raises(Refused) as failed:
        await accounts.create(account, Credentials({}))
    return failed.value.condition


@pytest.fixture
async def accounts() -> Accounts:
    world = World()
    for name in ("modern", "иван", "elia"):
        assert await world.stores.accounts.create(at(name), Credentials({}))
    return world.services.accounts


@pytest.mark.parametrize("name", ["rnodern", "m0dern"])
async def test_a_name_that_looks_like_one_that_exists_is_taken(accounts: Accounts, name: str) -> None:
    assert await refused(accounts, at(name)) is Condition.CONFLICT


@pytest.mark.parametrize("name", ["\u0435lia", "\u0430lice", "\u09ce"])
async def test_a_name_that_nobody_writes_is_refused(accounts: Accounts, name: str) -> None:
    assert await refused(accounts, at(name)) is Condition.NOT_ACCEPTABLE


async def test_names_that_people_can_tell_apart_are_free(accounts: Accounts) -> None:
    for name in ("ella", "olga", "ольга", "modern2", "李"):
        await accounts.create(at(name), Credentials({}))


async def test_what_is_made_and_removed_meanwhile_counts(accounts: Accounts) -> None:
    await accounts.create(at("bob"), Credentials({}))
    assert await refused(accounts, at("b0b")) is Condition.CONFLICT
    await accounts.remove(at("bob"))
    await accounts.create(at("b0b"), Credentials({}))
    assert await refused(accounts, at("bob")) is Condition.CONFLICT
    await accounts.remove(at("b0b"))
    await accounts.create(at("bob"), Credentials({}))
