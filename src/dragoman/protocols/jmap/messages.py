"""Messages: what was said, since when, and saying more."""

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.clock import id_moment, id_number, id_text
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Event, File, Kind, Message, Reaction, Ref, Reply, Retraction, Style, Talk
from dragoman.core.stores import Archived, Query
from dragoman.features.uploads import named
from dragoman.protocols.jmap import objects
from dragoman.protocols.jmap.errors import MethodError, SetError
from dragoman.protocols.jmap.ids import peer_of
from dragoman.protocols.jmap.moments import moment_of_id, position
from dragoman.protocols.jmap.people import is_own, peer_of_event
from dragoman.protocols.jmap.standard import Answer, Changes, DataType, Found, Patch, read_object
from dragoman.protocols.jmap.summary import is_shown
from dragoman.protocols.jmap.translate import render, target_of

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

_PAGE = 250
_MAX_NAME = 200
_MAX_FILES = 20
_MAX_EMOJI = 64
_MAX_URL = 4096


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    url: str = ""
    blobId: str = ""
    name: str = ""
    mediaType: str = ""
    size: int | None = None


class _Reply(Struct, frozen=True, forbid_unknown_fields=True):
    messageId: str


class _New(Struct, frozen=True, forbid_unknown_fields=True):
    conversationId: str
    text: str = ""
    clientId: str = ""
    style: Literal["", "action", "notice"] = ""
    reply: _Reply | None = None
    files: list[_File] = []
    whisper: str | None = None
    subject: str = ""
    thread: str = ""


async def _get(client: "Client", ids: list[str] | None) -> Found:
    if ids is None:
        raise MethodError("requestTooLarge", "name the ids; /query finds them")
    numbers = {number for id in ids if (number := id_number(id)) is not None}
    found: dict[str, objects.Message] = {}
    rooms = [room.address for room in await client.desk.joined_rooms()]
    for owner in (client.account, *rooms, *await _other_rooms(client, numbers, rooms)):
        wanted = tuple(sorted(number for number in numbers if id_text(number) not in found))
        for start in range(0, len(wanted), _PAGE):
            query = Query(owner=owner, ids=wanted[start : start + _PAGE], limit=_PAGE)
            for archived in (await client.desk.services.history.query(query)).records:
                message = await render(client.desk, owner, archived)
                if message is not None:
                    found[message.id] = message
    return Found([found[id] for id in ids if id in found], [id for id in ids if id not in found])


async def _other_rooms(client: "Client", numbers: set[int], joined: list[Address]) -> list[Address]:
    """Rooms of the inbox that the account has left, and may read still."""
    if not numbers:
        return []
    rows = [row.peer for row in await client.desk.inbox() if row.peer not in joined and client.desk.is_room(row.peer)]
    return [peer for peer in rows if await client.desk.room(peer) is not None]


async def _state(client: "Client") -> str:
    return await client.desk.message_state()


async def _changes(client: "Client", since: str, most: int | None) -> Changes:
    after = id_number(since)
    if after is None:
        raise MethodError("cannotCalculateChanges")
    behind = client.front.settings.max_behind
    sources: list[tuple[Address, Address | None]] = [(client.account, None)]
    sources += [(room.address, room.address) for room in await client.desk.joined_rooms()]
    high = max(after, await client.desk.high())
    records: list[Archived] = []
    for owner, peer in sources:
        records += await _since(client, owner, peer, after, behind + 1)
    if len(records) > behind:
        raise MethodError("cannotCalculateChanges", "too much was said since")
    records.sort(key=lambda archived: archived.id)
    more = most is not None and len(records) > most
    if most is not None and more:
        records = records[:most]
        high = records[-1].id
    created = [archived.id for archived in records if is_shown(archived.event)]
    targets = dict.fromkeys(target_of(archived.event) for archived in records)
    updated = [id for id in targets if id and id not in created]
    return Changes(id_text(high), list(map(id_text, created)), list(map(id_text, updated)), more=more)


