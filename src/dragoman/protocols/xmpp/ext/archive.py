"""Message Archive Management (XEP-0313) of accounts and rooms: the one history, page by page."""

from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.clock import id_floor, id_moment, id_number, id_text
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Talk
from dragoman.core.room import Room
from dragoman.core.room_news import conceal_talk
from dragoman.core.stores import Archived, HistoryPreferences, Kept, Page
from dragoman.core.stores import Query as HistoryQuery
from dragoman.formats.xml import Element, element, escape_attribute
from dragoman.protocols.xmpp import forms, paging
from dragoman.protocols.xmpp.namespaces import (
    DELAY,
    FORMS,
    FORWARD,
    MAM,
    MAM_EXTENDED,
    STANZA_ID,
)
from dragoman.protocols.xmpp.server import Handler, Query, Target
from dragoman.protocols.xmpp.timestamps import read_moment, write_moment
from dragoman.protocols.xmpp.translate.presence import quoted
from dragoman.protocols.xmpp.translate.render import forwardable

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

FULL_TEXT = "{urn:xmpp:fulltext:0}fulltext"  # XEP-0431
_FIELDS = ("with", "start", "end", "before-id", "after-id", "ids", FULL_TEXT)


async def _query_account(client: "Client", query: Query) -> Element | None:
    owner = client.session.account
    asked, wanted = paging.read(query.payload), _wanted(query.payload, owner)
    return await _answer(client, query, asked, wanted, None)


async def _query_room(client: "Client", query: Query) -> Element | None:
    room = await _readable_room(client, query.to)
    asked, wanted = paging.read(query.payload), _wanted(query.payload, room.address)
    return await _answer(client, query, asked, _of_room(wanted, room), room)


async def _answer(
    client: "Client", query: Query, asked: paging.Asked, wanted: HistoryQuery, room: Room | None
) -> Element:
    history = client.server.services.history
    whole = wanted
    wanted = await _narrowed(client, wanted, asked)
    if asked.limit == 0:  # XEP-0059 §2.7: only how many there are
        return _fin(Page((), False), await history.count(whole))
    page = await history.query(wanted)
    records = page.records[::-1] if query.payload.child("flip-page") is not None else page.records
    for archived in records:
        _send_result(client, query, archived, room)
    return _fin(page, None)


def _wanted(payload: Element, owner: Address) -> HistoryQuery:
    form = payload.child("x", FORMS)
    values = forms.read(form, MAM) if form is not None else {}
    unknown = [name for name in values if name not in _FIELDS]
    if unknown:  # §4.1.5
        raise Refused(Condition.FEATURE_NOT_IMPLEMENTED, f"no filter by {unknown[0]}")
    peer = values.get("with", [""])[0]
    start, end = values.get("start", [""])[0], values.get("end", [""])[0]
    try:
        after = max(0, id_floor(read_moment(start)) - 1) if start else 0
        before = id_floor(read_moment(end) + 0.001) if end else 0
    except (ValueError, OverflowError):
        raise Refused(Condition.BAD_REQUEST, "a moment is written as in XEP-0082") from None
    return HistoryQuery(
        owner=owner,
        peer=Address.parse(peer).bare if peer else None,
        after=max(after, _position(values.get("after-id", [""])[0])),
        before=_earlier(before, _position(values.get("before-id", [""])[0])),
        ids=tuple(_position(id) for id in values.get("ids", [])),
        text=values.get(FULL_TEXT, [""])[0],
    )


def _of_room(wanted: HistoryQuery, room: Room) -> HistoryQuery:
    return HistoryQuery(
        owner=room.address,
        peer=room.address,
        after=wanted.after,
        before=wanted.before,
        ids=wanted.ids,
        text=wanted.text,
    )


async def _narrowed(client: "Client", wanted: HistoryQuery, asked: paging.Asked) -> HistoryQuery:
    """The page within what is wanted; ``Refused(item-not-found)`` where it hangs on an id that is not there (XEP-0059 §2.8)."""
    history = client.server.services.history
    ids = [_position(id) for id in (asked.after, asked.before, *map(id_text, wanted.ids)) if id]
    for number in ids:
        if await history.find(wanted.owner, None, archive_id=id_text(number)) is None:
            raise Refused(Condition.ITEM_NOT_FOUND, "there is no such message")
    return HistoryQuery(
        owner=wanted.owner,
        peer=wanted.peer,
        after=max(wanted.after, _position(asked.after)),
        before=_earlier(wanted.before, _position(asked.before)),
        ids=wanted.ids,
        text=wanted.text,
        limit=asked.limit,
        newest=asked.newest,
    )


def _position(id: str) -> int:
    if not id:
        return 0
    number = id_number(id)
    if number is None:
        raise Refused(Condition.ITEM_NOT_FOUND, "there is no such message")
    return number


