from typing import Any

import pytest

from dragoman.admin.command import perform
from dragoman.admin.commands import COMMANDS
from dragoman.admin.office import Office
from dragoman.core.errors import Condition, Refused


@pytest.fixture
async def office_of_alice(small_office: Office) -> Office:
    await run(small_office, "user add", account="alice", password="x")
    return small_office


async def run(office: Office, command: str, **arguments: Any) -> Any:
    return await perform(COMMANDS, office, command, arguments)


async def test_an_app_password_is_told_once(office_of_alice: Office) -> None:
    made = await run(office_of_alice, "user app-password add", account="alice", protocol="irc", name="phone")
    assert made == {"account": "alice@a.example", "protocol": "irc", "id": "id1", "password": "made-up"}
    (kept,) = await run(office_of_alice, "user app-password list", account="alice")
    assert kept["name"] == "phone"
    assert "made-up" not in str(kept)


async def test_an_app_password_is_for_a_protocol_that_is_served(office_of_alice: Office) -> None:
    with pytest.raises(Refused) as refused:
        await run(office_of_alice, "user app-password add", account="alice", protocol="smtp")
    assert refused.value.text == "no protocol 'smtp' is served; there are xmpp, irc"


async def test_a_revoked_app_password_is_gone(office_of_alice: Office) -> None:
    await run(office_of_alice, "user app-password add", account="alice", protocol="irc")
    await run(office_of_alice, "user app-password remove", account="alice", id="id1")
    assert await run(office_of_alice, "user app-password list", account="alice") == []
    with pytest.raises(Refused) as refused:
        await run(office_of_alice, "user app-password remove", account="alice", id="id1")
    assert refused.value.condition is Condition.ITEM_NOT_FOUND


async def test_nobody_has_no_app_passwords(small_office: Office) -> None:
    with pytest.raises(Refused) as refused:
        await run(small_office, "user app-password list", account="eve")
    assert refused.value.condition is Condition.ITEM_NOT_FOUND
