"""JMAP on one server: who is connected, and requests that come without a connection."""

from typing import Any

from dragoman.core.address import Address
from dragoman.core.devices import Device
from dragoman.core.endpoint import MessageWire
from dragoman.core.errors import Condition
from dragoman.core.hooks import PresenceChange, RosterPush
from dragoman.features.inboxes import InboxChange
from dragoman.features.services import Services
from dragoman.protocols.jmap import methods
from dragoman.protocols.jmap.accept import Accept
from dragoman.protocols.jmap.client import Client
from dragoman.protocols.jmap.desk import Desk
from dragoman.protocols.jmap.ids import account_id
from dragoman.protocols.jmap.push import Happened
from dragoman.protocols.jmap.settings import Settings
from dragoman.protocols.jmap.wire import CHAT, CORE, WEBSOCKET, Request, read_request

#: How long a device that asks without a connection stays in the rooms that it spoke in, and how often it is looked at.
IDLE_SECONDS = 60.0
#: How long changes are counted for an account whose last client has gone.
LINGER_SECONDS = 1800.0
MAX_CONCURRENT = 8


class Front:
    """:meth:`connect` is called for each WebSocket, :meth:`request` for each POST."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.services = services
        self.settings = settings
        self._desks: dict[Address, Desk] = {}
        self._requesters: dict[str, Client] = {}
        services.hooks.roster_changed(self._roster_changed)
        services.hooks.presence_changed(self._presence_changed)
        services.blocking.changed(self._blocks_changed)
        services.inboxes.changed(self._inbox_changed)
        services.devices.removed(self._device_removed)
        self._sweep()

    def connect(self, wire: MessageWire, device: Device) -> Accept:
        """A device has opened a connection."""
        desk = self._desk(device.account)
        client = Client(self, desk, device, wire=wire, remote=wire.channel.remote)
        desk.clients.append(client)
        return Accept(client)

    async def request(self, device: Device, body: bytes, *, remote: str = "") -> dict[str, Any]:
        """The response to a POST (RFC 8620 §3.4). Raises ``RequestError``."""
        request = read_request(body)
        methods.check(request, self.settings.max_calls)
        client = self._requesters.get(device.id)
        if client is None or client.ended:
            desk = self._desk(device.account)
            client = self._requesters[device.id] = Client(self, desk, device, wire=None, remote=remote)
            desk.clients.append(client)
        client.used_at = self.services.clock.monotonic()
        return await self.answer(client, request)

    async def answer(self, client: Client, request: Request) -> dict[str, Any]:
        """What a request is answered with."""
        responses = await methods.run(client, request)
        answer: dict[str, Any] = {
            "methodResponses": responses,
            "sessionState": self.session_state(client.account),
        }
        return answer | {"createdIds": client.created} if request.createdIds is not None else answer

    def session_state(self, account: Address) -> str:
        """Changes when the session object would."""
        return f"1-{account_id(account)[-6:]}-{self.settings.max_calls}"

    def session(self, account: Address, base: str, *, max_upload: int = 0) -> dict[str, Any]:
        """The session object (RFC 8620 §2); ``base`` is scheme and host as the client sees them."""
        settings, id = self.settings, account_id(account)
        domain = self.services.domains.of_accounts(account.domain)
        core = {
            "maxSizeUpload": max_upload,
            "maxConcurrentUpload": 4,
            "maxSizeRequest": settings.max_request_bytes,
            "maxConcurrentRequests": MAX_CONCURRENT,
            "maxCallsInRequest": settings.max_calls,
            "maxObjectsInGet": settings.max_get,
            "maxObjectsInSet": settings.max_set,
            "collationAlgorithms": [],
        }
        socket = {"url": f"ws{base.removeprefix('http')}/jmap/ws", "supportsPush": True}
        chat = {
            "domain": account.domain,
            "roomDomain": domain.rooms if domain is not None else "",
            "maxTextBytes": domain.policy.max_text_bytes if domain is not None else 0,
        }
        own = {
            "name": str(account),
            "isPersonal": True,
            "isReadOnly": False,
            "accountCapabilities": {CORE: {}, CHAT: {}},
        }
        return {
            "capabilities": {CORE: core, WEBSOCKET: socket, CHAT: chat},
            "accounts": {id: own},
            "primaryAccounts": {CORE: id, CHAT: id},
            "username": str(account),
            "apiUrl": f"{base}/jmap",
            "downloadUrl": f"{base}/jmap/download/{{accountId}}/{{blobId}}/{{name}}?type={{type}}",
            "uploadUrl": f"{base}/jmap/upload/{{accountId}}",
            "eventSourceUrl": f"{base}/jmap/events?types={{types}}&closeafter={{closeafter}}&ping={{ping}}",
            "state": self.session_state(account),
        }

    async def show_presence(self, account: Address) -> None:
        """The account shows itself in another way from now on."""
        for client in self._clients(account):
            if client.is_live:
                await client.announce()

    def contact_changed(self, account: Address, contact: Address) -> None:
        """Something of a contact is other than before, of which no store counts."""
        self._desk(account).contacts.touch(contact)
        self._note(account, Happened("Contact", contact))

    async def close(self) -> None:
        """The server stops: nothing more is asked for."""
        for client in list(self._requesters.values()):
            await client.leave("the server is stopping")

    def _desk(self, account: Address) -> Desk:
        desk = self._desks.get(account)
        if desk is None:
            desk = self._desks[account] = Desk(self.services, account)
        return desk

    def _clients(self, account: Address) -> list[Client]:
        desk = self._desks.get(account)
        return list(desk.clients) if desk is not None else []

    def _note(self, account: Address, happened: Happened) -> None:
        for client in self._clients(account):
            if client.is_live:
                client.push.note(happened)

    def _roster_changed(self, push: RosterPush) -> None:
        self._note(push.account, Happened("Contact", push.contact))

    def _presence_changed(self, change: PresenceChange) -> None:
        account = change.session.account
        for desk in self._desks.values():
            roster = self.services.rosters.loaded(desk.account)
            if roster is not None and roster.get(account).to:
                desk.contacts.touch(account)
                self._note(desk.account, Happened("Contact", account))

    def _blocks_changed(self, change: tuple[Address, tuple[Address, ...], bool]) -> None:
        account, addresses, _ = change
        desk = self._desks.get(account)
        if desk is None:
            return
        roster = self.services.rosters.loaded(account)
        everybody = addresses or (tuple(item.contact for item in roster) if roster is not None else ())
        for address in everybody:
            desk.contacts.touch(address.bare)
            self._note(account, Happened("Contact", address.bare))

    def _inbox_changed(self, change: InboxChange) -> None:
        desk = self._desks.get(change.account)
        if desk is not None and change.peer is not None:
            desk.summaries.pop(change.peer, None)
        self._note(change.account, Happened("Conversation" if change.peer is not None else "Preferences", change.peer))

    async def _device_removed(self, device: Device) -> None:
        for client in self._clients(device.account):
            if client.device.id == device.id:
                client.end(Condition.NOT_AUTHORIZED, "logged out")
                await client.leave("logged out")

    def _sweep(self) -> None:
        """Forget requesters that ask no more, and desks that nobody has come back to."""
        clock = self.services.clock
        now = clock.monotonic()
        for id, client in list(self._requesters.items()):
            if client.ended or client.used_at < now - IDLE_SECONDS:
                del self._requesters[id]
                clock.start(client.leave("idle"))
        for account, desk in list(self._desks.items()):
            if not desk.clients and desk.empty_since < now - LINGER_SECONDS:
                del self._desks[account]
        clock.call_later(IDLE_SECONDS, self._sweep)
