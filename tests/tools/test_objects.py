"""The page and the schema of the API's objects."""

import json

from tests.protocols.jmap.town import ROOM, Town

from dragoman.protocols.jmap.methods import TYPES
from tools import objects


def test_every_type_and_every_property_is_on_the_page() -> None:
    page = objects.page()
    for kind in TYPES:
        assert f"## {kind.name}\n" in page
    assert "| `from` | [Sender](#sender) |" in page and "### Sender" in page
    assert page.count("### Sender\n") == 1


async def test_what_the_server_writes_is_what_the_schema_says() -> None:
    definitions = json.loads(objects.schema())["$defs"]
    town = Town()
    await town.befriend("alice", "bob")
    alice = await town.screen("alice")
    await alice.enter()
    said = await alice.say(ROOM, "Hello")
    shown = {
        "Conversation": await alice.get("Conversation"),
        "Message": await alice.get("Message", said["id"]),
        "Contact": await alice.get("Contact"),
        "Member": await alice.get("Member"),
        "DirectoryRoom": await alice.get("Room"),
        "AccountPreferences": await alice.get("Preferences"),
        "LoggedInDevice": await alice.get("Device"),
    }
    for name, list in shown.items():
        assert list, name
        for each in list:
            assert each.keys() == definitions[name]["properties"].keys() == set(definitions[name]["required"]), name
