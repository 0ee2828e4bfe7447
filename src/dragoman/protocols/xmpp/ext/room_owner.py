"""A room's settings and its end (XEP-0045 §10), by its owners."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation
from dragoman.core.room import Room
from dragoman.core.stores import RoomConfig
from dragoman.formats.xml import Element, element
from dragoman.protocols.xmpp import forms
from dragoman.protocols.xmpp.namespaces import FORMS, MUC_OWNER, MUC_ROOMCONFIG
from dragoman.protocols.xmpp.server import Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

_P = "muc#roomconfig_"
_WHOIS = ("moderators", "anyone")
_SIZES = (10, 20, 50, 100, 200, 500, 1000)
_MAX_HISTORY = 250


async def _get(client: "Client", query: Query) -> Element | None:
    room = await _owned(client, query)
    client.server.services.rooms.hold(room)
    return element("query", MUC_OWNER, forms.form(MUC_ROOMCONFIG, _fields(room.config), title="Settings of the room"))


async def _set(client: "Client", query: Query) -> Element | None:
    services = client.server.services
    destroy = query.payload.child("destroy")
    if destroy is not None:
        await services.rooms.existing(query.to)
        to = Address.parse(destroy.get("jid")) if destroy.get("jid") else None
        await services.room_rule.destroy(client.session, query.to, to=to, reason=destroy.child_text("reason"))
        return None
    room = await _owned(client, query)
    form = query.payload.child("x", FORMS)
    if form is not None and form.get("type") == "cancel":
        # §10.1.3: a room whose first settings are cancelled never was; later, nothing changes.
        if room.unsettled:
            await services.room_rule.destroy(client.session, query.to)
        return None
    config = _read(forms.read(form, MUC_ROOMCONFIG), room.config)
    await services.room_rule.configure(client.session, query.to, config)
    return None


async def _owned(client: "Client", query: Query) -> Room:
    services = client.server.services
    room = await services.rooms.existing(query.to)
    if services.room_rule.actor(room, client.session).affiliation is not Affiliation.OWNER:
        raise Refused(Condition.FORBIDDEN, "only owners configure a room")
    return room


def _fields(config: RoomConfig) -> list[Element]:
    return [
        forms.field(_P + "roomname", config.title, kind="text-single", label="Name"),
        forms.field(_P + "roomdesc", config.description, kind="text-single", label="Description"),
        forms.field(_P + "lang", config.language, kind="text-single", label="Language"),
        forms.field(_P + "persistentroom", config.persistent, label="Keep the room when the last one leaves"),
        forms.field(_P + "publicroom", config.public, label="Show the room in lists"),
        forms.field(_P + "membersonly", config.members_only, label="Only members may enter"),
        forms.field(_P + "moderatedroom", config.moderated, label="Only those with voice may speak"),
        forms.field(_P + "passwordprotectedroom", bool(config.password), label="A password is needed to enter"),
        forms.field(_P + "roomsecret", config.password, kind="text-private", label="Password"),
        forms.field(
            _P + "whois",
            "anyone" if config.non_anonymous else "moderators",
            kind="list-single",
            label="Who sees the occupants' addresses",
            options=_WHOIS,
        ),
        forms.field(_P + "changesubject", not config.subject_locked, label="Occupants may change the subject"),
        forms.field(_P + "allowinvites", config.open_invitations, label="Occupants may invite"),
        forms.field(
            _P + "allowpm",
            "anyone" if config.private_messages else "moderators",
            kind="list-single",
            label="Who may send private messages",
            options=("anyone", "moderators"),
        ),
        _max_users(config.max_occupants),
        forms.field(_P + "enablearchiving", config.archived, label="Keep what is said"),
        forms.field(
            "muc#maxhistoryfetch", str(config.history), kind="text-single", label="Messages that a newcomer is shown"
        ),
    ]


def _max_users(limit: int) -> Element:
    """§16.5.2: a choice of numbers, with ``none`` for no limit; what is set is among them."""
    sizes = sorted({*_SIZES, limit} - {0})
    value = str(limit) if limit else "none"
    options = (*map(str, sizes), "none")
    return forms.field(_P + "maxusers", value, kind="list-single", label="Most occupants", options=options)


def _read(values: forms.Values, old: RoomConfig) -> RoomConfig:
    """The new settings; what the form leaves out stays (§10.1.3: an empty form accepts what there is)."""
    password = forms.text(values, _P + "roomsecret", old.password)
    if not forms.boolean(values, _P + "passwordprotectedroom", default=bool(password)):
        password = ""
    elif not password:
        raise Refused(Condition.NOT_ACCEPTABLE, "a room with a password needs one")
    whois = forms.text(values, _P + "whois", _WHOIS[old.non_anonymous])
    if whois not in _WHOIS:
        raise Refused(Condition.NOT_ACCEPTABLE, "addresses are seen by moderators or by anyone")

    def flag(name: str, default: bool) -> bool:
        return forms.boolean(values, _P + name, default=default)

    return replace(
        old,
        title=forms.text(values, _P + "roomname", old.title),
        description=forms.text(values, _P + "roomdesc", old.description),
        language=forms.text(values, _P + "lang", old.language),
        persistent=flag("persistentroom", old.persistent),
        public=flag("publicroom", old.public),
        members_only=flag("membersonly", old.members_only),
        moderated=flag("moderatedroom", old.moderated),
        password=password,
        non_anonymous=whois == "anyone",
        subject_locked=not flag("changesubject", not old.subject_locked),
        open_invitations=flag("allowinvites", old.open_invitations),
        private_messages=forms.text(values, _P + "allowpm", "anyone" if old.private_messages else "") == "anyone",
        max_occupants=0
        if forms.text(values, _P + "maxusers", "") == "none"
        else forms.number(values, _P + "maxusers", old.max_occupants),
        archived=flag("enablearchiving", old.archived),
        history=min(_MAX_HISTORY, forms.number(values, "muc#maxhistoryfetch", old.history)),
    )


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ROOM, "get", MUC_OWNER, "query"): _get,
    (Target.ROOM, "set", MUC_OWNER, "query"): _set,
}
