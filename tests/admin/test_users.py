from typing import Any

import pytest

from dragoman.admin.command import perform
from dragoman.admin.commands import COMMANDS
from dragoman.admin.office import Office
from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Event, Presence
from dragoman.core.session import Session

ALICE = Address("alice", "a.example")


async def run(office: Office, command: str, **arguments: Any) -> Any:
    return await perform(COMMANDS, office, command, arguments)


async def test_an_account_is_made_with_its_moment(office: Office) -> None:
    assert await run(office, "user add", account="Alice@A.example", password="x") == {
        "done": "alice@a.example can log in now"
    }
    kept = await office.services.stores.accounts.get(ALICE)
    assert kept is not None and kept.created_at == office.services.clock.now()


async def test_a_name_is_given_once(office: Office) -> None:
    await run(office, "user add", account="alice@a.example", password="x")
    with pytest.raises(Refused) as refused:
        await run(office, "user add", account="ALICE@a.example", password="y")
    assert refused.value.condition is Condition.CONFLICT


async def test_accounts_are_listed_over_all_pages_and_domains(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dragoman.admin.users.PAGE", 2)
    for name in ("c@b.example", "b@a.example", "a@a.example", "d@a.example"):
        await run(office, "user add", account=name, password="x")
    listed = await run(office, "user list")
    assert [user["account"] for user in listed] == ["a@a.example", "b@a.example", "d@a.example", "c@b.example"]
    assert [user["account"] for user in await run(office, "user list", domain="b.example")] == ["c@b.example"]


async def test_two_who_are_introduced_see_each_other(office: Office) -> None:
    for name in ("alice@a.example", "bob@b.example"):
        await run(office, "user add", account=name, password="x")
    heard: list[Event] = []
    for name in ("alice@a.example", "bob@b.example"):
        session = Session(Address.parse(name).at("r"), "xmpp", heard.append, lambda condition, text: None)
        await office.services.sessions.open(session)
        await office.services.presence.announce(session, Presence(sender=session.address, recipient=session.account))
    heard.clear()
    done = await run(office, "user introduce", account="alice@a.example", other="Bob@b.example")
    assert done == {"done": "alice@a.example and bob@b.example are contacts now"}
    assert [str(event.sender) for event in heard] == ["alice@a.example/r", "bob@b.example/r"]
    roster = await office.services.rosters.load(ALICE)
    assert [(str(item.contact), item.to, item.from_) for item in roster] == [("bob@b.example", True, True)]


@pytest.mark.parametrize(
    ("other", "condition"),
    [("nobody@a.example", Condition.ITEM_NOT_FOUND), ("alice@a.example", Condition.BAD_REQUEST)],
)
async def test_who_is_not_there_or_oneself_cannot_be_introduced(
    office: Office, other: str, condition: Condition
) -> None:
    await run(office, "user add", account="alice@a.example", password="x")
    with pytest.raises(Refused) as refused:
        await run(office, "user introduce", account="alice@a.example", other=other)
    assert refused.value.condition is condition


async def test_a_domain_that_is_not_served_cannot_be_listed(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        await run(office, "user list", domain="x.example")
    assert refused.value.condition is Condition.ITEM_NOT_FOUND


async def test_a_new_password_ends_the_sessions_and_keeps_the_rest(office: Office) -> None:
    await run(office, "user add", account="alice@a.example", password="x")
    closed: list[str] = []
    session = Session(ALICE.at("r"), "xmpp", lambda event: None, lambda condition, text: closed.append(text))
    await office.services.sessions.open(session)
    await run(office, "user passwd", account="alice@a.example", password="new")
    kept = await office.services.stores.accounts.get(ALICE)
    assert kept is not None and kept.verifiers["SHA-256"].stored_key == b"new" and kept.created_at > 0
    assert closed == ["the password was changed"]
    assert office.services.registry.sessions(ALICE) == ()


async def test_an_account_goes_with_its_sessions(office: Office) -> None:
    await run(office, "user add", account="alice@a.example", password="x")
    await run(office, "user remove", account="alice@a.example")
    assert await office.services.stores.accounts.get(ALICE) is None


@pytest.mark.parametrize("command", ["user passwd", "user remove"])
async def test_who_has_no_account_has_nothing_to_change(office: Office, command: str) -> None:
    arguments = {"account": "eve@a.example"} | ({"password": "x"} if command == "user passwd" else {})
    with pytest.raises(Refused) as refused:
        await run(office, command, **arguments)
    assert refused.value.condition is Condition.ITEM_NOT_FOUND
