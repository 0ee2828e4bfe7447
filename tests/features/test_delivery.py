"""Who gets a message: RFC 6121 §8.5, offline delivery, copies, history."""

import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import (
    ChatState,
    ChatStateKind,
    Copy,
    Exchange,
    Hint,
    Kind,
    Message,
    Native,
    Signal,
)
from dragoman.core.stores import Archived, Query, StorageFailed


async def test_a_message_to_an_account_reaches_every_session_with_priority_of_zero_or_more() -> None:
    world = World()
    alice = await world.client("alice")
    phone, desk, idle = [
        await world.client("bob", name, priority=p) for name, p in (("phone", 0), ("desk", 5), ("idle", -1))
    ]
    await world.say(alice, "bob@example.org", "hi")
    assert [m.text for m in phone.take(Message)] == [m.text for m in desk.take(Message)] == ["hi"]
    assert idle.take() == []


async def test_a_message_to_a_session_reaches_only_that_one() -> None:
    world = World()
    alice = await world.client("alice")
    phone, desk = await world.client("bob", "phone"), await world.client("bob", "desk")
    await world.say(alice, "bob@example.org/phone", "hi")
    assert len(phone.take(Message)) == 1 and desk.take() == []


async def test_chat_to_a_session_that_is_gone_reaches_the_others() -> None:
    world = World()
    alice, desk = await world.client("alice"), await world.client("bob", "desk")
    await world.say(alice, "bob@example.org/gone", "hi")
    assert len(desk.take(Message)) == 1


async def test_a_normal_message_to_a_session_that_is_gone_reaches_nobody_and_is_refused() -> None:
    world = World()
    alice, desk = await world.client("alice"), await world.client("bob", "desk")
    with pytest.raises(Refused) as refused:
        await world.say(alice, "bob@example.org/gone", "hi", kind=Kind.NORMAL)
    assert refused.value.condition is Condition.SERVICE_UNAVAILABLE
    assert desk.take() == []


async def test_groupchat_to_an_account_is_refused_and_headlines_are_lost() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    with pytest.raises(Refused):
        await world.say(alice, "bob@example.org", "hi", kind=Kind.GROUPCHAT)
    await world.account("carol")
    await world.say(alice, "carol@example.org", "news", kind=Kind.HEADLINE)
    assert bob.take() == [] and await world.stores.archive.waiting(Address("carol", "example.org")) == []


async def test_a_question_to_a_session_that_is_not_there_is_refused_and_an_answer_is_not() -> None:
    world = World()
    alice = await world.client("alice")
    await world.account("bob")
    ends = {"sender": alice.address, "recipient": Address.parse("bob@example.org/gone")}
    for exchange in (Exchange.REQUEST, Exchange.ANSWER):
        signal = Signal(**ends, native=Native("xmpp", b"<x/>"), exchange=exchange)
        if exchange is Exchange.REQUEST:
            with pytest.raises(Refused):
                await world.services.router.route(signal, alice.session)
        else:
            await world.services.router.route(signal, alice.session)


async def test_a_signal_reaches_only_sessions_of_its_own_protocol() -> None:
    world = World()
    alice = await world.client("alice")
    other, same = await world.client("bob", "a", protocol="irc"), await world.client("bob", "b")
    signal = Signal(sender=alice.address, recipient=other.session.account, native=Native("xmpp", b"<x/>"))
    await world.services.router.route(signal, alice.session)
    assert other.take(Signal) == [] and [s.native for s in same.take(Signal)] == [signal.native]
    with pytest.raises(Refused):
        await world.services.router.route(
            signal.readdressed(recipient=other.address, exchange=Exchange.REQUEST), alice.session
        )


async def test_an_unknown_account_and_one_that_blocked_the_sender_answer_alike() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.services.blocking.block(bob.session.account, [alice.session.account])
    conditions = []
    for to in ("nobody@example.org", "bob@example.org"):
        with pytest.raises(Refused) as refused:
            await world.say(alice, to, "hi")
        conditions.append(refused.value.condition)
    assert conditions == [Condition.SERVICE_UNAVAILABLE] * 2


async def test_whoever_blocked_somebody_cannot_write_to_it_either() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.services.blocking.block(alice.session.account, [bob.session.account])
    with pytest.raises(Refused) as refused:
        await world.say(alice, "bob@example.org", "hi")
    assert refused.value.blocked
    await world.services.blocking.unblock(alice.session.account)
    await world.say(alice, "bob@example.org", "hi")
    assert len(bob.take(Message)) == 1


async def test_another_domain_is_not_known() -> None:
    world = World()
    alice = await world.client("alice")
    with pytest.raises(Refused) as refused:
        await world.say(alice, "bob@elsewhere.example", "hi")
    assert refused.value.condition is Condition.REMOTE_SERVER_NOT_FOUND


async def test_what_was_said_to_somebody_away_waits_and_is_told_once_in_order_with_its_moment() -> None:
    world = World()
    alice = await world.client("alice")
    await world.account("bob")
    for text in ("one", "two"):
        await world.say(alice, "bob@example.org", text)
    said_at = world.clock.now()
    world.clock.advance(60)
    bob = await world.client("bob", priority=None)
    await world.announce(bob)
    messages = bob.take(Message)
    assert [m.text for m in messages] == ["one", "two"]
    assert all(abs((m.sent_at or 0) - said_at) < 0.01 for m in messages)
    again = await world.client("bob", "second", priority=None)
    await world.announce(again)
    assert again.take(Message) == []