def _earlier(one: int, other: int) -> int:
    return min(one, other) if one and other else one or other


async def _readable_room(client: "Client", address: Address) -> Room:
    """A room whose history somebody may read (§5.1.2): who is inside, or may come in without being asked anything."""
    room = await client.server.services.rooms.existing(address)
    if not room.is_readable_by(client.session.account, client.server.services.clock.now()):
        raise Refused(Condition.FORBIDDEN, "this history is not for you")
    return room


def _send_result(client: "Client", query: Query, archived: Archived, room: Room | None) -> None:
    owner = room.address if room is not None else client.session.account
    said: Talk = archived.event
    if room is not None:
        viewer = room.accounts.get(client.session.account)
        said = conceal_talk(room, said, viewer)
    message = forwardable(said, owner)
    if not message:
        return
    queryid = query.payload.get("queryid")
    named = f" queryid='{escape_attribute(queryid)}'" if queryid else ""
    stamp = write_moment(id_moment(archived.id))
    client.send(
        b"<message from='%b' to='%b'><result xmlns='%b'%b id='%b'><forwarded xmlns='%b'><delay xmlns='%b' stamp='%b'/>%b"
        b"</forwarded></result></message>"
        % (
            quoted(owner),
            quoted(client.address),
            MAM.encode(),
            named.encode(),
            id_text(archived.id).encode(),
            FORWARD.encode(),
            DELAY.encode(),
            stamp.encode(),
            message,
        )
    )


def _fin(page: Page, count: int | None) -> Element:
    first = id_text(page.records[0].id) if page.records else ""
    last = id_text(page.records[-1].id) if page.records else ""
    complete = "true" if page.complete else None
    return element("fin", MAM, paging.answer(first, last, count), complete=complete)


async def _form(client: "Client", query: Query) -> Element | None:
    """§4.1.1: by what a history can be searched."""
    fields = [forms.field(name, [], kind="jid-single" if name == "with" else "text-single") for name in _FIELDS]
    return element("query", MAM, forms.form(MAM, fields))


async def _metadata(client: "Client", query: Query) -> Element | None:
    """§6: where a history begins and ends."""
    if query.target is Target.ROOM:
        owner = peer = (await _readable_room(client, query.to)).address
        bounds = await client.server.services.history.bounds(owner, peer)
    else:
        bounds = await client.server.services.history.bounds(client.session.account)
    if bounds is None:
        return element("metadata", MAM)
    start, end = (
        element(name, MAM, id=id_text(number), timestamp=write_moment(id_moment(number)))
        for name, number in zip(("start", "end"), bounds, strict=True)
    )
    return element("metadata", MAM, start, end)


async def _get_preferences(client: "Client", query: Query) -> Element | None:
    """XEP-0441 §2.1."""
    return _preferences(client.server.services.preferences.get(client.session.account))


async def _set_preferences(client: "Client", query: Query) -> Element | None:
    """§2.2: the answer is what holds now."""
    account, asked = client.session.account, query.payload
    try:
        default = Kept(asked.get("default"))
    except ValueError:
        raise Refused(Condition.BAD_REQUEST, "default has to be always, never or roster") from None
    wanted = HistoryPreferences(default, _named(asked, "always"), _named(asked, "never"))
    await client.server.services.preferences.set(account, wanted)
    return _preferences(wanted)


def _named(preferences: Element, name: str) -> tuple[Address, ...]:
    named = preferences.child(name)
    jids = named.elements if named is not None else ()
    return tuple(dict.fromkeys(Address.parse(jid.text.strip()) for jid in jids if jid.name == "jid"))


def _preferences(held: HistoryPreferences) -> Element:
    lists = (
        element(name, MAM, *(element("jid", MAM, str(address)) for address in addresses))
        for name, addresses in (("always", held.always), ("never", held.never))
    )
    return element("prefs", MAM, *lists, default=held.default.value)


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ACCOUNT, "get", MAM, "query"): _form,
    (Target.ACCOUNT, "set", MAM, "query"): _query_account,
    (Target.ACCOUNT, "get", MAM, "metadata"): _metadata,
    (Target.ACCOUNT, "get", MAM, "prefs"): _get_preferences,
    (Target.ACCOUNT, "set", MAM, "prefs"): _set_preferences,
    (Target.ROOM, "get", MAM, "query"): _form,
    (Target.ROOM, "set", MAM, "query"): _query_room,
    (Target.ROOM, "get", MAM, "metadata"): _metadata,
}
_OFFERED = (MAM, MAM_EXTENDED, STANZA_ID)
FEATURES = {Target.SERVER: (MAM, STANZA_ID), Target.ACCOUNT: (*_OFFERED, FULL_TEXT), Target.ROOM: _OFFERED}
