from prometheus_client import CollectorRegistry
from tests.world import World

from dragoman.app.metrics import PeopleCollector


async def test_people_rooms_and_messages_are_counted() -> None:
    world = World()
    registry = CollectorRegistry()
    registry.register(PeopleCollector(world.services))
    alice = await world.client("alice")
    await world.client("bob", protocol="irc")
    await world.enter(alice, "team@rooms.example.org")
    await world.say(alice, "bob@example.org", "hi")
    assert registry.get_sample_value("dragoman_sessions", {"protocol": "xmpp"}) == 1
    assert registry.get_sample_value("dragoman_sessions", {"protocol": "irc"}) == 1
    assert registry.get_sample_value("dragoman_rooms_open") == 1
    assert registry.get_sample_value("dragoman_messages_total") == 1
