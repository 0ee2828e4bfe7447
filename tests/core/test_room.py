import pytest

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation, Presence, Role, RoomEvent, Show
from dragoman.core.room import Room, conceal, new_record
from dragoman.core.stores import Mask, RoomConfig

ROOM = Address("team", "rooms.example.org")
ALICE, BOB, CAROL = (Address(name, "example.org") for name in ("alice", "bob", "carol"))


def room(**config: object) -> Room:
    return Room(new_record(ROOM, RoomConfig(**config), ALICE, 5.0), lambda account: f"id-{account.local}")  # type: ignore[arg-type]


def enter(room: Room, account: Address, resource: str = "r", show: Show = Show.HERE) -> Address:
    session = account.at(resource)
    room.enter(session, account.local, Presence(sender=session, recipient=ROOM.at(account.local), show=show))
    return session


def refusal(room: Room, account: Address, *, password: str = "", mask: str = "x!y@z") -> Condition | None:
    try:
        room.check_entry(account, password=password, mask=mask, now=10.0)
    except Refused as refused:
        return refused.condition
    return None


def test_what_is_kept_of_a_room_makes_the_same_room_again() -> None:
    before = room(title="Team")
    before.subject, before.subject_author, before.subject_at = "plans", "alice", 9.0
    before.masks.append(Mask("ban", "*!*@evil", "alice", 1.0))
    after = Room(before.record(), before.identify)
    assert after.record() == before.record()
    assert after.affiliation(ALICE) is Affiliation.OWNER


@pytest.mark.spec("XEP-0045", "5.1.2")
@pytest.mark.parametrize(
    ("affiliation", "moderated", "role"),
    [
        (Affiliation.OWNER, True, Role.MODERATOR),
        (Affiliation.ADMIN, True, Role.MODERATOR),
        (Affiliation.MEMBER, True, Role.PARTICIPANT),
        (Affiliation.NONE, True, Role.VISITOR),
        (Affiliation.NONE, False, Role.PARTICIPANT),
    ],
)
def test_an_affiliation_brings_its_role(affiliation: Affiliation, moderated: bool, role: Role) -> None:
    here = room(moderated=moderated)
    grant = here.grants[ALICE]
    here.grants[BOB] = type(grant)(affiliation)
    assert here.natural_role(BOB) is role


@pytest.mark.spec("XEP-0045", "7.2")
@pytest.mark.parametrize(
    ("config", "condition"),
    [
        ({}, None),
        ({"members_only": True}, Condition.REGISTRATION_REQUIRED),
        ({"password": "sesame"}, Condition.NOT_AUTHORIZED),
        ({"max_occupants": 1}, Condition.SERVICE_UNAVAILABLE),
    ],
)
def test_a_closed_door_has_its_condition_and_is_open_for_owners(
    config: dict[str, object], condition: Condition
) -> None:
    here = room(**config)
    enter(here, CAROL)
    assert refusal(here, BOB) is condition
    assert refusal(here, ALICE) is None


def test_the_right_password_and_an_invitation_open_the_door() -> None:
    assert refusal(room(password="sesame"), BOB, password="sesame") is None
    here = room(members_only=True)
    here.invited.add(BOB)
    assert refusal(here, BOB) is None
    enter(here, BOB)
    assert refusal(here, BOB) is Condition.REGISTRATION_REQUIRED, "an invitation is good once"


def test_a_mask_bans_unless_another_one_excepts() -> None:
    here = room()
    here.masks += [Mask("ban", "*!*@evil"), Mask("exception", "bob!*@*")]
    assert refusal(here, CAROL, mask="carol!c@evil") is Condition.FORBIDDEN
    assert refusal(here, BOB, mask="bob!b@evil") is None


def test_a_ban_of_a_domain_bans_everybody_of_it() -> None:
    here = room()
    here.grants[Address("", "example.org")] = type(here.grants[ALICE])(Affiliation.OUTCAST)
    assert refusal(here, BOB) is Condition.FORBIDDEN
    assert refusal(here, ALICE) is None


def test_a_nickname_in_use_or_kept_is_for_its_owner() -> None:
    here = room()
    enter(here, BOB)
    here.grants[ALICE] = type(here.grants[ALICE])(Affiliation.OWNER, nick="boss")
    here.check_nick(BOB, "bob")
    for nick in ("bob", "boss"):
        with pytest.raises(Refused) as refused:
            here.check_nick(CAROL, nick)
        assert refused.value.condition is Condition.CONFLICT


def test_several_sessions_are_one_occupant_seen_as_the_most_reachable() -> None:
    here = room()
    enter(here, ALICE)
    phone, desk = enter(here, BOB, "phone", Show.AWAY), enter(here, BOB, "desk", Show.CHAT)
    assert len(here.occupants) == 2
    assert here.occupant(phone).presence().show is Show.CHAT
    (told,) = here.leave(desk)
    assert told.change.what is RoomEvent.PRESENCE and here.occupant(phone).presence().show is Show.AWAY
    (told,) = here.leave(phone)
    assert told.change.what is RoomEvent.LEFT and told.gone == (phone,)
    assert not here.is_inside(phone)


def test_who_is_not_inside_is_not_acceptable() -> None:
    with pytest.raises(Refused) as refused:
        room().occupant(BOB.at("r"))
    assert refused.value.condition is Condition.NOT_ACCEPTABLE


@pytest.mark.spec("XEP-0045", "4.2")
def test_accounts_are_shown_to_moderators_to_oneself_and_in_open_rooms() -> None:
    here = room()
    alice, bob, carol = (here.occupant(enter(here, account)) for account in (ALICE, BOB, CAROL))
    view = here.view(bob)
    assert here.shown(view, alice).account == BOB
    assert here.shown(view, bob).account == BOB
    assert here.shown(view, carol) == conceal(view) and conceal(view).account is None
    assert here.shown(view, None).account is None
    here.config = RoomConfig(non_anonymous=True)
    assert here.shown(view, carol).account == BOB


def test_a_new_name_is_told_with_the_old_one() -> None:
    here = room()
    session = enter(here, ALICE)
    (told,) = here.rename(session, "Queen")
    assert told.change.what is RoomEvent.RENAMED
    assert told.change.before is not None and told.change.before.nick == "alice"
    assert told.change.occupant is not None and told.change.occupant.nick == "Queen"
    assert set(here.occupants) == {"Queen"}