async def _since(client: "Client", owner: Address, peer: Address | None, after: int, most: int) -> list[Archived]:
    found: list[Archived] = []
    while len(found) < most:
        page = await client.desk.services.history.query(Query(owner=owner, peer=peer, after=after, limit=_PAGE))
        found += page.records
        if page.complete or not page.records:
            break
        after = page.records[-1].id
    return found


async def _create(client: "Client", value: Patch) -> Answer:
    new = read_object(_New, value)
    peer = peer_of(client.meant(new.conversationId))
    if peer is None or peer == Address("", peer.domain):
        raise SetError("invalidProperties", "there is no such conversation", properties=("conversationId",))
    _check(new)
    files = tuple([await _file(client, file) for file in new.files])
    talk = await _talk(client, peer, whisper=new.whisper)
    name = new.clientId or client.desk.services.randomness.text(8)
    message = Message(
        **talk,
        id=name,
        origin_id=name,
        text=new.text or "\n".join(file.url for file in files),  # XEP-0066: a link alone is shown as the file
        style=Style(new.style),
        subject=new.subject,
        thread=new.thread,
        reply=await _reply(client, peer, new.reply),
        files=files,
        wants_receipt=talk["kind"] is Kind.CHAT,
        wants_marker=talk["kind"] is Kind.CHAT,
    )
    said = await _say(client, message)
    assert isinstance(said, Talk)
    id = position(said.archive_id)
    await _read_own(client, peer, id)
    return {"id": said.archive_id, "sentAt": moment_of_id(id), "clientId": name}


def _check(new: _New) -> None:
    if not new.text.strip() and not new.files and not new.subject:
        raise SetError("invalidProperties", "there is nothing to say", properties=("text",))
    if len(new.clientId) > _MAX_NAME or len(new.thread) > _MAX_NAME or "\0" in f"{new.text}{new.subject}":
        raise SetError("invalidProperties", "too long a clientId or thread, or a NUL in the text")
    if len(new.files) > _MAX_FILES:
        raise SetError("invalidProperties", f"at most {_MAX_FILES} files", properties=("files",))
    for file in new.files:
        if file.blobId and not file.url:
            continue
        wrong = not file.url.startswith(("https://", "http://")) or len(file.url) > _MAX_URL
        if wrong or any(sign.isspace() or ord(sign) < 32 for sign in file.url):
            raise SetError("invalidProperties", "a file is a link to http or https", properties=("files",))
        if len(file.name) > _MAX_NAME or len(file.mediaType) > _MAX_NAME or not 0 <= (file.size or 0) < 1 << 62:
            raise SetError("invalidProperties", "a file's name or type is too long", properties=("files",))


async def _file(client: "Client", file: _File) -> File:
    if not file.blobId:
        return File(file.url, file.name, file.mediaType, file.size or 0)
    uploads = client.desk.services.uploads
    upload = await uploads.find(file.blobId)
    if upload is None or not upload.complete or upload.account != client.account:
        raise SetError("invalidProperties", "there is no such blob", properties=("files",))
    return File(uploads.url(upload), named(file.name or upload.name), upload.media_type, upload.size)


async def _talk(client: "Client", peer: Address, *, whisper: str | None = None) -> dict[str, Any]:
    """The fields that everything said in a conversation has; the account goes into the room where it has to."""
    if not client.desk.is_room(peer):
        if whisper is not None:
            raise SetError("invalidProperties", "one whispers in rooms", properties=("whisper",))
        return {"sender": client.session.address, "recipient": peer, "kind": Kind.CHAT}
    await client.inside(peer)
    if whisper is None:
        return {"sender": client.session.address, "recipient": peer, "kind": Kind.GROUPCHAT}
    nick = Address.of(peer.local, peer.domain, whisper)
    return {"sender": client.session.address, "recipient": nick, "kind": Kind.CHAT}


