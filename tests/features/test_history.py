import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.clock import id_number
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import (
    ChatState,
    ChatStateKind,
    Exchange,
    Hint,
    Kind,
    Marker,
    Message,
    Receipt,
    Ref,
    Signal,
    Talk,
)
from dragoman.core.policy import Policy
from dragoman.core.stores import Query
from dragoman.features.history import DAY, MAX_PAGE, can_wait, is_archived

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")
SIDES = {"sender": ALICE, "recipient": BOB}


@pytest.mark.spec("XEP-0313", "5.1.1")
@pytest.mark.parametrize(
    ("event", "archived", "waits"),
    [
        (Message(**SIDES, text="x"), True, True),
        (Message(**SIDES, text="x", kind=Kind.HEADLINE), False, False),
        (Message(**SIDES, text="x", kind=Kind.GROUPCHAT), False, False),
        (Message(**SIDES, text="x", hints=Hint.NO_STORE), False, False),
        (Message(**SIDES, text="x", hints=Hint.NO_PERMANENT_STORE), False, True),
        (Receipt(**SIDES, target=Ref("1")), True, False),
        (Marker(**SIDES, target=Ref("1")), True, False),
        (ChatState(**SIDES, state=ChatStateKind.COMPOSING), True, False),
        (Signal(**SIDES), False, False),
        (Signal(**SIDES, hints=Hint.STORE), True, True),
        (Signal(**SIDES, hints=Hint.STORE, exchange=Exchange.REQUEST), False, False),
        (Message(sender=ALICE, recipient=BOB.at("gone"), kind=Kind.NORMAL, text="x"), True, False),
    ],
)
def test_what_belongs_into_a_history_and_what_may_wait(event: Talk, archived: bool, waits: bool) -> None:
    assert is_archived(event) is archived
    assert can_wait(event) is waits


async def test_what_means_something_only_at_its_moment_is_never_kept() -> None:
    world = World()
    alice = await world.client("alice")
    await world.client("bob")
    state = ChatState(sender=alice.address, recipient=BOB, state=ChatStateKind.COMPOSING)
    await world.services.router.route(state, alice.session)
    assert await world.services.history.count(Query(owner=BOB)) == 0


async def test_a_domain_without_history_keeps_only_what_waits() -> None:
    world = World(Policy(archive=False))
    alice = await world.client("alice")
    await world.account("bob")
    await world.say(alice, str(BOB), "later")
    assert await world.services.history.count(Query(owner=ALICE)) == 0
    bob = await world.client("bob", priority=None)
    await world.announce(bob)
    assert [message.text for message in bob.take(Message)] == ["later"]
    assert await world.services.history.count(Query(owner=BOB)) == 0


async def test_a_page_has_an_end_even_where_more_is_asked_for() -> None:
    world = World()
    alice = await world.client("alice")
    await world.client("bob")
    for number in range(MAX_PAGE + 5):
        world.clock.advance(1)
        await world.say(alice, str(BOB), str(number))
    page = await world.services.history.query(Query(owner=BOB, limit=10_000))
    assert len(page.records) == MAX_PAGE and not page.complete


async def test_too_much_that_waits_is_refused() -> None:
    world = World(Policy(max_waiting=2))
    alice = await world.client("alice")
    await world.account("bob")
    for _ in range(2):
        await world.say(alice, str(BOB), "hi")
    with pytest.raises(Refused) as refused:
        await world.say(alice, str(BOB), "one more")
    assert refused.value.condition is Condition.SERVICE_UNAVAILABLE


async def test_old_messages_go_where_the_domain_says_so() -> None:
    world = World(Policy(archive_days=1))
    alice = await world.client("alice")
    await world.client("bob")
    await world.say(alice, str(BOB), "old")
    world.clock.advance(2 * DAY)
    await world.say(alice, str(BOB), "new")
    assert await world.services.history.expire() == 1
    page = await world.services.history.query(Query(owner=BOB))
    assert [archived.event.text for archived in page.records if isinstance(archived.event, Message)] == ["new"]


async def test_a_message_is_found_by_the_servers_id_or_its_senders() -> None:
    world = World()
    alice = await world.client("alice")
    await world.client("bob")
    said = await world.say(alice, str(BOB), "hi", id="a1")
    assert isinstance(said, Message)
    history = world.services.history
    for found in (
        await history.find(BOB, ALICE, archive_id=said.archive_id),
        await history.find(BOB, ALICE, sender_id="a1"),
    ):
        assert found is not None and found.id == id_number(said.archive_id)
    assert await history.find(BOB, ALICE, archive_id="not one of ours") is None
