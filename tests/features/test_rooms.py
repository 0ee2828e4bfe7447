"""Rooms, as every protocol uses them (XEP-0045)."""

import pytest
from msgspec.structs import replace
from tests.world import Client, World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import (
    Affiliation,
    Exchange,
    Failure,
    Invitation,
    Kind,
    Message,
    Native,
    Reaction,
    Ref,
    Retraction,
    Role,
    RoomChange,
    RoomEvent,
    RoomWelcome,
    Signal,
    Tombstone,
)
from dragoman.core.moderation import AffiliationChange, RoleChange
from dragoman.core.stores import Mask, Query, RoomConfig
from dragoman.features.rooms import Wish

ROOM = Address.parse("team@rooms.example.org")
TEXT = str(ROOM)


async def party(*names: str, config: RoomConfig | None = None) -> tuple[World, list[Client]]:
    """Everybody named is inside; the first one owns the room."""
    world = World()
    clients = [await world.client(name) for name in names]
    for client in clients:
        await world.enter(client, TEXT, config=config)
    for client in clients:
        client.take()
    return world, clients


async def refused(call: object) -> Condition:
    with pytest.raises(Refused) as info:
        await call  # type: ignore[misc]
    return info.value.condition


def changes(client: Client) -> list[tuple[RoomEvent, str, bool]]:
    return [(c.what, c.sender.resource, c.own) for c in client.take(RoomChange)]


async def shout(world: World, client: Client, text: str, **fields: object) -> Message:
    said = await world.say(client, TEXT, text, kind=Kind.GROUPCHAT, **fields)
    assert isinstance(said, Message)
    return said


async def test_whoever_opens_a_room_owns_it_and_is_welcomed() -> None:
    world = World()
    alice = await world.client("alice")
    await world.enter(alice, TEXT)
    (welcome,) = alice.take(RoomWelcome)
    assert welcome.created and welcome.occupant.affiliation is Affiliation.OWNER
    assert welcome.occupant.role is Role.MODERATOR and welcome.occupants == ()


async def test_a_newcomer_sees_who_is_there_and_the_others_see_it_come() -> None:
    world, (alice, bob) = await party("alice", "bob")
    carol = await world.client("carol")
    await world.enter(carol, TEXT)
    (welcome,) = carol.take(RoomWelcome)
    assert [view.nick for view, _ in welcome.occupants] == ["alice", "bob"]
    assert changes(alice) == changes(bob) == [(RoomEvent.ENTERED, "carol", False)]


async def test_accounts_are_for_moderators_unless_the_room_is_open_about_them() -> None:
    for open_ in (False, True):
        world, (alice, bob) = await party("alice", "bob", config=RoomConfig(non_anonymous=open_))
        carol = await world.client("carol")
        await world.enter(carol, TEXT)
        seen = [client.take(RoomChange)[0].occupant for client in (alice, bob)]
        assert [view.account is not None for view in seen if view] == [True, open_]


async def test_two_sessions_of_one_account_are_one_occupant_who_leaves_with_the_last() -> None:
    world, (alice, bob) = await party("alice", "bob")
    second = await world.client("bob", "second")
    await world.enter(second, TEXT, "robert")
    (welcome,) = second.take(RoomWelcome)
    assert welcome.resumed and welcome.nick_assigned and welcome.occupant.nick == "bob"
    assert [what for what, _, _ in changes(alice)] == [RoomEvent.PRESENCE]
    await world.services.sessions.close(bob.session)
    assert [what for what, _, _ in changes(alice)] == [RoomEvent.PRESENCE]
    await world.services.sessions.close(second.session)
    assert changes(alice) == [(RoomEvent.GONE, "bob", False)]


async def test_a_message_reaches_everybody_its_sender_too_under_one_id() -> None:
    world, (alice, bob) = await party("alice", "bob")
    said = await shout(world, alice, "hello")
    heard = [client.take(Message)[0] for client in (alice, bob)]
    assert {m.archive_id for m in heard} == {said.archive_id}
    assert [m.sender for m in heard] == [ROOM.at("alice")] * 2 and heard[0].recipient == ROOM


