"""A STUN and TURN server (RFC 8489, RFC 8656) without sockets: packets in, packets out.

Clients prove themselves with credentials that expire (``formats.turn_credentials``). Peers may be anybody on the Internet, and
any other allocation of this relay; never this machine or a private network, unless that is allowed.
"""

import ipaddress
from collections.abc import Callable
from typing import Final

from dragoman.formats import reach, stun, turn_credentials
from dragoman.formats.stun import Attribute, Endpoint, Kind, Malformed, Message, Method
from dragoman.media.allocation import FIRST_CHANNEL, LAST_CHANNEL, Allocation, Client, Relays, is_channel_data
from dragoman.media.allowance import Allowance
from dragoman.media.gate import Failed, Gate, Silence
from dragoman.media.settings import RelayRules
from dragoman.media.watch import Watch

MAX_LIFETIME: Final = 3600
_UDP: Final = 17

Send = Callable[[bytes, Client], None]
Pairs = list[tuple[int, bytes]]


class TurnServer:
    """All allocations of one relay. ``send`` writes to a client; ``lost`` is to be called when a stream of one ends."""

    def __init__(self, rules: RelayRules, realm: str, secret: bytes, watch: Watch, relays: Relays, send: Send) -> None:
        self._rules = rules
        self._watch = watch
        self._gate = Gate(realm, secret, watch)
        self._relays = relays
        self._send = send
        self.allocations: dict[Client, Allocation] = {}
        self._by_relay: dict[Endpoint, Allocation] = {}
        self._requests: dict[int, Callable[[Message, Client, str], Pairs]] = {
            Method.ALLOCATE: self._allocate,
            Method.REFRESH: self._refresh,
            Method.CREATE_PERMISSION: self._create_permission,
            Method.CHANNEL_BIND: self._channel_bind,
        }

    def received(self, data: bytes, client: Client) -> None:
        """One datagram, or one frame of a stream. What is neither STUN nor ChannelData is dropped."""
        if is_channel_data(data):
            self._channel_data(data, client)
            return
        try:
            message = stun.parse(data)
        except Malformed:
            return
        if message.kind == Kind.REQUEST:
            self._request(message, data, client)
        elif message.kind == Kind.INDICATION and message.method == Method.SEND:
            self._send_indication(message, client)

    def lost(self, client: Client) -> None:
        """A client's stream has ended, and its allocation with it."""
        self._remove(client)

    def expire(self) -> None:
        """Drop what nobody refreshed; to be called now and then."""
        now = self._watch.monotonic()
        for client in [client for client, allocation in self.allocations.items() if allocation.expires <= now]:
            self._remove(client)
        self._gate.forget()

    def close(self) -> None:
        """Drop everything."""
        for client in list(self.allocations):
            self._remove(client)

    # -- requests --------------------------------------------------------------------------------------------------------

    def _request(self, message: Message, data: bytes, client: Client) -> None:
        key: bytes | None = None
        try:
            if message.method == Method.BINDING:
                self._gate.spend(client)
                pairs = self._mapped(message, client)
                self._understand(message)
            else:
                username, key = self._gate.authenticate(message, data, client)
                self._understand(message)
                pairs = self._perform(message, client, username)
            kind = Kind.SUCCESS
        except Silence:
            return
        except Malformed as error:
            kind, pairs = Kind.ERROR, _refusal(400, f"Bad Request: {error}")
        except Failed as failed:
            kind, pairs = Kind.ERROR, [*_refusal(failed.code, failed.reason), *failed.more]
        answer = Message(message.method, kind, message.transaction, tuple(pairs))
        self._send(stun.serialise(answer, key=key, fingerprint=True), client)

    def _perform(self, message: Message, client: Client, username: str) -> Pairs:
        handler = self._requests.get(message.method)
        if handler is None:
            raise Failed(400, "Bad Request: unknown method")
        return handler(message, client, username)

    def _allocate(self, message: Message, client: Client, username: str) -> Pairs:
        """RFC 8656 §7.2."""
        allocation = self.allocations.get(client)
        if allocation is not None:
            if allocation.transaction != message.transaction:
                raise Failed(437, "Allocation Mismatch")
            return self._allocated(message, allocation, self._lifetime(message))
        octets, even = _wanted(message)
        user = turn_credentials.user_of(username)
        held = sum(1 for other in self.allocations.values() if other.user == user)
        if held >= self._rules.allocations_per_user:
            raise Failed(486, "Allocation Quota Reached")
        if len(self.allocations) >= self._rules.allocations:
            raise Failed(508, "Insufficient Capacity")
        relay = self._relays.open(octets, lambda data, peer: self._relayed(client, data, peer), even=even)
        if relay is None:
            raise Failed(508, "Insufficient Capacity")
        now, lifetime = self._watch.monotonic(), self._lifetime(message)
        rate = float(self._rules.bytes_per_second)
        sending, receiving = Allowance(rate, now), Allowance(rate, now)
        allocation = Allocation(client, user, message.transaction, now + lifetime, relay, sending, receiving)
        self.allocations[client] = self._by_relay[relay.address] = allocation
        return self._allocated(message, allocation, lifetime)

    def _allocated(self, message: Message, allocation: Allocation, lifetime: int) -> Pairs:
        relayed = stun.xor_address(allocation.relay.address, message.transaction)
        return [
            (Attribute.XOR_RELAYED_ADDRESS, relayed),
            (Attribute.LIFETIME, lifetime.to_bytes(4, "big")),
            *self._mapped(message, allocation.client),
        ]

    def _refresh(self, message: Message, client: Client, username: str) -> Pairs:
        """RFC 8656 §8.2."""
        allocation = self._held(client, username)
        family = message.get(Attribute.REQUESTED_ADDRESS_FAMILY)
        if family is not None and _octets(family) != _octets_of(allocation.relay.address):
            raise Failed(443, "Peer Address Family Mismatch")
        if message.get(Attribute.LIFETIME) == bytes(4):
            self._remove(client)
            return [(Attribute.LIFETIME, bytes(4))]
        lifetime = self._lifetime(message)
        allocation.expires = self._watch.monotonic() + lifetime
        return [(Attribute.LIFETIME, lifetime.to_bytes(4, "big"))]

    def _create_permission(self, message: Message, client: Client, username: str) -> Pairs:
        """RFC 8656 §10.2."""
        allocation = self._held(client, username)
        peers = [stun.read_xor_address(value, message.transaction) for value in message.all(Attribute.XOR_PEER_ADDRESS)]
        if not peers:
            raise Failed(400, "Bad Request: no peer")
        for peer in peers:
            self._admit(allocation, peer)
        if not allocation.permit([host for host, _ in peers], self._watch.monotonic()):
            raise Failed(508, "Insufficient Capacity")
        return []

    def _channel_bind(self, message: Message, client: Client, username: str) -> Pairs:
        """RFC 8656 §12.2."""
        allocation = self._held(client, username)
        number, address = message.get(Attribute.CHANNEL_NUMBER), message.get(Attribute.XOR_PEER_ADDRESS)
        if number is None or len(number) != 4 or address is None:
            raise Failed(400, "Bad Request: a channel's number and a peer are needed")
        channel, now = int.from_bytes(number[:2], "big"), self._watch.monotonic()
        peer = stun.read_xor_address(address, message.transaction)
        if not FIRST_CHANNEL <= channel <= LAST_CHANNEL:
            raise Failed(400, "Bad Request: no number of a channel")
        self._admit(allocation, peer)
        if not allocation.permit([peer[0]], now):
            raise Failed(508, "Insufficient Capacity")
        if not allocation.bind(channel, peer, now):
            raise Failed(400, "Bad Request: the channel or the peer is bound already")
        return []

    # -- packets ---------------------------------------------------------------------------------------------------------

    def _channel_data(self, data: bytes, client: Client) -> None:
        allocation, now = self.allocations.get(client), self._watch.monotonic()
        length = int.from_bytes(data[2:4], "big")
        if allocation is None or len(data) < 4 + length:
            return
        peer = allocation.peer_of(int.from_bytes(data[:2], "big"), now)
        if peer is not None:
            self._forward(allocation, data[4 : 4 + length], peer, now)

    def _send_indication(self, message: Message, client: Client) -> None:
        allocation, data = self.allocations.get(client), message.get(Attribute.DATA)
        address = message.get(Attribute.XOR_PEER_ADDRESS)
        if allocation is None or data is None or address is None or message.not_understood():
            return
        try:
            peer = stun.read_xor_address(address, message.transaction)
        except Malformed:
            return
        self._forward(allocation, data, peer, self._watch.monotonic())

    def _forward(self, allocation: Allocation, data: bytes, peer: Endpoint, now: float) -> None:
        """From a client to its peer; straight, where the peer is another client of this relay."""
        if (
            not allocation.permits(peer[0], now)
            or allocation.expires <= now
            or not allocation.sending.take(len(data), now)
        ):
            return
        other = self._by_relay.get(peer)
        if other is not None:
            self._relayed(other.client, data, allocation.relay.address)
        elif peer[0] not in allocation.inward:
            allocation.relay.send(data, peer)

    def _relayed(self, client: Client, data: bytes, peer: Endpoint) -> None:
        """From a peer to the client."""
        allocation, now = self.allocations.get(client), self._watch.monotonic()
        if allocation is None or allocation.expires <= now or not allocation.permits(peer[0], now):
            return
        if not allocation.receiving.take(len(data), now):
            return
        channel = allocation.channel_of(peer, now)
        if channel is not None:
            padding = bytes(-len(data) % 4) if client.is_stream else b""
            self._send(channel.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data + padding, client)
            return
        transaction = now.hex().encode()[-stun.TRANSACTION_OCTETS :].rjust(stun.TRANSACTION_OCTETS, b"0")
        pairs = (Attribute.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction)), (Attribute.DATA, data)
        self._send(stun.serialise(Message(Method.DATA, Kind.INDICATION, transaction, pairs)), client)

    # -- rules -----------------------------------------------------------------------------------------------------------

    def _held(self, client: Client, username: str) -> Allocation:
        allocation = self.allocations.get(client)
        if allocation is None:
            raise Failed(437, "Allocation Mismatch")
        if turn_credentials.user_of(username) != allocation.user:
            raise Failed(441, "Wrong Credentials")
        return allocation

    def _admit(self, allocation: Allocation, peer: Endpoint) -> None:
        """Whether a host may be a peer. On this machine only other allocations are, never its services."""
        host = peer[0]
        if _octets_of(peer) != _octets_of(allocation.relay.address):
            raise Failed(443, "Peer Address Family Mismatch")
        public = reach.is_public(ipaddress.ip_address(host)) and not self._relays.is_own(host)
        if not public and not self._rules.allow_private_peers:
            if not any(address == host for address, _ in self._by_relay):
                raise Failed(403, "Forbidden")
            allocation.inward.add(host)

    def _lifetime(self, message: Message) -> int:
        wanted = message.get(Attribute.LIFETIME)
        asked = int.from_bytes(wanted, "big") if wanted is not None and len(wanted) == 4 else 0
        return min(max(asked, self._rules.lifetime_seconds), MAX_LIFETIME)

    def _mapped(self, message: Message, client: Client) -> Pairs:
        return [(Attribute.XOR_MAPPED_ADDRESS, stun.xor_address(client.address, message.transaction))]

    def _understand(self, message: Message) -> None:
        unknown = message.not_understood()
        if message.get(Attribute.DONT_FRAGMENT) is not None:
            unknown += (Attribute.DONT_FRAGMENT,)
        if unknown:
            types = b"".join(type.to_bytes(2, "big") for type in unknown)
            raise Failed(420, "Unknown Attribute", (Attribute.UNKNOWN_ATTRIBUTES, types))

    def _remove(self, client: Client) -> None:
        allocation = self.allocations.pop(client, None)
        if allocation is not None:
            del self._by_relay[allocation.relay.address]
            allocation.relay.close()


def _refusal(code: int, reason: str) -> Pairs:
    return [(Attribute.ERROR_CODE, stun.error_code(code, reason))]


def _wanted(message: Message) -> tuple[int, bool]:
    """The octets of the address asked for, and whether its port is to be even (RFC 8656 §7.2)."""
    transport = message.get(Attribute.REQUESTED_TRANSPORT)
    if transport is None or len(transport) != 4:
        raise Failed(400, "Bad Request: REQUESTED-TRANSPORT is missing")
    if transport[0] != _UDP:
        raise Failed(442, "Unsupported Transport Protocol")
    family, even = message.get(Attribute.REQUESTED_ADDRESS_FAMILY), message.get(Attribute.EVEN_PORT)
    if message.get(Attribute.RESERVATION_TOKEN) is not None or (even and even[0] & 0x80):
        raise Failed(508, "Insufficient Capacity: no ports are reserved here")
    return (4 if family is None else _octets(family)), even is not None


def _octets(family: bytes) -> int:
    octets = {1: 4, 2: 16}.get(family[0]) if len(family) == 4 else None
    if octets is None:
        raise Failed(440, "Address Family not Supported")
    return octets


def _octets_of(endpoint: Endpoint) -> int:
    return 16 if ":" in endpoint[0] else 4