async def _reply(client: "Client", peer: Address, reply: _Reply | None) -> Reply | None:
    if reply is None:
        return None
    found = await _find(client, peer, reply.messageId)
    return Reply(Ref(found.event.id, found.event.archive_id), found.event.sender)


async def _say(client: "Client", event: Talk) -> Event:
    """Route it; the client's own screen is told as all others are."""
    said = await client.desk.services.router.route(event, client.session)
    if isinstance(said, Talk) and event.kind is not Kind.GROUPCHAT:
        client.said(peer_of_event(client.desk, event, sent=True), said)
    return said


async def _read_own(client: "Client", peer: Address, id: int) -> None:
    """Whoever answers has read what was there."""
    if id:
        await client.desk.services.markers.set(client.account, peer, id_moment(id))


async def _find(client: "Client", peer: Address | None, id: str) -> Archived:
    """A message that the account may see. Raises ``SetError(notFound)``."""
    if id_number(id) is None:
        raise SetError("notFound")
    for owner in (client.account, *((peer,) if peer else (room.address for room in await client.desk.joined_rooms()))):
        if owner != client.account and await client.desk.room(owner) is None:
            continue
        found = await client.desk.services.history.find(owner, None, archive_id=id)
        if found is not None and peer in (None, found.peer):
            return found
    raise SetError("notFound")


async def _update(client: "Client", id: str, patch: Patch) -> None:
    found = await _find(client, None, id)
    target = Ref(found.event.id, found.event.archive_id)
    whisper = await _whispered(client, found)
    talk = await _talk(client, found.peer, whisper=whisper)
    name = client.desk.services.randomness.text(8)
    emojis = {key.removeprefix("reactions/"): value for key, value in patch.items() if key.startswith("reactions/")}
    if set(patch) - {"text", *(f"reactions/{emoji}" for emoji in emojis)}:
        raise SetError("invalidProperties", "of a message, text and reactions change")
    if "text" in patch:
        text = patch["text"]
        if not isinstance(text, str) or not text.strip() or "\0" in text or not isinstance(found.event, Message):
            raise SetError("invalidProperties", "there is nothing to say", properties=("text",))
        style, files = found.event.style, found.event.files
        await _say(
            client, Message(**talk, id=name, origin_id=name, text=text, corrects=target, style=style, files=files)
        )
    if emojis:
        if any(not emoji.strip() or len(emoji) > _MAX_EMOJI or "\0" in emoji for emoji in emojis):
            raise SetError("invalidProperties", "a reaction is an emoji")
        unescaped = {key.replace("~1", "/").replace("~0", "~"): value for key, value in emojis.items()}
        added = tuple(emoji for emoji, value in unescaped.items() if value is not None)
        removed = tuple(emoji for emoji, value in unescaped.items() if value is None)
        await _say(client, Reaction(**talk, id=name, target=target, added=added, removed=removed))


async def _whispered(client: "Client", found: Archived) -> str | None:
    """The nick of the other one, where a message was whispered in a room."""
    event = found.event
    if not client.desk.is_room(found.peer) or event.kind is Kind.GROUPCHAT:
        return None
    room = await client.desk.services.rooms.get(found.peer)
    return event.recipient.resource if is_own(client.desk, event, room) else event.sender.resource


async def _destroy(client: "Client", id: str) -> None:
    found = await _find(client, None, id)
    if not isinstance(found.event, Message):
        raise Refused(Condition.ITEM_NOT_FOUND, "it is taken back already")
    room = await client.desk.services.rooms.get(found.peer) if client.desk.is_room(found.peer) else None
    if room is None and not is_own(client.desk, found.event, None):
        raise Refused(Condition.FORBIDDEN, "only its author may retract a message")
    talk = await _talk(client, found.peer, whisper=await _whispered(client, found))
    name = client.desk.services.randomness.text(8)
    await _say(client, Retraction(**talk, id=name, target=Ref(found.event.id, found.event.archive_id)))


MESSAGE = DataType("Message", objects.Message, _state, _get, _changes, _create, _update, _destroy)
