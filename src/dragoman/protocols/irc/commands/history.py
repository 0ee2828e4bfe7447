"""CHATHISTORY and MARKREAD (IRCv3 drafts): what was said, in rooms and between people, and how far it was read."""

from collections.abc import Sequence

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.clock import id_floor, id_moment, id_number
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation, Message, Reaction, Retraction, Signal, Talk, Tombstone
from dragoman.core.stores import Archived, Query
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.network import read_text
from dragoman.protocols.irc.replay import replay
from dragoman.protocols.irc.timestamps import read_moment, write_moment

_PARAMS = {"LATEST": 4, "BEFORE": 4, "AFTER": 4, "AROUND": 4, "BETWEEN": 5, "TARGETS": 4}


class Bad(Exception):
    """A FAIL to be told: its code and context."""

    def __init__(self, code: str, *context: str) -> None:
        super().__init__(code, *context)
        self.code = code
        self.context = context


class Conversation(Struct, frozen=True):
    """Whose history it is, with whom, what the client called that, and its name in lines."""

    owner: Address
    peer: Address
    asked: str
    name: str


async def chathistory(client: Client, line: Line) -> None:
    """CHATHISTORY with all its subcommands."""
    command = line.params[0].upper() if line.params else "*"
    try:
        if command not in _PARAMS:
            raise Bad("INVALID_PARAMS", command, "Unknown command")
        if len(line.params) != _PARAMS[command]:
            few = len(line.params) < _PARAMS[command]
            raise Bad("INVALID_PARAMS", command, "Insufficient parameters" if few else "Too many parameters")
        client.network.services.limits.spend(client.account)
        if command == "TARGETS":
            await _targets(client, line.params[1:])
        else:
            await _page(client, command, line.params[1], line.params[2:])
    except Bad as bad:
        client.fail("CHATHISTORY", bad.code, *bad.context)
    except Refused as refused:
        target = line.params[1]
        code = "MESSAGE_ERROR" if refused.condition is Condition.RESOURCE_CONSTRAINT else "INVALID_TARGET"
        client.fail("CHATHISTORY", code, command, target, refused.text or "Messages could not be retrieved")


async def _page(client: Client, command: str, target: str, selectors: Sequence[str]) -> None:
    *places, count = selectors
    limit = _limit(client, command, count)
    conversation = await conversation_of(client, target)
    if conversation is None:
        raise Bad("INVALID_TARGET", command, target, "Messages could not be retrieved")
    query = Query(owner=conversation.owner, peer=conversation.peer, limit=limit)
    found = await _select(client, command, places, query)
    replay(client, conversation.asked, conversation.name, found)


