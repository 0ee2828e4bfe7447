"""Who is shown what was said before, unasked."""

import pytest
from tests.protocols.irc.town import Town


@pytest.mark.parametrize(
    ("capabilities", "shown"),
    [
        ("server-time", ["one", "two"]),
        ("", []),  # it could not tell old words from new ones
        ("server-time draft/chathistory batch", []),  # it asks for what it lacks
    ],
)
async def test_a_channels_past_is_shown_only_to_those_who_can_tell_it_and_cannot_ask(
    town: Town, capabilities: str, shown: list[str]
) -> None:
    alice, bob = await town.user("alice"), await town.user("bob", capabilities)
    await alice.send("JOIN #room", "PRIVMSG #room :one", "PRIVMSG #room :two")
    heard = [line for line in await bob.send("JOIN #room") if " PRIVMSG " in line]
    assert [line.rpartition(":")[2] for line in heard] == shown
    assert all(line.startswith("@time=") for line in heard)
