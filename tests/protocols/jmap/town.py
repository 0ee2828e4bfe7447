"""A server in memory, and clients of the API that are JSON: they call methods and keep the frames that they are told."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.world import Client as Other
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.endpoint import Channel
from dragoman.core.policy import Policy
from dragoman.core.stores import RosterItem, Stores
from dragoman.protocols.jmap.front import Front
from dragoman.protocols.jmap.ids import account_id, conversation_id
from dragoman.protocols.jmap.settings import Settings

USING = ["urn:ietf:params:jmap:core", "urn:dragoman:chat"]
ROOM = "team@rooms.example.org"


@dataclass
class FrameWire:
    """A connection that keeps messages apart, without a network."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    closed: tuple[int, str] | None = None
    channel: Channel = field(default_factory=lambda: Channel(remote="192.0.2.1", secure=True))

    def write(self, data: bytes) -> None:
        self.heard.append(json.loads(data))

    def finish(self, code: int, reason: str) -> None:
        self.closed = code, reason

    def close(self) -> None:
        self.finish(1000, "")

    def abort(self) -> None:
        self.close()

    def authenticated(self) -> None: ...

    def start_tls(self) -> None: ...

    def pending(self) -> int:
        return 0


class MethodFailed(Exception):
    """A method was answered with an error."""


class Screen:
    """One client with a connection."""

    def __init__(self, town: "Town", name: str, front: Front, wire: FrameWire, device: Any) -> None:
        self.town = town
        self.account = Address(name, "example.org")
        self.wire = wire
        self.device = device
        self.caller = front.connect(wire, device)
        self._requests = 0

    @property
    def id(self) -> str:
        return account_id(self.account)

    async def send(self, frame: dict[str, Any]) -> None:
        await self.send_bytes(json.dumps(frame).encode())

    async def send_bytes(self, data: bytes) -> None:
        pending = self.caller.received(data)
        if pending is not None:
            await pending
        await self.town.settle()

    async def request(self, *calls: tuple[str, dict[str, Any]], using: list[str] = USING) -> list[Any]:
        """The responses to several calls, each with its name."""
        self._requests += 1
        id = f"r{self._requests}"
        invocations = [
            [name, {"accountId": self.id, **arguments}, str(at)] for at, (name, arguments) in enumerate(calls)
        ]
        await self.send({"@type": "Request", "id": id, "using": using, "methodCalls": invocations})
        answer = next(frame for frame in self.wire.heard if frame.get("requestId") == id)
        self.wire.heard.remove(answer)
        return list(answer["methodResponses"])

    async def call(self, name: str, **arguments: Any) -> Any:
        """The answer to one call; ``MethodFailed`` where it is an error."""
        [[said, answer, _]] = await self.request((name, arguments))
        if said == "error":
            raise MethodFailed(answer["type"], answer.get("description", ""))
        return answer

    async def get(self, kind: str, *ids: str) -> list[Any]:
        answer = await self.call(f"{kind}/get", ids=list(ids) or None)
        return list(answer["list"])

    async def say(self, to: str, text: str, **more: Any) -> dict[str, Any]:
        value = {"conversationId": conversation_id(Address.parse(to)), "text": text, **more}
        answer = await self.call("Message/set", create={"new": value})
        if answer["notCreated"]:
            raise MethodFailed(answer["notCreated"]["new"])
        return dict(answer["created"]["new"])

    async def update(self, kind: str, id: str, **patch: Any) -> None:
        answer = await self.call(f"{kind}/set", update={id: patch})
        if answer["notUpdated"]:
            raise MethodFailed(answer["notUpdated"][id])

    async def enter(self, room: str = ROOM, **wanted: Any) -> str:
        answer = await self.call("Conversation/set", create={"new": {"address": room, "room": wanted}})
        if answer["notCreated"]:
            raise MethodFailed(answer["notCreated"]["new"])
        return str(answer["created"]["new"]["id"])

    async def messages(self, peer: str, **query: Any) -> list[Any]:
        """A page of a conversation, newest first."""
        filter = {"conversationId": conversation_id(Address.parse(peer)), **query.pop("filter", {})}
        found = await self.call(
            "Message/query", filter=filter, sort=[{"property": "sentAt", "isAscending": False}], **query
        )
        by_id = {message["id"]: message for message in (await self.call("Message/get", ids=found["ids"]))["list"]}
        return [by_id[id] for id in found["ids"]]

    async def watch(self, *types: str) -> None:
        await self.send({"@type": "WebSocketPushEnable", "dataTypes": list(types) or None, "embed": True})
        self.take()

    def take(self) -> list[dict[str, Any]]:
        """What was heard; it is forgotten."""
        heard = list(self.wire.heard)
        self.wire.heard.clear()
        return heard

    def changed(self, kind: str) -> list[Any]:
        """The objects of a type in all frames that were heard; everything heard is forgotten."""
        return [each for frame in self.take() for each in frame.get("changed", {}).get(kind, [])]

    async def leave(self) -> None:
        self.caller.lost("gone")
        await self.town.settle()


class Town:
    """``example.org`` with a front for the API."""

    def __init__(
        self, policy: Policy | None = None, stores: Stores | None = None, settings: Settings | None = None
    ) -> None:
        self.world = World(policy, stores)
        self.front = Front(self.world.services, settings or Settings())

    async def settle(self) -> None:
        await self.world.clock.settle()

    async def screen(self, name: str, *, device: Any = None) -> Screen:
        account = await self.world.account(name)
        device = device or (await self.world.services.devices.add(account, name="test", remote=""))[1]
        screen = Screen(self, name, self.front, FrameWire(), device)
        await screen.call("Core/echo")
        screen.take()
        return screen

    async def other(self, name: str, resource: str = "phone", **more: Any) -> Other:
        """A client of another protocol, which is shown events as they are."""
        return await self.world.client(name, resource, **more)

    async def befriend(self, one: str, other: str) -> None:
        accounts = [await self.world.account(one), await self.world.account(other)]
        for account, contact in (accounts, reversed(accounts)):
            item = RosterItem(contact, name=contact.local.title(), to=True, from_=True, listed=True)
            await self.world.services.rosters.put(account, item)


def id_of(address: str) -> str:
    """A conversation's or a contact's."""
    return conversation_id(Address.parse(address))
