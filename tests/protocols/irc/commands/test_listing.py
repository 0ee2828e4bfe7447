"""LIST: what ELIST promises, and that a list has a beginning and an end whatever is in it."""

import pytest
from tests.protocols.irc.town import Town


async def channels(town: Town, condition: str) -> list[str]:
    person = await town.guest("asker")
    heard = await person.send(f"LIST {condition}".strip())
    numbers = [line.split()[1] for line in heard]
    assert (numbers[0], numbers[-1]) == ("321", "323") and set(numbers[1:-1]) <= {"322"}
    await person.hang_up()
    return sorted(line.split()[3] for line in heard[1:-1])


@pytest.fixture
async def three(square: Town) -> Town:
    """#tea is old with two people and a fresh topic, #coffee is new with one, #secret is hidden."""
    foo, bar = await square.guest("foo"), await square.guest("bar")
    await foo.send("JOIN #tea")
    await bar.send("JOIN #tea")
    for _ in range(4):
        square.world.clock.advance(60)
        await foo.send("PING still here")
        await bar.send("PING still here")
    await foo.send("TOPIC #tea :Green", "JOIN #coffee", "JOIN #secret", "MODE #secret +s")
    square.world.clock.advance(30)
    return square


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("", ["#coffee", "#tea"]),
        ("#tea,#secret,#none", ["#tea"]),
        (">1", ["#tea"]),
        ("<2", ["#coffee"]),
        ("*ea*", ["#tea"]),
        ("!*ea*", ["#coffee"]),
        ("C<2", ["#coffee"]),
        ("C>2", ["#tea"]),
        ("T<2", ["#tea"]),
        ("T>2", []),
        (">9", []),
    ],
)
async def test_channels_are_listed_by_what_is_asked_for_and_never_hidden_ones(
    three: Town, condition: str, found: list[str]
) -> None:
    assert await channels(three, condition) == found
