from dragoman.admin.command import perform
from dragoman.admin.commands import COMMANDS
from dragoman.admin.office import Office
from dragoman.core.address import Address
from dragoman.core.session import Session


async def test_the_status_counts_what_is_there(office: Office) -> None:
    await perform(COMMANDS, office, "user add", {"account": "alice@a.example", "password": "x"})
    for resource, protocol in (("1", "xmpp"), ("2", "irc"), ("3", "irc")):
        address = Address("alice", "a.example", resource)
        await office.services.sessions.open(
            Session(address, protocol, lambda event: None, lambda condition, text: None)
        )
    assert await perform(COMMANDS, office, "status", {}) == {
        "version": "1.2.3",
        "up_seconds": 60,
        "state": "running",
        "domains": ["a.example", "b.example"],
        "accounts": 1,
        "people": 1,
        "sessions": {"xmpp": 1, "irc": 2},
        "rooms": 0,
    }


async def test_a_server_that_is_stopping_says_so(office: Office) -> None:
    office.draining = lambda: True
    assert (await perform(COMMANDS, office, "status", {}))["state"] == "draining"