async def test_only_occupants_speak_and_visitors_do_not() -> None:
    world, (alice, bob) = await party("alice", "bob", config=RoomConfig(moderated=True))
    carol = await world.client("carol")
    assert await refused(shout(world, carol, "hi")) is Condition.NOT_ACCEPTABLE
    assert await refused(shout(world, bob, "hi")) is Condition.FORBIDDEN
    await world.services.room_rule.set_roles(alice.session, ROOM, [RoleChange("bob", Role.PARTICIPANT, voiced=True)])
    await shout(world, bob, "hi")


async def test_history_ends_where_live_messages_begin() -> None:
    world, (alice,) = await party("alice")
    for number in range(30):
        await shout(world, alice, str(number))
    bob = await world.client("bob")
    await world.enter(bob, TEXT, wish=Wish(messages=3))
    await shout(world, alice, "live")
    heard = bob.take()
    welcome = next(event for event in heard if isinstance(event, RoomWelcome))
    assert [m.text for m in welcome.history if isinstance(m, Message)] == ["27", "28", "29"]
    assert all(m.sent_at for m in welcome.history)
    assert [m.text for m in heard if isinstance(m, Message)] == ["live"]


@pytest.mark.parametrize(
    ("config", "condition"),
    [
        (RoomConfig(members_only=True), Condition.REGISTRATION_REQUIRED),
        (RoomConfig(password="sesame"), Condition.NOT_AUTHORIZED),
        (RoomConfig(max_occupants=1), Condition.SERVICE_UNAVAILABLE),
    ],
)
async def test_a_closed_door_says_why(config: RoomConfig, condition: Condition) -> None:
    world, _ = await party("alice", config=config)
    bob = await world.client("bob")
    assert await refused(world.enter(bob, TEXT)) is condition


async def test_a_locked_room_is_not_there_for_others_until_its_owner_configured_it() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.enter(alice, TEXT, unsettled=True, locked=True)
    world.clock.advance(10_000_000)
    assert await refused(world.enter(bob, TEXT)) is Condition.ITEM_NOT_FOUND
    await world.services.room_rule.configure(alice.session, ROOM, RoomConfig())
    await world.enter(bob, TEXT)


async def test_a_new_room_takes_the_first_who_comes_while_nobody_chooses_how_it_is_to_be() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.enter(alice, TEXT, unsettled=True)
    await world.enter(bob, TEXT)
    room = await world.services.rooms.existing(ROOM)
    world.services.rooms.hold(room)  # it is too late for that: the room is in use
    await world.enter(await world.client("carol"), TEXT)
    assert set(room.occupants) == {"alice", "bob", "carol"}


async def test_nobody_comes_in_while_the_owner_chooses_but_a_choice_that_is_never_made_ends() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.enter(alice, TEXT, unsettled=True)
    room = await world.services.rooms.existing(ROOM)
    world.services.rooms.hold(room)
    domain = next(iter(world.services.domains))
    assert await refused(world.enter(bob, TEXT)) is Condition.ITEM_NOT_FOUND
    assert await world.services.rooms.visible(domain, bob.session.account) == []
    world.clock.advance(121)
    assert await world.services.rooms.visible(domain, bob.session.account) == [room]
    await world.enter(bob, TEXT)


async def test_a_kept_room_that_its_owner_left_without_a_choice_is_open() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.enter(alice, TEXT, unsettled=True, locked=True, config=RoomConfig(persistent=True))
    await world.services.rooms.leave(alice.session, ROOM)
    await world.enter(bob, TEXT)


async def test_an_invitation_opens_the_door_once() -> None:
    world, (alice,) = await party("alice", config=RoomConfig(members_only=True))
    bob = await world.client("bob")
    await world.services.room_rule.invite(alice.session, ROOM, bob.session.account, reason="come")
    (invitation,) = bob.take(Invitation)
    assert invitation.room == ROOM and invitation.reason == "come"
    await world.enter(bob, TEXT)
    await world.services.rooms.leave(bob.session, ROOM)
    assert await refused(world.enter(bob, TEXT)) is Condition.REGISTRATION_REQUIRED


