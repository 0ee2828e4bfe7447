"""Who may do what to whom (XEP-0045 §5, §8 to §10), as a table."""

import pytest

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation, Presence, Role, RoomEvent
from dragoman.core.moderation import (
    SERVER_OWNER,
    Actor,
    AffiliationChange,
    RoleChange,
    configure,
    destroy,
    set_affiliations,
    set_roles,
)
from dragoman.core.room import Grant, Room, new_record
from dragoman.core.stores import RoomConfig

ROOM = Address("team", "rooms.example.org")
NAMES = ("owner", "admin", "member", "nobody", "other")
ACCOUNTS = {name: Address(name, "example.org") for name in NAMES}


def house(**config: bool) -> Room:
    """Somebody of each affiliation is inside."""
    room = Room(new_record(ROOM, RoomConfig(**config), ACCOUNTS["owner"], 0.0), str)
    for name in ("admin", "member"):
        room.grants[ACCOUNTS[name]] = Grant(Affiliation(name))
    for name, account in ACCOUNTS.items():
        session = account.at("r")
        room.enter(session, name, Presence(sender=session, recipient=ROOM.at(name)))
    return room


def actor(room: Room, name: str) -> Actor:
    return SERVER_OWNER if name == "server" else Actor.of(room, ACCOUNTS[name])


@pytest.mark.spec("XEP-0045", "8.2")
@pytest.mark.parametrize(
    ("who", "whom", "condition"),
    [
        ("owner", "admin", None),
        ("admin", "member", None),
        ("admin", "nobody", None),
        ("admin", "owner", Condition.NOT_ALLOWED),
        ("member", "nobody", Condition.FORBIDDEN),
        ("nobody", "nobody", Condition.FORBIDDEN),
        ("server", "owner", None),
        ("owner", "stranger", Condition.ITEM_NOT_FOUND),
    ],
)
def test_a_kick_is_for_moderators_and_never_upwards(who: str, whom: str, condition: Condition | None) -> None:
    room = house()
    if condition is None:
        (told,) = set_roles(room, actor(room, who), [RoleChange(whom, Role.NONE, "out")])
        assert (told.change.what, told.change.reason) == (RoomEvent.KICKED, "out")
        assert whom not in room.occupants and told.gone == (ACCOUNTS[whom].at("r"),)
        return
    with pytest.raises(Refused) as refused:
        set_roles(room, actor(room, who), [RoleChange(whom, Role.NONE)])
    assert refused.value.condition is condition
    assert len(room.occupants) == len(NAMES)


@pytest.mark.spec("XEP-0045", "9.6")
@pytest.mark.parametrize(
    ("who", "whom", "role", "condition"),
    [
        ("admin", "nobody", Role.MODERATOR, None),
        ("owner", "member", Role.VISITOR, None),
        ("owner", "admin", Role.PARTICIPANT, Condition.NOT_ALLOWED),
        ("member", "nobody", Role.MODERATOR, Condition.FORBIDDEN),
    ],
)
def test_who_makes_whom_what(who: str, whom: str, role: Role, condition: Condition | None) -> None:
    room = house()
    try:
        set_roles(room, actor(room, who), [RoleChange(whom, role)])
    except Refused as refused:
        assert refused.condition is condition
    else:
        assert condition is None and room.occupants[whom].role is role


def test_of_several_changes_all_happen_or_none() -> None:
    room = house()
    changes = [RoleChange("nobody", Role.NONE), RoleChange("owner", Role.NONE)]
    with pytest.raises(Refused):
        set_roles(room, actor(room, "admin"), changes)
    assert "nobody" in room.occupants


@pytest.mark.spec("XEP-0045", "5.2.1")
@pytest.mark.parametrize(
    ("who", "whom", "affiliation", "condition"),
    [
        ("admin", "nobody", Affiliation.MEMBER, None),
        ("admin", "nobody", Affiliation.OUTCAST, None),
        ("admin", "nobody", Affiliation.ADMIN, Condition.FORBIDDEN),
        ("admin", "owner", Affiliation.NONE, Condition.NOT_ALLOWED),
        ("owner", "admin", Affiliation.OWNER, None),
        ("owner", "owner", Affiliation.NONE, Condition.CONFLICT),
        ("owner", "owner", Affiliation.OUTCAST, Condition.CONFLICT),
        ("member", "nobody", Affiliation.MEMBER, Condition.FORBIDDEN),
        ("server", "owner", Affiliation.OUTCAST, Condition.CONFLICT),
    ],
)
def test_who_gives_which_affiliation(
    who: str, whom: str, affiliation: Affiliation, condition: Condition | None
) -> None:
    room = house()
    before = dict(room.grants)
    try:
        set_affiliations(room, actor(room, who), [AffiliationChange(ACCOUNTS[whom], affiliation)])
    except Refused as refused:
        assert refused.condition is condition
        assert room.grants == before
    else:
        assert condition is None and room.affiliation(ACCOUNTS[whom]) is affiliation


def test_an_owner_may_go_where_another_one_comes() -> None:
    room = house()
    changes = [
        AffiliationChange(ACCOUNTS["owner"], Affiliation.NONE),
        AffiliationChange(ACCOUNTS["admin"], Affiliation.OWNER),
    ]
    set_affiliations(room, actor(room, "owner"), changes)
    assert room.affiliation(ACCOUNTS["admin"]) is Affiliation.OWNER


def test_a_ban_puts_out_at_once_and_an_affiliation_of_somebody_away_is_only_told() -> None:
    room = house()
    (told,) = set_affiliations(room, SERVER_OWNER, [AffiliationChange(ACCOUNTS["other"], Affiliation.OUTCAST)])
    assert told.change.what is RoomEvent.BANNED and "other" not in room.occupants
    away = Address("away", "example.org")
    (told,) = set_affiliations(room, SERVER_OWNER, [AffiliationChange(away, Affiliation.MEMBER)])
    assert told.change.what is RoomEvent.AFFILIATION


@pytest.mark.spec("XEP-0045", "10.2")
def test_only_owners_configure_and_those_who_may_not_stay_go() -> None:
    room = house()
    with pytest.raises(Refused):
        configure(room, actor(room, "admin"), RoomConfig(title="Mine"))
    told = configure(room, actor(room, "owner"), RoomConfig(members_only=True))
    assert told[0].change.what is RoomEvent.CONFIGURED and "members_only" in told[0].change.changes
    assert {item.change.what for item in told[1:]} == {RoomEvent.MEMBERS_ONLY}
    assert set(room.occupants) == {"owner", "admin", "member"}


def test_only_owners_end_a_room() -> None:
    room = house()
    with pytest.raises(Refused):
        destroy(room, actor(room, "admin"), to=None, reason="over")
    elsewhere = Address("new", "rooms.example.org")
    told = destroy(room, actor(room, "owner"), to=elsewhere, reason="over")
    assert {item.change.what for item in told} == {RoomEvent.DESTROYED}
    assert {item.change.to for item in told} == {elsewhere}