def _limit(client: Client, command: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Bad("INVALID_PARAMS", command, text, "Invalid limit")
    return min(int(text), client.network.settings.max_history)


async def _select(client: Client, command: str, places: Sequence[str], query: Query) -> list[Archived]:
    first = None if command == "LATEST" and places[0] == "*" else _place(client, command, places[0])
    if first is None:
        return await _gather(client, query, newest=True)
    after, before = first
    match command:
        case "LATEST":
            return await _gather(client, query, after=after, newest=True)
        case "BEFORE":
            return await _gather(client, query, before=before, newest=True)
        case "AFTER":
            return await _gather(client, query, after=after)
        case "AROUND":
            return await _around(client, query, before)
        case _:
            other_after, other_before = _place(client, command, places[1])
            if before <= other_before:
                return await _gather(client, query, after=after, before=other_before)
            return await _gather(client, query, after=other_after, before=before, newest=True)


def _place(client: Client, command: str, text: str) -> tuple[int, int]:
    """A selector as two ids: what comes after it has a larger one than the first, what comes before a smaller one than the
    second. A millisecond has many ids, of which neither side may have any."""
    kind, _, value = text.partition("=")
    if kind == "timestamp":
        moment = read_moment(value)
        if moment is None:
            raise Bad("INVALID_PARAMS", command, text, "Invalid timestamp")
        floor = id_floor(moment + 0.0001)
        return floor + 0xFFFF, max(1, floor)
    if kind == "msgid":
        number = id_number(value)
        if number is None:
            raise Bad("INVALID_PARAMS", command, text, "Invalid msgid")
        return number, max(1, number)
    raise Bad("INVALID_MSGREFTYPE", command, text, "A place is timestamp= or msgid=")


async def _gather(
    client: Client, query: Query, *, after: int = 0, before: int = 0, newest: bool = False
) -> list[Archived]:
    """Up to the limit of what this client can be shown; what it cannot see does not count."""
    wanted = query.limit
    found: list[Archived] = []
    events = client.has(cap.EVENT_PLAYBACK)
    while len(found) < wanted:
        part = Query(
            owner=query.owner,
            peer=query.peer,
            after=after,
            before=before,
            limit=wanted,
            newest=newest,
            words_only=not events,
        )
        page = await client.network.services.history.query(part)
        shown = [record for record in page.records if _is_shown(client, record.event, events=events)]
        found = shown + found if newest else found + shown
        if page.complete or not page.records:
            break
        if newest:
            before = page.records[0].id
        else:
            after = page.records[-1].id
    return found[-wanted:] if newest else found[:wanted]


def _is_shown(client: Client, event: Talk, *, events: bool) -> bool:
    if isinstance(event, Message):
        return bool(event.text) or events
    if isinstance(event, Tombstone):
        return False
    if isinstance(event, Retraction):
        return events and client.has(cap.MESSAGE_REDACTION)
    return events and isinstance(event, Reaction | Signal) and client.has(cap.MESSAGE_TAGS)


async def _around(client: Client, query: Query, middle: int) -> list[Archived]:
    half = query.limit // 2
    whole = query.limit
    earlier = await _gather(client, query, before=middle, newest=True)
    later = await _gather(client, query, after=middle - 1)
    kept = earlier[max(0, len(earlier) - max(half, whole - len(later))) :] if half or not later else []
    return kept + later[: whole - len(kept)]


async def _targets(client: Client, params: Sequence[str]) -> None:
    ends = [_place(client, "TARGETS", param) for param in params[:2]]
    if any(param.startswith("msgid=") for param in params[:2]):
        raise Bad("INVALID_PARAMS", "TARGETS", params[0], "TARGETS takes timestamps")
    limit = _limit(client, "TARGETS", params[2])
    (after, before), (other_after, other_before) = ends
    backwards = before > other_before
    low, high = (other_after, before) if backwards else (after, other_before)
    # Without an upper end, so that the last id is the conversation's last one (chathistory §TARGETS).
    found = await client.network.services.history.conversations(client.account, after=low, before=0, limit=250)
    rooms = client.network.services.domains.of_rooms
    people = {peer: last for peer, last in found if peer != client.account and rooms(peer.domain) is None}
    places = {client.network.people.nick(peer, client.domain): last for peer, last in people.items()}
    for room in client.network.rooms_of(client.account):
        bounds = await client.network.services.history.bounds(room.address, room.address)
        if bounds is not None:
            places[client.network.people.channel(room.address, client.domain)] = bounds[1]
    inside = sorted((last, name) for name, last in places.items() if low < last < high)
    chosen = inside[-limit:] if backwards else inside[:limit]
    batch = client.network.next_batch()
    server = client.network.name
    tags = {"batch": batch}
    client.answer(Line("BATCH", (f"+{batch}", "draft/chathistory-targets"), server))
    for last, name in chosen if limit else []:
        client.answer(Line("CHATHISTORY", ("TARGETS", name, write_moment(id_moment(last))), server, tags))
    client.answer(Line("BATCH", (f"-{batch}",), server))


async def conversation_of(client: Client, target: str) -> Conversation | None:
    """What a client may read: rooms that it is inside or a member of, and what it said itself or was told."""
    network = client.network
    if target[:1] != "#":
        peer = network.resolve(target, client)
        if peer is None or not await network.services.accounts.exists(client.account):
            return None
        return Conversation(
            client.account,
            peer.bare,
            target,
            target if peer.resource else network.people.nick(peer, client.domain),
        )
    address = network.people.room(target, client.domain)
    room = await network.services.rooms.get(address) if address is not None else None
    if room is None:
        return None
    member = room.affiliation(client.account).rank >= Affiliation.MEMBER.rank
    if client.account not in room.accounts and not member:
        return None
    name = network.people.channel(room.address, client.domain)
    return Conversation(room.address, room.address, name, name)


async def markread(client: Client, line: Line) -> None:
    """MARKREAD: asked for, or moved forward; all clients of the account hear of it."""
    if not line.params or not line.params[0]:
        client.fail("MARKREAD", "NEED_MORE_PARAMS", "Missing parameters")
        return
    target = line.params[0]
    peer, name = await _marked(client, target)
    if peer is None:
        client.fail("MARKREAD", "INVALID_PARAMS", target, "Invalid target")
        return
    markers = client.network.services.markers
    if len(line.params) > 1:
        kind, _, text = line.params[1].partition("=")
        moment = read_moment(text) if kind == "timestamp" else None
        if moment is None:
            client.fail("MARKREAD", "INVALID_PARAMS", line.params[1], "Invalid timestamp")
            return
        client.marking = peer
        try:
            now: float | None = await markers.set(client.account, peer, moment)
        finally:
            client.marking = None
    else:
        now = await markers.get(client.account, peer)
    client.answer(Line("MARKREAD", (name, read_text(now)), client.network.name))


async def _marked(client: Client, target: str) -> tuple[Address | None, str]:
    people = client.network.people
    if target[:1] == "#":
        room = people.room(target, client.domain)
        return room, people.channel(room, client.domain) if room is not None else target
    account = people.account(target, client.domain)
    return account, people.nick(account, client.domain) if account is not None else target