async def test_an_invitation_to_somebody_away_waits() -> None:
    world, (alice,) = await party("alice")
    await world.account("bob")
    await world.services.room_rule.invite(alice.session, ROOM, Address("bob", "example.org"))
    bob = await world.client("bob", priority=None)
    await world.announce(bob)
    assert [i.room for i in bob.take(Invitation)] == [ROOM]


async def test_names_in_use_kept_or_of_other_accounts_are_refused() -> None:
    world, (alice, _) = await party("alice", "bob")
    await world.account("dora")
    carol = await world.client("carol")
    for nick in ("bob", "Dora"):
        assert await refused(world.enter(carol, TEXT, nick)) is Condition.CONFLICT
    kept = AffiliationChange(Address("dora", "example.org"), Affiliation.MEMBER, nick="boss")
    await world.services.room_rule.set_affiliations(alice.session, ROOM, [kept])
    assert await refused(world.enter(carol, TEXT, "boss")) is Condition.CONFLICT
    await world.enter(carol, TEXT, "caroline")
    await world.services.rooms.rename(carol.session, ROOM, "carrie")
    assert (RoomEvent.RENAMED, "caroline", False) in changes(alice)


async def test_a_kick_puts_out_and_everybody_learns_why() -> None:
    world, (alice, bob, carol) = await party("alice", "bob", "carol")
    kick = RoleChange("bob", Role.NONE, "enough")
    assert await refused(world.services.room_rule.set_roles(carol.session, ROOM, [kick])) is Condition.FORBIDDEN
    await world.services.room_rule.set_roles(alice.session, ROOM, [kick])
    assert changes(bob) == [(RoomEvent.KICKED, "bob", True)]
    (told,) = carol.take(RoomChange)
    assert told.reason == "enough" and told.actor is not None and told.actor.nick == "alice"
    assert await refused(shout(world, bob, "hi")) is Condition.NOT_ACCEPTABLE


async def test_a_ban_lasts_and_nobody_bans_itself_or_the_last_owner() -> None:
    world, (alice, bob) = await party("alice", "bob")
    rule = world.services.room_rule

    def outcast(client: Client) -> list[AffiliationChange]:
        return [AffiliationChange(client.session.account, Affiliation.OUTCAST)]

    assert await refused(rule.set_affiliations(bob.session, ROOM, outcast(alice))) is Condition.FORBIDDEN
    assert await refused(rule.set_affiliations(alice.session, ROOM, outcast(alice))) is Condition.CONFLICT
    step_down = [AffiliationChange(alice.session.account, Affiliation.MEMBER)]
    assert await refused(rule.set_affiliations(alice.session, ROOM, step_down)) is Condition.CONFLICT
    await rule.set_affiliations(alice.session, ROOM, outcast(bob))
    assert changes(bob) == [(RoomEvent.BANNED, "bob", True)]
    assert await refused(world.enter(bob, TEXT)) is Condition.FORBIDDEN


async def test_a_mask_bans_and_an_exception_lets_in() -> None:
    world, (alice,) = await party("alice")
    rule = world.services.room_rule
    bob = await world.client("bob")
    assert await rule.add_mask(alice.session, ROOM, Mask("ban", "B?B!*@*"))
    assert not await rule.add_mask(alice.session, ROOM, Mask("ban", "b?b!*@*"))
    assert await refused(world.enter(bob, TEXT)) is Condition.FORBIDDEN
    await rule.add_mask(alice.session, ROOM, Mask("exception", "*!bob@*"))
    await world.enter(bob, TEXT)
    assert await rule.remove_mask(alice.session, ROOM, "ban", "b?b!*@*")


async def test_turning_a_room_into_one_for_members_puts_the_others_out() -> None:
    world, (alice, bob) = await party("alice", "bob")
    await world.services.room_rule.configure(alice.session, ROOM, RoomConfig(members_only=True))
    assert (RoomEvent.MEMBERS_ONLY, "bob", True) in changes(bob)


