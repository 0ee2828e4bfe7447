import pytest
from tests.world import Client, World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Event, Message, Reaction, Ref, Reply, Retraction, Tombstone
from dragoman.core.stores import Query

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")


async def pair() -> tuple[World, Client, Client, Message]:
    """Alice has said something to Bob."""
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    said = await world.say(alice, str(BOB), "hello", id="a1")
    assert isinstance(said, Message)
    bob.take()
    return world, alice, bob, said


async def route(world: World, client: Client, event: Event) -> Event:
    return await world.services.router.route(event, client.session)


def reaction(client: Client, to: Address, target: Ref, **fields: tuple[str, ...]) -> Reaction:
    return Reaction(sender=client.address, recipient=to, target=target, **fields)


async def test_what_is_meant_by_one_id_is_known_by_both() -> None:
    world, _, bob, said = await pair()
    for ref in (Ref(id="a1"), Ref(archive_id=said.archive_id), Ref(id=said.archive_id)):
        event = Message(sender=bob.address, recipient=ALICE, text="yes", reply=Reply(ref))
        answered = await route(world, bob, event)
        assert isinstance(answered, Message) and answered.reply is not None
        assert answered.reply.ref == Ref("a1", said.archive_id)


async def test_a_reference_to_nothing_stays_as_it_was_said() -> None:
    world, _, bob, _ = await pair()
    event = Message(sender=bob.address, recipient=ALICE, text="yes", reply=Reply(Ref("unknown")))
    answered = await route(world, bob, event)
    assert isinstance(answered, Message) and answered.reply == Reply(Ref("unknown"))


async def test_only_its_author_corrects_or_takes_back() -> None:
    world, alice, bob, _ = await pair()
    for event in (
        Message(sender=bob.address, recipient=ALICE, text="no", corrects=Ref("a1")),
        Retraction(sender=bob.address, recipient=ALICE, target=Ref("a1")),
    ):
        with pytest.raises(Refused) as refused:
            await route(world, bob, event)
        assert refused.value.condition is Condition.FORBIDDEN
    corrected = Message(sender=alice.address, recipient=BOB, text="Hello!", corrects=Ref("a1"))
    assert isinstance(await route(world, alice, corrected), Message)


async def test_what_was_taken_back_is_a_tombstone_in_both_histories() -> None:
    world, alice, _, said = await pair()
    await route(world, alice, Retraction(sender=alice.address, recipient=BOB, target=Ref("a1"), id="r1"))
    for owner, peer in ((ALICE, BOB), (BOB, ALICE)):
        page = await world.services.history.query(Query(owner=owner, peer=peer))
        buried = page.records[0].event
        assert isinstance(buried, Tombstone)
        assert (buried.archive_id, buried.retracted_by) == (said.archive_id, "r1")


async def test_reactions_are_known_whole_and_as_a_difference_however_they_were_said() -> None:
    world, _, bob, _ = await pair()
    steps = [
        ({"emojis": ("a", "b")}, (("a", "b"), ("a", "b"), ())),
        ({"added": ("c",)}, (("a", "b", "c"), ("c",), ())),
        ({"removed": ("a",)}, (("b", "c"), (), ("a",))),
        ({"emojis": ()}, ((), (), ("b", "c"))),
    ]
    for fields, expected in steps:
        told = await route(world, bob, reaction(bob, ALICE, Ref("a1"), **fields))
        assert isinstance(told, Reaction)
        assert (told.emojis, told.added, told.removed) == expected
