"""The connection: it asks, is told, and comes back when it broke, without missing anything."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec

from dragoman.core.address import Address
from dragoman.protocols.jmap.ids import conversation_id
from dragoman.protocols.jmap.objects import Contact, Conversation, Message
from dragoman.protocols.jmap.wire import CHAT, CORE

_PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
_PAGE = 500
_LOGGED_OUT = 1008


class Refused(Exception):
    """The server said no. ``kind`` is an error's type (RFC 8620 §3.6.2, §5.3) or ``login``; ``condition`` says why."""

    def __init__(self, kind: str, text: str = "", condition: str = "") -> None:
        super().__init__(kind, text, condition)
        self.kind = kind
        self.condition = condition
        self.text = text

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.kind, self.condition, self.text)))


class Disconnected(Exception):
    """The connection broke before the answer came: what was asked for may have been done."""


async def log_in(url: str, username: str, password: str, *, name: str = "", ca: str | None = None) -> str:
    """A token for an account, good until it was not used for 90 days. ``Refused`` where the password is wrong."""
    async with aiohttp.ClientSession(connector=_connector(ca)) as session:
        body = {"username": username, "password": password, "name": name, "token": True}
        async with session.post(f"{url.rstrip('/')}/login", json=body) as answer:
            told = await answer.json(content_type=None)
            if answer.status != 200:
                raise Refused("login", str(told.get("detail", "")))
            return str(told["token"])