async def test_turning_moderation_on_silences_and_off_gives_voice_back() -> None:
    world, (alice, bob) = await party("alice", "bob")
    for moderated, role in ((True, Role.VISITOR), (False, Role.PARTICIPANT)):
        await world.services.room_rule.set_modes(alice.session, ROOM, RoomConfig(moderated=moderated))
        assert [c.occupant.role for c in bob.take(RoomChange) if c.what is RoomEvent.STANDING and c.occupant] == [role]


async def test_only_owners_decide_what_is_kept_and_shown() -> None:
    world, (alice, bob) = await party("alice", "bob")
    admin = AffiliationChange(bob.session.account, Affiliation.ADMIN)
    await world.services.room_rule.set_affiliations(alice.session, ROOM, [admin])
    rule = world.services.room_rule
    await rule.set_modes(bob.session, ROOM, RoomConfig(moderated=True))
    assert await refused(rule.set_modes(bob.session, ROOM, RoomConfig(persistent=True))) is Condition.FORBIDDEN
    assert await refused(rule.configure(bob.session, ROOM, RoomConfig())) is Condition.FORBIDDEN


async def test_the_subject_is_told_and_kept() -> None:
    world, (alice, bob) = await party("alice", "bob")
    rule = world.services.room_rule
    assert await refused(rule.set_subject(bob.session, ROOM, "mine")) is Condition.FORBIDDEN
    await rule.set_subject(alice.session, ROOM, "ours")
    assert [c.subject for c in bob.take(RoomChange)] == ["ours"]
    carol = await world.client("carol")
    await world.enter(carol, TEXT)
    (welcome,) = carol.take(RoomWelcome)
    assert (welcome.subject, welcome.subject_author) == ("ours", "alice")


async def test_a_room_ends_with_its_last_occupant_and_its_history_too_unless_it_is_persistent() -> None:
    for persistent in (False, True):
        world, (alice,) = await party("alice", config=RoomConfig(persistent=persistent))
        await shout(world, alice, "hi")
        await world.services.rooms.leave(alice.session, ROOM)
        assert (await world.services.rooms.get(ROOM) is not None) is persistent
        page = await world.services.history.query(Query(owner=ROOM))
        assert bool(page.records) is persistent


async def test_destroying_tells_where_to_go_instead() -> None:
    world, (alice, bob) = await party("alice", "bob")
    other = Address.parse("new@rooms.example.org")
    assert await refused(world.services.room_rule.destroy(bob.session, ROOM)) is Condition.FORBIDDEN
    await world.services.room_rule.destroy(alice.session, ROOM, to=other, reason="moved")
    told = [c for c in bob.take(RoomChange) if c.own]
    assert [(c.what, c.to, c.reason) for c in told] == [(RoomEvent.DESTROYED, other, "moved")]
    assert world.services.rooms.entered(bob.address) == set()


async def test_a_private_message_passes_through_the_room() -> None:
    world, (alice, bob, carol) = await party("alice", "bob", "carol")
    await world.say(alice, f"{TEXT}/bob", "psst")
    (whisper,) = bob.take(Message)
    assert whisper.sender == ROOM.at("alice") and carol.take() == []
    await world.services.room_rule.configure(alice.session, ROOM, RoomConfig(private_messages=False))
    assert await refused(world.say(bob, f"{TEXT}/carol", "psst")) is Condition.NOT_ALLOWED
    assert await refused(world.say(alice, f"{TEXT}/dora", "psst")) is Condition.ITEM_NOT_FOUND


