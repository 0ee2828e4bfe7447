import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import RosterPush
from dragoman.core.policy import Policy
from dragoman.features.rosters import MAX_GROUPS, MAX_NAME_BYTES, Rosters

ALICE, BOB, CAROL = (Address(name, "example.org") for name in ("alice", "bob", "carol"))


def fresh(policy: Policy | None = None) -> tuple[World, Rosters, list[RosterPush]]:
    world = World(policy)
    pushes: list[RosterPush] = []
    world.services.hooks.roster_changed(pushes.append)
    return world, world.services.rosters, pushes


async def test_every_change_has_a_version_of_its_own_and_is_told() -> None:
    _, rosters, pushes = fresh()
    await rosters.set(ALICE, BOB, name="Bob", groups=("Friends",))
    await rosters.set(ALICE, CAROL, name="", groups=())
    await rosters.set(ALICE, BOB, name="Bobby", groups=())
    assert [(push.contact, push.version) for push in pushes] == [(BOB, 1), (CAROL, 2), (BOB, 3)]


async def test_a_change_that_changes_nothing_is_none() -> None:
    _, rosters, pushes = fresh()
    first = await rosters.set(ALICE, BOB, name="Bob", groups=())
    assert await rosters.set(ALICE, BOB, name="Bob", groups=()) == first
    assert len(pushes) == 1


@pytest.mark.spec("RFC 6121", "2.6")
async def test_only_what_changed_after_a_version_is_told_with_what_was_removed() -> None:
    _, rosters, _ = fresh()
    await rosters.set(ALICE, BOB, name="", groups=())
    await rosters.set(ALICE, CAROL, name="", groups=())
    await rosters.remove(ALICE, BOB)
    roster = await rosters.load(ALICE)
    changed = roster.since(2)
    assert changed is not None and [(item.contact, item.removed) for item in changed] == [(BOB, True)]
    assert [item.contact for item in roster] == [CAROL]
    assert roster.since(99) is None, "a version of some other list"


async def test_the_list_is_the_same_after_a_restart() -> None:
    world, rosters, _ = fresh()
    await rosters.set(ALICE, BOB, name="Bob", groups=("a", "b"))
    again = await World(stores=world.stores).services.rosters.load(ALICE)
    assert (again.get(BOB).name, again.get(BOB).groups, again.version) == ("Bob", ("a", "b"), 1)


@pytest.mark.spec("RFC 6121", "2.3.3")
@pytest.mark.parametrize(
    ("name", "groups", "condition"),
    [
        ("x" * (MAX_NAME_BYTES + 1), (), Condition.NOT_ACCEPTABLE),
        ("", ("a", "a"), Condition.BAD_REQUEST),
        ("", ("",), Condition.NOT_ACCEPTABLE),
        ("", ("é" * MAX_NAME_BYTES,), Condition.NOT_ACCEPTABLE),
        ("", tuple(map(str, range(MAX_GROUPS + 1))), Condition.NOT_ACCEPTABLE),
    ],
)
async def test_names_and_groups_have_their_limits(name: str, groups: tuple[str, ...], condition: Condition) -> None:
    _, rosters, pushes = fresh()
    with pytest.raises(Refused) as refused:
        await rosters.set(ALICE, BOB, name=name, groups=groups)
    assert refused.value.condition is condition and pushes == []


async def test_a_full_list_takes_nobody_new_but_may_be_changed() -> None:
    _, rosters, _ = fresh(Policy(max_contacts=1))
    await rosters.set(ALICE, BOB, name="", groups=())
    with pytest.raises(Refused) as refused:
        await rosters.set(ALICE, CAROL, name="", groups=())
    assert refused.value.condition is Condition.RESOURCE_CONSTRAINT
    assert (await rosters.set(ALICE, BOB, name="Bob", groups=())).name == "Bob"


async def test_who_is_not_on_the_list_cannot_be_removed() -> None:
    _, rosters, _ = fresh()
    with pytest.raises(Refused) as refused:
        await rosters.remove(ALICE, BOB)
    assert refused.value.condition is Condition.ITEM_NOT_FOUND
