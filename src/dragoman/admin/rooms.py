"""Commands on rooms, with the rights of the server's owner."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from dragoman.admin.command import Command, Done
from dragoman.admin.office import Office, account_of, room_of
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation
from dragoman.core.moderation import AffiliationChange
from dragoman.core.room import Room
from dragoman.core.stores import RoomConfig
from dragoman.formats import settings

RoomName = Annotated[str, Meta(description="The room's address, or only its name where the server has one domain.")]
Setting = Annotated[str, Meta(description="Settings as NAME=VALUE, such as title=Team or members_only=true.")]


class List(Struct, frozen=True, forbid_unknown_fields=True):
    """List all rooms, hidden ones too."""


class Create(Struct, frozen=True, forbid_unknown_fields=True):
    """Open a room that stays when it is empty."""

    room: RoomName
    owner: Annotated[str, Meta(description="The account that is to own it.")]
    settings: tuple[Setting, ...] = ()


class Show(Struct, frozen=True, forbid_unknown_fields=True):
    """Show a room's settings, affiliations and occupants."""

    room: RoomName


class Set(Struct, frozen=True, forbid_unknown_fields=True):
    """Change settings of a room."""

    room: RoomName
    settings: tuple[Setting, ...]


class Remove(Struct, frozen=True, forbid_unknown_fields=True):
    """End a room; its history goes with it."""

    room: RoomName
    reason: Annotated[str, Meta(description="What its occupants are told.")] = ""


class Affiliate(Struct, frozen=True, forbid_unknown_fields=True):
    """Make an account owner, admin, member or outcast of a room, or none of them."""

    room: RoomName
    account: Annotated[str, Meta(description="The account.")]
    affiliation: Affiliation
    reason: Annotated[str, Meta(description="What the account is told.")] = ""


class Line(Struct, frozen=True):
    """A room in a list."""

    room: str
    title: str
    occupants: int
    public: bool
    members_only: bool
    persistent: bool


class Inside(Struct, frozen=True):
    """An occupant as an owner sees it."""

    nick: str
    account: str
    role: str
    affiliation: str


class View(Struct, frozen=True):
    """All of a room."""

    room: str
    subject: str
    settings: RoomConfig
    affiliations: dict[str, str]
    occupants: list[Inside]


async def list_rooms(office: Office, arguments: List) -> list[Line]:
    rooms = [room for domain in office.services.domains for room in await office.services.rooms.all(domain)]
    return [_line(room) for room in rooms]


async def create(office: Office, arguments: Create) -> Done:
    address, owner = room_of(office, arguments.room), account_of(office, arguments.owner)
    if not await office.services.accounts.exists(owner):
        raise Refused(Condition.ITEM_NOT_FOUND, f"there is no account {owner}")
    domain = office.services.domains.of_rooms(address.domain)
    standard = domain.policy.room if domain is not None else RoomConfig()
    config = changed(msgspec.structs.replace(standard, persistent=True), arguments.settings)
    await office.services.rooms.create(address, owner, config)
    return Done(f"{address} is open; {owner} owns it")


async def show(office: Office, arguments: Show) -> View:
    room = await office.services.rooms.existing(room_of(office, arguments.room))
    record = room.record()
    return View(
        room=str(room.address),
        subject=record.subject,
        settings=record.config,
        affiliations={str(account): str(affiliation) for account, affiliation, _, _ in record.affiliations},
        occupants=[
            Inside(occupant.nick, str(occupant.account), str(occupant.role), str(room.affiliation(occupant.account)))
            for occupant in room.occupants.values()
        ],
    )


async def set_settings(office: Office, arguments: Set) -> Done:
    address = room_of(office, arguments.room)
    room = await office.services.rooms.existing(address)
    await office.services.room_rule.configure(None, address, changed(room.config, arguments.settings))
    return Done(f"{address} is changed")


async def remove(office: Office, arguments: Remove) -> Done:
    address = room_of(office, arguments.room)
    await office.services.room_rule.destroy(None, address, reason=arguments.reason)
    return Done(f"{address} is no more")


async def affiliate(office: Office, arguments: Affiliate) -> Done:
    address, account = room_of(office, arguments.room), account_of(office, arguments.account)
    change = AffiliationChange(account, arguments.affiliation, arguments.reason)
    await office.services.room_rule.set_affiliations(None, address, [change])
    return Done(f"{account} is {arguments.affiliation} of {address}")


def changed(config: RoomConfig, assignments: Sequence[str]) -> RoomConfig:
    """Settings with some changed by text, as ``title=Team``; ``Refused(bad-request)`` with all that is wrong."""
    table: dict[str, Any] = {}
    mistakes = []
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        mistake = settings.put(RoomConfig, table, (name,), value) if equals else None
        if not equals:
            mistakes.append(f"{assignment!r} has no =")
        if mistake:
            mistakes.append(f"{name} {mistake.text}")
    if mistakes:
        raise Refused(Condition.BAD_REQUEST, "; ".join(mistakes))
    return msgspec.structs.replace(config, **table)


def _line(room: Room) -> Line:
    config = room.config
    return Line(
        str(room.address), config.title, len(room.occupants), config.public, config.members_only, config.persistent
    )


COMMANDS = (
    Command("room list", List, list_rooms),
    Command("room create", Create, create),
    Command("room show", Show, show),
    Command("room set", Set, set_settings),
    Command("room remove", Remove, remove, destroys="removes the room and its history for good"),
    Command("room affiliate", Affiliate, affiliate),
)