async def test_a_question_to_an_occupant_is_answered_to_the_session_that_asked() -> None:
    world, (alice, bob) = await party("alice", "bob")
    ask = Signal(
        sender=alice.address, recipient=ROOM.at("bob"), id="q", exchange=Exchange.REQUEST, native=Native("xmpp", b"")
    )
    await world.services.router.route(ask, alice.session)
    (asked,) = bob.take(Signal)
    assert asked.sender == ROOM.at("alice") and asked.recipient == bob.address
    answer = replace(asked, sender=bob.address, recipient=asked.sender, exchange=Exchange.ANSWER)
    await world.services.router.route(answer, bob.session)
    (answered,) = alice.take(Signal)
    assert answered.sender == ROOM.at("bob") and answered.recipient == alice.address
    await world.services.router.route(answer, bob.session)
    assert alice.take() == []


async def test_a_resend_is_told_again_to_its_sender_only() -> None:
    world, (alice, bob) = await party("alice", "bob")
    for _ in range(2):
        await shout(world, alice, "once", origin_id="o")
    assert len(alice.take(Message)) == 2 and len(bob.take(Message)) == 1


async def test_reactions_are_told_whole_and_as_a_difference() -> None:
    world, (alice, bob) = await party("alice", "bob")
    said = await shout(world, alice, "hi")
    target = Ref(archive_id=said.archive_id)
    ends = {"sender": bob.address, "recipient": ROOM, "kind": Kind.GROUPCHAT, "target": target}
    await world.services.router.route(Reaction(**ends, emojis=("👍",)), bob.session)
    await world.services.router.route(Reaction(**ends, added=("🎉",)), bob.session)
    await world.services.router.route(Reaction(**ends, emojis=("🎉",)), bob.session)
    heard = [(r.emojis, r.added, r.removed) for r in alice.take(Reaction)]
    assert heard == [(("👍",), ("👍",), ()), (("👍", "🎉"), ("🎉",), ()), (("🎉",), (), ("👍",))]


async def test_only_authors_and_moderators_retract_and_a_tombstone_stays() -> None:
    world, (alice, bob, carol) = await party("alice", "bob", "carol")
    said = await shout(world, bob, "oops", id="m1")

    def retraction(client: Client) -> Retraction:
        target = Ref(archive_id=said.archive_id)
        return Retraction(sender=client.address, recipient=ROOM, kind=Kind.GROUPCHAT, target=target)

    assert await refused(world.services.router.route(retraction(carol), carol.session)) is Condition.FORBIDDEN
    await world.services.router.route(retraction(alice), alice.session)
    (told,) = carol.take(Retraction)
    assert told.moderator == "alice" and told.target == Ref("m1", said.archive_id)
    page = await world.services.history.query(Query(owner=ROOM))
    assert [type(r.event) for r in page.records] == [Tombstone, Retraction]


async def test_only_its_author_corrects_a_message() -> None:
    world, (alice, bob) = await party("alice", "bob")
    await shout(world, alice, "wrong", id="m1")
    assert await refused(shout(world, bob, "forged", corrects=Ref("m1"))) is Condition.FORBIDDEN
    right = await shout(world, alice, "right", corrects=Ref("m1"))
    assert right.corrects is not None and right.corrects.archive_id


async def test_a_session_that_answers_with_errors_is_put_out() -> None:
    world, (alice, bob) = await party("alice", "bob")
    for condition, is_inside in ((Condition.NOT_ACCEPTABLE, True), (Condition.RECIPIENT_UNAVAILABLE, False)):
        failure = Failure(sender=bob.address, recipient=ROOM, kind=Kind.GROUPCHAT, condition=condition)
        await world.services.router.route(failure, bob.session)
        assert (ROOM in world.services.rooms.entered(bob.address)) is is_inside
    assert [what for what, _, _ in changes(alice)] == [RoomEvent.UNREACHABLE]


async def test_rooms_left_over_from_before_a_stop_are_swept_unless_persistent() -> None:
    world = World()
    owner = Address("alice", "example.org")
    await world.account("alice")
    for name, persistent in (("gone", False), ("kept", True)):
        await world.services.rooms.create(Address(name, "rooms.example.org"), owner, RoomConfig(persistent=persistent))
    assert await world.services.rooms.sweep() == 1
    (domain,) = world.domains
    assert [room.address.local for room in await world.services.rooms.all(domain)] == ["kept"]