async def test_a_session_of_negative_priority_leaves_what_waits_for_another_one() -> None:
    world = World()
    alice = await world.client("alice")
    bob = await world.client("bob", priority=-1)
    await world.say(alice, "bob@example.org", "hi")
    assert bob.take(Message) == []
    await world.announce(bob, priority=1)
    assert [m.text for m in bob.take(Message)] == ["hi"]


async def test_what_is_said_while_that_is_told_comes_behind_it() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob", priority=None)
    await world.say(alice, "bob@example.org", "first")
    read = world.stores.archive.waiting

    async def slowly(owner: Address, *, limit: int = 1000) -> list[Archived]:
        found = await read(owner, limit=limit)
        if found:
            await world.say(alice, "bob@example.org", "second")
        return found

    world.stores.archive.waiting = slowly  # type: ignore[method-assign]
    await world.announce(bob)
    await world.say(alice, "bob@example.org", "third")
    assert [m.text for m in bob.take(Message)] == ["first", "second", "third"]


async def test_who_logs_in_while_it_is_asked_whether_a_message_may_wait_hears_it_now_and_in_its_place() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob", priority=None)
    count = world.stores.archive.waiting_count

    async def slowly(owner: Address) -> int:
        found = await count(owner)
        await world.announce(bob)  # and is told that nothing waits
        return found

    world.stores.archive.waiting_count = slowly  # type: ignore[method-assign]
    await world.say(alice, "bob@example.org", "first")
    await world.say(alice, "bob@example.org", "second")
    assert [m.text for m in bob.take(Message)] == ["first", "second"]
    assert await world.stores.archive.waiting(bob.session.account) == []


async def test_a_session_that_goes_meanwhile_leaves_what_waits_to_the_next_one() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob", priority=None)
    await world.say(alice, "bob@example.org", "first")
    broken = world.stores.archive.waiting

    async def fails(owner: Address, *, limit: int = 1000) -> list[Archived]:
        raise StorageFailed("full")

    world.stores.archive.waiting = fails  # type: ignore[method-assign]
    with pytest.raises(StorageFailed):
        await world.announce(bob)
    await world.services.sessions.close(bob.session)
    world.stores.archive.waiting = broken  # type: ignore[method-assign]
    again = await world.client("bob", "there", priority=None)
    await world.announce(again)
    assert [m.text for m in again.take(Message)] == ["first"]


async def test_typing_never_waits() -> None:
    world = World()
    alice = await world.client("alice")
    bob = await world.account("bob")
    state = ChatState(sender=alice.address, recipient=bob, state=ChatStateKind.COMPOSING)
    await world.services.router.route(state, alice.session)
    assert await world.stores.archive.waiting(bob) == []


async def test_a_resend_with_the_same_origin_id_is_delivered_once_and_accepted_again() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    first = await world.say(alice, "bob@example.org", "hi", origin_id="o1")
    second = await world.say(alice, "bob@example.org", "hi", origin_id="o1")
    assert isinstance(first, Message) and isinstance(second, Message) and first.archive_id == second.archive_id
    assert len(bob.take(Message)) == 1


async def test_both_histories_have_the_message_under_one_id() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    said = await world.say(alice, "bob@example.org", "hi")
    pages = [await world.services.history.query(Query(owner=c.session.account)) for c in (alice, bob)]
    assert [[r.event.archive_id for r in page.records] for page in pages] == [[said.archive_id]] * 2  # type: ignore[attr-defined]


async def test_what_is_not_to_be_stored_is_not() -> None:
    world = World()
    alice = await world.client("alice")
    bob = await world.account("bob")
    await world.say(alice, "bob@example.org", "secret", hints=Hint.NO_STORE)
    await world.say(alice, "bob@example.org", "waits only", hints=Hint.NO_PERMANENT_STORE)
    assert [a.event.text for a in await world.stores.archive.waiting(bob)] == ["waits only"]  # type: ignore[attr-defined]
    assert (await world.services.history.query(Query(owner=bob))).records == ()


async def test_other_sessions_of_both_sides_get_copies_and_nobody_gets_it_twice() -> None:
    world = World()
    here, there = [await world.client("alice", name, copies=True) for name in ("here", "there")]
    phone, desk = [await world.client("bob", name, copies=True) for name in ("phone", "desk")]
    await world.say(here, "bob@example.org/phone", "hi")
    (sent,) = there.take(Copy)
    (received,) = desk.take(Copy)
    assert sent.sent and not received.sent and received.event == sent.event
    assert len(phone.take(Message)) == 1 and here.take(Message) == here.take(Copy) == []


async def test_a_private_message_is_not_copied() -> None:
    world = World()
    here, there = [await world.client("alice", name, copies=True) for name in ("here", "there")]
    await world.client("bob")
    await world.say(here, "bob@example.org", "hi", hints=Hint.NO_COPY)
    assert there.take(Copy) == []


async def test_too_much_at_once_is_refused_with_wait_and_time_heals_it() -> None:
    world = World()
    alice, _ = await world.client("alice"), await world.client("bob")
    with pytest.raises(Refused) as refused:
        for number in range(1000):
            await world.say(alice, "bob@example.org", str(number))
    assert refused.value.condition is Condition.RESOURCE_CONSTRAINT and refused.value.remedy == "wait"
    world.clock.advance(1)
    await world.say(alice, "bob@example.org", "again")
