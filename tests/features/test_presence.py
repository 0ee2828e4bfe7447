"""Presence and subscriptions: RFC 6121 §3 and §4."""

from tests.world import Client, World

from dragoman.core.address import Address
from dragoman.core.model import Presence, Show, Step, SubscriptionChange
from dragoman.core.policy import Policy


async def step(world: World, client: Client, to: str, what: Step, status: str = "") -> None:
    change = SubscriptionChange(sender=client.address, recipient=Address.parse(to), step=what, status=status)
    await world.services.subscriptions.send(change, client.session)


async def befriend(world: World, one: Client, other: Client) -> None:
    for asker, granter in ((one, other), (other, one)):
        await step(world, asker, str(granter.session.account), Step.SUBSCRIBE)
        await step(world, granter, str(asker.session.account), Step.SUBSCRIBED)
    one.take(), other.take()


async def test_a_request_and_its_grant_make_presence_seen() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await step(world, alice, "bob@example.org", Step.SUBSCRIBE, "it is me")
    (asked,) = bob.take(SubscriptionChange)
    assert asked.step is Step.SUBSCRIBE and asked.status == "it is me" and asked.sender == alice.session.account
    await step(world, bob, "alice@example.org", Step.SUBSCRIBED)
    heard = alice.take()
    assert [e.step for e in heard if isinstance(e, SubscriptionChange)] == [Step.SUBSCRIBED]
    assert [e.sender for e in heard if isinstance(e, Presence)] == [bob.address]
    rosters = world.services.rosters
    assert (await rosters.load(alice.session.account)).get(bob.session.account).to
    assert (await rosters.load(bob.session.account)).get(alice.session.account).from_


async def test_a_request_waits_whole_for_the_next_login_and_every_one_after_it() -> None:
    world = World()
    alice = await world.client("alice")
    await world.account("bob")
    await step(world, alice, "bob@example.org", Step.SUBSCRIBE, "please")
    for resource in ("one", "two"):
        bob = await world.client("bob", resource, priority=None)
        await world.announce(bob)
        assert [(e.step, e.status) for e in bob.take(SubscriptionChange)] == [(Step.SUBSCRIBE, "please")]


async def test_a_request_to_nobody_is_met_with_silence() -> None:
    world = World()
    alice = await world.client("alice")
    await step(world, alice, "nobody@example.org", Step.SUBSCRIBE)
    assert alice.take() == []


async def test_a_grant_given_beforehand_answers_at_once() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await step(world, bob, "alice@example.org", Step.SUBSCRIBED)
    await step(world, alice, "bob@example.org", Step.SUBSCRIBE)
    assert [e.step for e in alice.take(SubscriptionChange)] == [Step.SUBSCRIBED]
    assert bob.take(SubscriptionChange) == []


async def test_presence_is_told_to_subscribers_and_to_the_account_itself_and_to_nobody_else() -> None:
    world = World()
    alice, bob, carol = [await world.client(name) for name in ("alice", "bob", "carol")]
    await befriend(world, alice, bob)
    await world.announce(alice, show=Show.AWAY, status="tea")
    assert [(p.show, p.status) for p in bob.take(Presence)] == [(Show.AWAY, "tea")]
    assert len(alice.take(Presence)) == 1
    assert carol.take() == []


async def test_broadcast_presence_is_addressed_to_the_account() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await befriend(world, alice, bob)
    await world.announce(alice)
    (presence,) = bob.take(Presence)
    assert presence.recipient == bob.session.account


async def test_a_newcomer_is_told_who_is_there() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await befriend(world, alice, bob)
    await world.services.sessions.close(alice.session)
    (gone,) = bob.take(Presence)
    assert not gone.available
    back = await world.client("alice", "back", priority=None)
    await world.announce(back)
    assert {p.sender for p in back.take(Presence)} == {back.address, bob.address}


async def test_those_who_were_told_directly_are_told_of_the_end_once() -> None:
    world = World()
    alice, bob, carol = [await world.client(name) for name in ("alice", "bob", "carol")]
    await befriend(world, alice, bob)
    for other in (bob, carol):
        shown = Presence(sender=alice.address, recipient=other.session.account)
        await world.services.presence.direct(alice.session, shown)
    bob.take(), carol.take()
    await world.services.sessions.close(alice.session)
    assert [p.available for p in bob.take(Presence)] == [False]
    assert [p.available for p in carol.take(Presence)] == [False]
    await world.services.sessions.close(alice.session)
    assert carol.take() == []


async def test_withdrawing_a_grant_hides_and_leaving_the_list_ends_both_sides() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await befriend(world, alice, bob)
    await step(world, alice, "bob@example.org", Step.UNSUBSCRIBED)
    heard = bob.take()
    assert [e.step for e in heard if isinstance(e, SubscriptionChange)] == [Step.UNSUBSCRIBED]
    assert [e.available for e in heard if isinstance(e, Presence)] == [False]
    await world.services.subscriptions.remove_contact(bob.session.account, alice.session.account, bob.session)
    rosters = world.services.rosters
    item = (await rosters.load(alice.session.account)).get(bob.session.account)
    assert not item.to and not item.from_ and item.listed
    assert list(await rosters.load(bob.session.account)) == []


async def test_only_subscribers_may_see_unless_the_domain_is_open() -> None:
    closed, open_ = World(), World(Policy(open_presence=True))
    for world, expected in ((closed, False), (open_, True)):
        alice, bob = await world.client("alice"), await world.client("bob")
        assert await world.services.presence.may_see(alice.session.account, bob.session.account) is expected
        alice.take()
        await world.services.presence.probe(alice.session, bob.session.account)
        assert len(alice.take(Presence)) == int(expected)


async def test_a_blocked_contact_sees_nothing() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await befriend(world, alice, bob)
    await world.services.blocking.block(alice.session.account, [bob.session.account])
    bob.take()
    await world.announce(alice, show=Show.DND)
    assert bob.take() == []


async def test_an_account_that_is_removed_loses_its_sessions() -> None:
    world = World()
    alice = await world.client("alice")
    await world.services.accounts.remove(alice.session.account)
    assert alice.closed is not None and world.services.registry.sessions(alice.session.account) == ()


async def test_a_second_session_at_the_same_address_closes_the_first() -> None:
    world = World()
    first, second = await world.client("alice", "x"), await world.client("alice", "x")
    assert first.closed is not None and second.closed is None
    assert world.services.registry.session(second.address) is second.session