@asynccontextmanager
async def connect(url: str, token: str, *, ca: str | None = None) -> AsyncIterator["Client"]:
    """A client that is connected. ``ca`` is the file of an authority to trust. ``Refused`` where the token is not known."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers, connector=_connector(ca)) as session:
        async with session.get(f"{url.rstrip('/')}/jmap/session") as answer:
            if answer.status != 200:
                raise Refused("login", "the token is not known")
            client = Client(session, await answer.json())
        await client.open()
        try:
            yield client
        finally:
            await client.close()


class Client:
    """``address`` is the account's."""

    def __init__(self, session: aiohttp.ClientSession, told: dict[str, Any]) -> None:
        self._session = session
        self._told = told
        self._socket: aiohttp.ClientWebSocketResponse
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._heard: asyncio.Queue[Message | Exception] = asyncio.Queue()
        self._numbers = count(1)
        self._reader: asyncio.Task[None] | None = None
        self._background: asyncio.Task[None] | None = None
        self._state = ""
        self.account_id, account = next(iter(told["accounts"].items()))
        self.address = str(account["name"])

    async def open(self) -> None:
        """Connect, and be told of what is said from now on."""
        await self._begin()
        self._state = (await self.call("Message/get", ids=[]))["state"]

    async def close(self) -> None:
        """Go."""
        for task in (self._reader, self._background):
            if task is not None:
                task.cancel()
        await self._socket.close()

    async def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """One method's answer. Raises ``Refused``, ``Disconnected``."""
        return (await self.calls((name, arguments)))[0]

    async def calls(self, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Several methods' answers in one round; ``#ids`` and the like name the calls before by their places, from "0"."""
        id = f"c{next(self._numbers)}"
        methods = [
            [name, {"accountId": self.account_id, **arguments}, str(place)]
            for place, (name, arguments) in enumerate(calls)
        ]
        future = self._waiting[id] = asyncio.get_running_loop().create_future()
        await self._send({"@type": "Request", "id": id, "using": [CORE, CHAT], "methodCalls": methods})
        answer = await future
        if answer["@type"] == "RequestError":
            raise Refused(answer["type"].rpartition(":")[2], answer.get("detail", ""))
        for name, told, _ in answer["methodResponses"]:
            if name == "error":
                raise Refused(told["type"], told.get("description", ""), told.get("condition", ""))
        return [told for _, told, _ in answer["methodResponses"]]

    async def conversations(self) -> list[Conversation]:
        """The inbox."""
        return msgspec.convert((await self.call("Conversation/get", ids=None))["list"], list[Conversation])

    async def contacts(self) -> list[Contact]:
        """The contact list."""
        return msgspec.convert((await self.call("Contact/get", ids=None))["list"], list[Contact])

    async def history(self, to: str, *, text: str = "", limit: int = 50) -> list[Message]:
        """The newest messages of a conversation, newest first; only those with all words of ``text``."""
        filter = {"conversationId": _conversation(to), "text": text}
        down = [{"property": "sentAt", "isAscending": False}]
        ids = {"resultOf": "0", "name": "Message/query", "path": "/ids"}
        query = {"filter": filter, "sort": down, "limit": limit}
        _, found = await self.calls(("Message/query", query), ("Message/get", {"#ids": ids}))
        return msgspec.convert(found["list"], list[Message])

    async def say(
        self, to: str, text: str, *, reply: Message | None = None, files: Sequence[str] = (), client_id: str = ""
    ) -> str:
        """Say something to an address or in a conversation; the message's id. ``files`` are blobs that were uploaded; who
        repeats a ``client_id`` says the same thing only once."""
        value: dict[str, Any] = {"conversationId": _conversation(to), "text": text}
        if client_id:
            value["clientId"] = client_id
        if reply is not None:
            value["reply"] = {"messageId": reply.id}
        if files:
            value["files"] = [{"blobId": blob} for blob in files]
        return str((await self._set("Message", create={"new": value}))["created"]["new"]["id"])

    async def edit(self, message: str, text: str) -> None:
        """Say one of the own messages in other words."""
        await self._set("Message", update={message: {"text": text}})

    async def retract(self, message: str) -> None:
        """Take a message back."""
        await self._set("Message", destroy=[message])

    async def react(self, message: str, emoji: str, *, remove: bool = False) -> None:
        """React to a message, or no longer."""
        escaped = emoji.replace("~", "~0").replace("/", "~1")
        await self._set("Message", update={message: {f"reactions/{escaped}": None if remove else True}})

    async def enter(self, room: str, *, nick: str = "", password: str = "") -> str:
        """Go into a room, by its address or its name here, and stay in it; the conversation's id."""
        wanted = {name: value for name, value in (("nick", nick), ("password", password)) if value}
        made = await self._set("Conversation", create={"new": {"address": room, "room": wanted}})
        return str(made["created"]["new"]["id"])

    async def leave(self, conversation: str) -> None:
        """Go out of a room, and stay out."""
        await self._set("Conversation", update={conversation: {"room/joined": False}})

    async def upload(self, data: bytes, *, name: str, media_type: str) -> str:
        """The blob of a file, for :meth:`say`."""
        address = self._told["uploadUrl"].replace("{accountId}", self.account_id)
        url = f"{address}?{urlencode({'name': name})}"
        async with self._session.post(url, data=data, headers={"Content-Type": media_type}) as answer:
            told = await answer.json(content_type=None)
            if answer.status != 201:
                raise Refused("upload", str(told.get("detail", "")))
            return str(told["blobId"])

    async def messages(self) -> AsyncIterator[Message]:
        """What others say from now on, in order, also while the connection was broken. Ends with ``Refused`` when the
        account is logged out."""
        while True:
            heard = await self._heard.get()
            if isinstance(heard, Exception):
                raise heard
            yield heard

    async def _set(self, kind: str, **what: Any) -> dict[str, Any]:
        answer = await self.call(f"{kind}/set", **what)
        for key in ("notCreated", "notUpdated", "notDestroyed"):
            for error in (answer.get(key) or {}).values():
                raise Refused(error["type"], error.get("description", ""), error.get("condition", ""))
        return answer

    async def _begin(self) -> None:
        url = self._told["capabilities"]["urn:ietf:params:jmap:websocket"]["url"]
        self._socket = await self._session.ws_connect(url, protocols=("jmap",), max_msg_size=0, heartbeat=30)
        self._reader = asyncio.get_running_loop().create_task(self._read(self._socket))
        await self._send({"@type": "WebSocketPushEnable", "dataTypes": ["Message"], "embed": True})

    async def _send(self, frame: dict[str, Any]) -> None:
        try:
            await self._socket.send_str(msgspec.json.encode(frame).decode())
        except (ConnectionError, RuntimeError) as error:
            raise Disconnected from error

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = msgspec.json.decode(message.data)
            waiting = self._waiting.pop(frame.get("requestId") or "", None)
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
            elif frame["@type"] == "Objects" and "Message" in frame["newState"]:
                self._hear(frame["changed"].get("Message", []), frame["newState"]["Message"])
            elif frame["@type"] == "StateChange":
                self._start(self._catch_up())
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Disconnected())
        self._waiting.clear()
        if socket.close_code == _LOGGED_OUT:
            self._heard.put_nowait(Refused("login", "logged out"))
        else:
            self._start(self._return())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._background = asyncio.get_running_loop().create_task(work)

    async def _return(self) -> None:
        for place in count():
            await asyncio.sleep(_PAUSES[min(place, len(_PAUSES) - 1)])
            try:
                await self._begin()
                await self._catch_up()
                return
            except aiohttp.WSServerHandshakeError as error:
                if error.status == 401:
                    self._heard.put_nowait(Refused("login", "logged out"))
                    return
            except (aiohttp.ClientError, OSError, Disconnected):
                continue

    async def _catch_up(self) -> None:
        """What was said since the state that is known (RFC 8620 §5.2)."""
        more = True
        while more:
            since = {"sinceState": self._state, "maxChanges": _PAGE}
            ids = {"resultOf": "0", "name": "Message/changes", "path": "/created"}
            try:
                changes, found = await self.calls(("Message/changes", since), ("Message/get", {"#ids": ids}))
            except Refused:
                self._state = (await self.call("Message/get", ids=[]))["state"]  # too much: begin anew
                return
            self._hear(found["list"], changes["newState"])
            more = changes["hasMoreChanges"]

    def _hear(self, objects: list[Any], state: str) -> None:
        """New messages of others; what has been heard, or is only changed, is not."""
        for message in msgspec.convert(objects, list[Message]):
            if message.id > self._state and not message.from_.own:
                self._heard.put_nowait(message)
        self._state = max(self._state, state)


def _conversation(to: str) -> str:
    return conversation_id(Address.parse(to)) if "@" in to else to


def _connector(ca: str | None) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=ca) if ca else True)
