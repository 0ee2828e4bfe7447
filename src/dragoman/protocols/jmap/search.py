"""Message/query: a page of a conversation, or what is found by words, over all archives that the account may read."""

from typing import TYPE_CHECKING

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.clock import id_floor, id_text
from dragoman.core.model import Message
from dragoman.core.stores import Archived, Query
from dragoman.protocols.jmap.errors import MethodError
from dragoman.protocols.jmap.ids import peer_of
from dragoman.protocols.jmap.moments import position, read_moment
from dragoman.protocols.jmap.standard import Answer, QueryFor, check_account, queried, read, rising
from dragoman.protocols.jmap.summary import is_shown

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

MOST = 250
_USUAL = 50
#: How far into a result one may skip, and how many results are counted.
_FAR = 5000


class Filter(Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages; all of it has to hold."""

    conversationId: str = ""
    text: str = ""
    from_: str = ""
    after: str = ""
    before: str = ""
    hasFile: bool | None = None


class _Wanted(Struct, frozen=True, kw_only=True):
    sources: list[tuple[Address, Address | None]]
    filter: Filter
    after: int = 0
    before: int = 0


async def query(client: "Client", arguments: Answer) -> Answer:
    """RFC 8620 §5.5, sorted by sentAt only."""
    asked = read(QueryFor, arguments)
    check_account(client, asked.accountId)
    filter = _filter(asked)
    up = rising(asked, "sentAt")
    if asked.limit is not None and asked.limit < 0:
        raise MethodError("invalidArguments", "limit is not below 0")
    limit = min(asked.limit if asked.limit is not None else _USUAL, MOST)
    if filter.text:
        client.desk.services.limits.spend(client.account, 2)
    state = await client.desk.message_state()
    wanted = _Wanted(
        sources=await _sources(client, filter),
        filter=filter,
        after=max(0, id_floor(_moment(filter.after)) - 1) if filter.after else 0,
        before=id_floor(_moment(filter.before)) if filter.before else 0,
    )
    if asked.anchor is not None:
        ids, start = await _around(client, wanted, asked, limit, up=up), 0
    else:
        start = asked.position
        if not 0 <= start <= _FAR:
            raise MethodError("invalidArguments", f"position is from 0 to {_FAR}; use an anchor")
        ids = (await _page(client, wanted, start + limit, up=up))[start:]
    total = len(await _page(client, wanted, _FAR, up=True)) if asked.calculateTotal else None
    return queried(client, asked, list(map(id_text, ids)), state, position=start, total=total)


def _filter(asked: QueryFor) -> Filter:
    given = dict(asked.filter or {})
    if "operator" in given:
        raise MethodError("unsupportedFilter", "there are no operators")
    if "from" in given:
        given["from_"] = given.pop("from")
    return read(Filter, given)


def _moment(text: str) -> float:
    moment = read_moment(text)
    if moment is None:
        raise MethodError("invalidArguments", "a moment is a UTCDate")
    return moment


async def _sources(client: "Client", filter: Filter) -> list[tuple[Address, Address | None]]:
    """Whose archives to look into, and for the conversation with whom."""
    if filter.conversationId:
        peer = peer_of(client.meant(filter.conversationId))
        return [] if peer is None else [(owner, peer) for owner in await client.desk.owners(peer)]
    rooms = await client.desk.joined_rooms()
    return [(client.account, None), *((room.address, room.address) for room in rooms)]


async def _around(client: "Client", wanted: _Wanted, asked: QueryFor, limit: int, *, up: bool) -> list[int]:
    """A page by a message that is in the result: behind it, from it on, or from some before it."""
    anchor, offset = position(asked.anchor or ""), asked.anchorOffset
    if not anchor:
        raise MethodError("anchorNotFound")
    near = _Wanted(sources=wanted.sources, filter=wanted.filter, after=anchor - 1, before=anchor + 1)
    if offset <= 0 and not await _page(client, near, 1, up=True):
        raise MethodError("anchorNotFound")
    if not -_FAR <= offset <= _FAR:
        raise MethodError("invalidArguments", "anchorOffset is too large")
    ids: list[int] = []
    if offset < 0:
        ids = list(reversed(await _page(client, _beyond(wanted, anchor, up=not up), -offset, up=not up)))
    if offset <= 0:
        ids.append(anchor)
    missing = limit - len(ids) + max(0, offset - 1)
    if missing > 0:
        ids += (await _page(client, _beyond(wanted, anchor, up=up), missing, up=up))[max(0, offset - 1) :]
    return ids[:limit]


def _beyond(wanted: _Wanted, anchor: int, *, up: bool) -> _Wanted:
    if up:
        after, before = max(wanted.after, anchor), wanted.before
    else:
        after, before = wanted.after, min(wanted.before or anchor, anchor)
    return _Wanted(sources=wanted.sources, filter=wanted.filter, after=after, before=before)


async def _page(client: "Client", wanted: _Wanted, limit: int, *, up: bool) -> list[int]:
    """The first ids in the order that is wanted, over all sources."""
    found: list[int] = []
    for owner, peer in wanted.sources:
        found += await _of_source(client, wanted, owner, peer, limit, up=up)
    return sorted(set(found), reverse=not up)[:limit]


async def _of_source(
    client: "Client", wanted: _Wanted, owner: Address, peer: Address | None, limit: int, *, up: bool
) -> list[int]:
    found: list[int] = []
    after, before = wanted.after, wanted.before
    while len(found) < limit:
        query = Query(
            owner=owner,
            peer=peer,
            after=after,
            before=before,
            text=wanted.filter.text,
            limit=MOST if wanted.filter.from_ or wanted.filter.hasFile is not None else min(2 * limit, MOST),
            newest=not up,
        )
        page = await client.desk.services.history.query(query)
        records = page.records if up else tuple(reversed(page.records))
        found += [archived.id for archived in records if _fits(client, archived, wanted.filter)]
        if page.complete or not records:
            break
        after, before = (records[-1].id, before) if up else (after, records[-1].id)
    return found[:limit]


def _fits(client: "Client", archived: Archived, filter: Filter) -> bool:
    event = archived.event
    if not is_shown(event):
        return False
    if filter.hasFile is not None and filter.hasFile != (isinstance(event, Message) and bool(event.files)):
        return False
    if not filter.from_:
        return True
    occupant = event.occupant
    if occupant is None:
        return str(event.sender.bare) == filter.from_
    room = client.desk.services.rooms.loaded(archived.peer)
    sees = room is not None and room.sees_accounts(room.accounts.get(client.account))
    own = occupant.account == client.account
    return occupant.nick == filter.from_ or ((sees or own) and str(occupant.account) == filter.from_)
