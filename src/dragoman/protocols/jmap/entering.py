"""Going into rooms and out, opening and arranging them, and staying in them from one connection to the next."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Presence
from dragoman.core.stores import RoomConfig
from dragoman.features.rooms import Entrance, Wish
from dragoman.protocols.jmap.errors import SetError
from dragoman.protocols.jmap.moments import read_limit

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

#: A room's settings, as they are called here and in the core.
SETTINGS = {
    "title": "title",
    "description": "description",
    "persistent": "persistent",
    "public": "public",
    "membersOnly": "members_only",
    "moderated": "moderated",
    "password": "password",
    "maxOccupants": "max_occupants",
    "nonAnonymous": "non_anonymous",
    "subjectLocked": "subject_locked",
    "openInvitations": "open_invitations",
    "archived": "archived",
    "privateMessages": "private_messages",
}
_MAX_TEXT = 4096
_NICKS = 3  # how often somebody whose name is taken tries another one


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """How to enter a room; all but ``nick`` and ``password`` count only where it is opened."""

    nick: str = ""
    password: str = ""
    title: str = ""
    description: str | None = None
    persistent: bool | None = None
    public: bool | None = None
    membersOnly: bool | None = None
    moderated: bool | None = None
    maxOccupants: int | None = None
    nonAnonymous: bool | None = None
    subjectLocked: bool | None = None
    openInvitations: bool | None = None
    archived: bool | None = None
    privateMessages: bool | None = None


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What of a room's state may be changed."""

    joined: bool | None = None
    nick: str | None = None
    subject: str | None = None
    password: str | None = None


async def open_room(client: "Client", text: str, wanted: Wanted) -> Address:
    """Enter a room, which is opened where there is none; its address."""
    address = _address(client, text, wanted.title)
    services = client.desk.services
    services.limits.spend(client.account)
    given = {name: value for name in SETTINGS if (value := getattr(wanted, name, None)) not in (None, "")}
    domain = services.domains.of_rooms(address.domain)
    config = configured(domain.policy.room, given) if domain is not None else None
    await enter(client, address, nick=wanted.nick, password=wanted.password, config=config)
    await _keep(client, address, wanted.nick, wanted.password)
    return address


def _address(client: "Client", text: str, title: str) -> Address:
    domain = client.desk.services.domains.of_accounts(client.account.domain)
    rooms = domain.rooms if domain is not None else client.account.domain
    if not text and title:
        local = "-".join("".join(sign if sign.isalnum() else " " for sign in title.lower()).split())[:60]
        text = f"{local or 'room'}-{client.desk.services.randomness.text(3)}"
    if "@" not in text:
        return Address.of(text.removeprefix("#"), rooms)
    return Address.parse(text).bare


async def enter(
    client: "Client", address: Address, *, nick: str = "", password: str = "", config: RoomConfig | None = None
) -> None:
    """Go in; under a similar nick where the account's usual one is taken. ``Refused``."""
    await client.open()
    services, session = client.desk.services, client.session
    shown = session.presence or Presence(sender=session.address, recipient=address)
    mask = f"{session.account.local}@{session.account.domain}"
    usual = nick or client.account.local
    for tried in range(1 if nick else _NICKS):
        called = usual + "_" * tried
        presence = Presence(sender=session.address, recipient=address.at(called), show=shown.show, status=shown.status)
        entrance = Entrance(
            nick=called,
            presence=presence,
            password=password,
            mask=f"{called}!{mask}",
            wish=Wish(0),
            config=config,
        )
        try:
            await services.rooms.enter(session, address, entrance)
            return
        except Refused as refused:
            if refused.condition is not Condition.CONFLICT or nick or tried == _NICKS - 1:
                raise


async def return_to_rooms(client: "Client") -> None:
    """A client is here again: go into all rooms that the account is in."""
    for row in list(await client.desk.inbox()):
        if not row.joined:
            continue
        try:
            await enter(client, row.peer, nick=row.nick, password=row.password)
        except Refused:
            continue  # it is shown as not joined


async def change_room(client: "Client", address: Address, change: Change) -> None:
    """Join, leave, be called otherwise, set the subject."""
    services = client.desk.services
    services.limits.spend(client.account)
    settings = (await client.desk.inbox()).of(address)
    if change.joined is True:
        nick, password = change.nick or settings.nick, change.password or settings.password
        if await services.rooms.get(address) is None:
            raise Refused(Condition.ITEM_NOT_FOUND, "there is no such room")
        await enter(client, address, nick=nick, password=password or await _invited_with(client, address))
        await _keep(client, address, nick, password)
    elif change.nick:
        await client.inside(address)
        await services.rooms.rename(client.session, address, _nick(address, change.nick))
        await services.inboxes.change(client.account, address, nick=change.nick)
    if change.joined is False:
        await leave(client, address)
    if change.subject is not None:
        await client.inside(address)
        await services.room_rule.set_subject(client.session, address, change.subject)


def _nick(room: Address, nick: str) -> str:
    return Address.of(room.local, room.domain, nick).resource


async def _invited_with(client: "Client", address: Address) -> str:
    from dragoman.protocols.jmap.summary import summarise

    invitation = (await summarise(client.desk, address)).invitation
    return invitation.password if invitation is not None else ""


async def leave(client: "Client", address: Address) -> None:
    """Go out with all clients that show this inbox, and stay out."""
    await client.desk.services.inboxes.change(client.account, address, joined=False)
    for other in list(client.desk.clients):
        if address in client.desk.services.rooms.entered(other.session.address):
            await client.desk.services.rooms.leave(other.session, address)


async def configure(client: "Client", address: Address, values: dict[str, Any]) -> None:
    """New settings, by an owner."""
    services = client.desk.services
    services.limits.spend(client.account)
    room = await services.rooms.existing(address)
    await services.room_rule.configure(client.session, address, configured(room.config, values))


def configured(config: RoomConfig, values: dict[str, Any]) -> RoomConfig:
    """A room's settings with some of them changed. Raises ``SetError``."""
    fields: dict[str, Any] = {}
    for name, value in values.items():
        if name not in SETTINGS:
            raise SetError("invalidProperties", f"there is no setting {name}", properties=(name,))
        current = getattr(config, SETTINGS[name])
        if type(value) is not type(current) or (isinstance(value, str) and len(value.encode()) > _MAX_TEXT):
            raise SetError("invalidProperties", f"{name} is not of its kind, or too long", properties=(name,))
        if name == "maxOccupants" and not 0 <= value < 1 << 31:
            raise SetError("invalidProperties", "maxOccupants is not below 0", properties=(name,))
        fields[SETTINGS[name]] = value
    return replace(config, **fields)


async def _keep(client: "Client", address: Address, nick: str, password: str) -> None:
    """From now on the account is in the room; what was said before counts as read."""
    services = client.desk.services
    await services.inboxes.change(client.account, address, joined=True, hidden=False, nick=nick, password=password)
    if await services.markers.get(client.account, address) is None:
        now = read_limit(services.clock.now()) >> 16
        await services.markers.set(client.account, address, now / 1000)
    for other in list(client.desk.clients):
        if other is not client and other.is_live and address not in services.rooms.entered(other.session.address):
            try:
                await enter(other, address, nick=nick, password=password)
            except Refused:
                continue  # it has just gone, or is in too many rooms
