from typing import Any

import pytest

from dragoman.admin.command import perform
from dragoman.admin.commands import COMMANDS
from dragoman.admin.office import Office
from dragoman.admin.rooms import changed
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import RoomConfig


async def run(office: Office, command: str, **arguments: Any) -> Any:
    return await perform(COMMANDS, office, command, arguments)


@pytest.fixture
async def office_with_room(small_office: Office) -> Office:
    await run(small_office, "user add", account="alice", password="x")
    await run(small_office, "user add", account="bob", password="x")
    await run(small_office, "room create", room="#team", owner="alice", settings=["title=The Team"])
    return small_office


async def test_a_room_made_by_command_stays_and_has_an_owner(office_with_room: Office) -> None:
    view = await run(office_with_room, "room show", room="team@rooms.a.example")
    assert view["affiliations"] == {"alice@a.example": "owner"}
    assert (view["settings"]["title"], view["settings"]["persistent"]) == ("The Team", True)
    (line,) = await run(office_with_room, "room list")
    assert line["room"] == "team@rooms.a.example"


async def test_a_room_is_made_once_and_for_an_account(office_with_room: Office) -> None:
    with pytest.raises(Refused) as twice:
        await run(office_with_room, "room create", room="team", owner="alice")
    assert twice.value.condition is Condition.CONFLICT
    with pytest.raises(Refused) as nobody:
        await run(office_with_room, "room create", room="other", owner="eve")
    assert nobody.value.text == "there is no account eve@a.example"


async def test_settings_are_changed_by_name(office_with_room: Office) -> None:
    await run(office_with_room, "room set", room="team", settings=["members_only=true", "max_occupants=9"])
    settings = (await run(office_with_room, "room show", room="team"))["settings"]
    assert (settings["members_only"], settings["max_occupants"], settings["title"]) == (True, 9, "The Team")


async def test_an_affiliation_is_given_and_taken(office_with_room: Office) -> None:
    await run(office_with_room, "room affiliate", room="team", account="bob", affiliation="admin")
    assert (await run(office_with_room, "room show", room="team"))["affiliations"]["bob@a.example"] == "admin"
    await run(office_with_room, "room affiliate", room="team", account="bob", affiliation="none")
    assert "bob@a.example" not in (await run(office_with_room, "room show", room="team"))["affiliations"]


async def test_a_room_that_is_removed_is_no_more(office_with_room: Office) -> None:
    await run(office_with_room, "room remove", room="team", reason="over")
    assert await run(office_with_room, "room list") == []


@pytest.mark.parametrize("command", ["room show", "room set", "room remove", "room affiliate"])
async def test_what_does_not_exist_cannot_be_ruled(small_office: Office, command: str) -> None:
    arguments: dict[str, dict[str, Any]] = {
        "room set": {"settings": ["title=x"]},
        "room affiliate": {"account": "alice", "affiliation": "owner"},
    }
    with pytest.raises(Refused) as refused:
        await run(small_office, command, room="nowhere", **arguments.get(command, {}))
    assert refused.value.condition is Condition.ITEM_NOT_FOUND


def test_every_mistake_in_settings_is_told() -> None:
    with pytest.raises(Refused) as refused:
        changed(RoomConfig(), ["titel=x", "public=perhaps", "members_only"])
    assert refused.value.text == (
        "titel is not a setting; did you mean 'title'?; public expected bool, not str; 'members_only' has no ="
    )
