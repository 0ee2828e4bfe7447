"""A TURN server over nothing: packets are lists, sockets are names, time is set by hand."""

from dataclasses import dataclass, field

from dragoman.formats import stun, turn_credentials
from dragoman.formats.stun import Attribute, Endpoint, Kind, Message, Method
from dragoman.media.allocation import Client, Heard
from dragoman.media.settings import RelayRules
from dragoman.media.turn import TurnServer

SECRET = b"a secret that the server and its relay share"
REALM = "example.org"
ALICE = Client(("198.51.100.7", 4000), 1)
BOB = Client(("203.0.113.9", 5000), 1)
PEER = ("93.184.216.34", 7000)
UDP = (Attribute.REQUESTED_TRANSPORT, b"\x11\0\0\0")


@dataclass
class Watch:
    at: float = 1_000_000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


@dataclass
class FakeRelay:
    address: Endpoint
    heard: Heard
    sent: list[tuple[bytes, Endpoint]] = field(default_factory=list)
    closed: bool = False

    def send(self, data: bytes, peer: Endpoint) -> None:
        self.sent.append((data, peer))

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeRelays:
    opened: list[FakeRelay] = field(default_factory=list)
    full: bool = False
    host: str = "93.184.215.14"

    def open(self, octets: int, heard: Heard, *, even: bool = False) -> FakeRelay | None:
        if self.full:
            return None
        host = self.host if octets == 4 else "2606:2800:21f::1"
        relay = FakeRelay((host, 50_000 + 2 * len(self.opened) + (not even)), heard)
        self.opened.append(relay)
        return relay

    def is_own(self, host: str) -> bool:
        return host in {self.host, "127.0.0.1"}


class World:
    """One relay, and clients that speak to it."""

    def __init__(self, **settings: object) -> None:
        self.watch, self.relays = Watch(), FakeRelays()
        self.inbox: list[tuple[bytes, Client]] = []
        self.turn = TurnServer(
            RelayRules(**settings),  # type: ignore[arg-type]  # each test names what it sets
            REALM,
            SECRET,
            self.watch,
            self.relays,
            lambda data, client: self.inbox.append((data, client)),
        )
        self._count = 0

    def say(self, data: bytes, client: Client = ALICE) -> list[bytes]:
        """What comes back to a client for some octets."""
        before = len(self.inbox)
        self.turn.received(data, client)
        return [data for data, to in self.inbox[before:] if to == client]

    def transaction(self) -> bytes:
        self._count += 1
        return self._count.to_bytes(12, "big")

    def bare(self, method: int, *pairs: tuple[int, bytes], client: Client = ALICE) -> Message:
        """The answer to a request that proves nothing."""
        request = stun.serialise(Message(method, Kind.REQUEST, self.transaction(), pairs))
        return stun.parse(self.say(request, client)[0])

    def ask(
        self,
        method: int,
        *pairs: tuple[int, bytes],
        client: Client = ALICE,
        user: str = "alice",
        transaction: bytes = b"",
    ) -> Message:
        """The answer to a request with everything that proves its sender."""
        nonce = self.bare(Method.REFRESH, client=client).get(Attribute.NONCE) or b""
        made = turn_credentials.make(SECRET, user, int(self.watch.now()) + 3600)
        key = turn_credentials.key(made.username, REALM, made.password)
        proof = (
            (Attribute.USERNAME, made.username.encode()),
            (Attribute.REALM, REALM.encode()),
            (Attribute.NONCE, nonce),
        )
        request = Message(method, Kind.REQUEST, transaction or self.transaction(), (*pairs, *proof))
        data = self.say(stun.serialise(request, key=key), client)[0]
        answer = stun.parse(data)
        assert stun.is_signed(data, answer, key)
        return answer

    def allocate(self, client: Client = ALICE, user: str = "alice") -> FakeRelay:
        answer = self.ask(Method.ALLOCATE, UDP, client=client, user=user)
        assert answer.kind == Kind.SUCCESS, code(answer)
        return self.relays.opened[-1]

    def permit(self, peer: Endpoint, client: Client = ALICE, user: str = "alice") -> Message:
        transaction = self.transaction()
        pair = (Attribute.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction))
        return self.ask(Method.CREATE_PERMISSION, pair, client=client, user=user, transaction=transaction)

    def bind(self, channel: int, peer: Endpoint, client: Client = ALICE, user: str = "alice") -> Message:
        transaction = self.transaction()
        pairs = (
            (Attribute.CHANNEL_NUMBER, channel.to_bytes(2, "big") + b"\0\0"),
            (Attribute.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction)),
        )
        return self.ask(Method.CHANNEL_BIND, *pairs, client=client, user=user, transaction=transaction)

    def indicate(self, data: bytes, peer: Endpoint, client: Client = ALICE) -> None:
        transaction = self.transaction()
        pairs = (Attribute.XOR_PEER_ADDRESS, stun.xor_address(peer, transaction)), (Attribute.DATA, data)
        assert self.say(stun.serialise(Message(Method.SEND, Kind.INDICATION, transaction, pairs)), client) == []


def code(answer: Message) -> int:
    """The number of an error; 0 for a success."""
    value = answer.get(Attribute.ERROR_CODE)
    return 0 if value is None else stun.read_error_code(value)[0]
