"""IRC clients on a server in memory: they send lines and read what comes back."""

import base64
from dataclasses import dataclass, field

from tests.world import World

from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge, SaslExchange, Success
from dragoman.core.endpoint import Assurance, Caller, Channel
from dragoman.core.policy import Policy
from dragoman.protocols.irc.accept import Front
from dragoman.protocols.irc.settings import Settings

PASSWORD = "sesame"
EVERYTHING = (
    "account-notify account-tag away-notify batch cap-notify chghost draft/chathistory draft/event-playback "
    "draft/message-redaction draft/read-marker echo-message extended-join extended-monitor invite-notify "
    "labeled-response message-tags multi-prefix server-time setname standard-replies"
)


@dataclass
class MemoryWire:
    channel: Channel = field(default_factory=lambda: Channel(remote="192.0.2.1", secure=True))
    sent: bytes = b""
    closed: bool = False
    logged_in: bool = False

    def write(self, data: bytes) -> None:
        assert not self.closed, "written after the end"
        assert data.endswith(b"\r\n")
        assert data.strip(b"\r\n")
        self.sent += data

    def authenticated(self) -> None:
        self.logged_in = True

    def start_tls(self) -> None:
        raise AssertionError("IRC has no STARTTLS")

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def pending(self) -> int:
        return 0


class PlainExchange:
    """PLAIN with one password for all, and a mechanism that ends with words of the server's own."""

    def __init__(self, mechanism: str, domain: str) -> None:
        self.mechanism = mechanism
        self.domain = domain
        self.asked = 0

    async def step(self, response: bytes | None) -> Challenge | Success:
        if response is None:
            return Challenge(b"")
        if self.mechanism == "X-LAST-WORDS":
            return Success(Address.of(response.decode(), self.domain), data=b"last words")
        parts = response.split(b"\0")
        if len(parts) != 3:
            raise AuthenticationFailed("malformed-request")
        if parts[2].decode() != PASSWORD:
            raise AuthenticationFailed
        return Success(Address.of(parts[1].decode(), self.domain), Assurance.FULL)


class OnePassword:
    """An authenticator for which everybody has the same password."""

    def mechanisms(self, protocol: str, domain: str, channel: Channel) -> list[str]:
        return ["X-LAST-WORDS", "PLAIN"] if channel.secure else []

    def begin(self, mechanism: str, protocol: str, domain: str, channel: Channel) -> SaslExchange:
        if mechanism not in self.mechanisms(protocol, domain, channel):
            raise AuthenticationFailed("invalid-mechanism")
        return PlainExchange(mechanism, domain)

    async def check_password(self, protocol: str, account: Address, password: str, channel: Channel) -> Success:
        if password != PASSWORD:
            raise AuthenticationFailed
        return Success(account)


class Person:
    """One connection: ``send`` lines, ``read`` what came since."""

    def __init__(self, town: "Town", wire: MemoryWire, caller: Caller) -> None:
        self.town = town
        self.wire = wire
        self.caller = caller

    async def send(self, *lines: str) -> list[str]:
        """Send lines; what the server wrote to this client meanwhile."""
        for line in lines:
            await self._receive(f"{line}\r\n".encode())
        await self.town.settle()
        return self.read()

    async def send_bytes(self, data: bytes) -> list[str]:
        await self._receive(data)
        return self.read()

    async def _receive(self, data: bytes) -> None:
        pending = self.caller.received(data)
        if pending is not None:
            await pending

    def read(self) -> list[str]:
        """What came since the last time, without line ends."""
        sent, self.wire.sent = self.wire.sent, b""
        return sent.decode().split("\r\n")[:-1]

    async def hang_up(self, reason: str = "connection lost") -> None:
        self.caller.lost(reason)
        await self.town.settle()


class Town:
    """The world with a door for IRC."""

    def __init__(self, policy: Policy, settings: Settings | None = None) -> None:
        self.world = World(policy)
        self.services = self.world.services
        self.services.authenticator = OnePassword()
        self.greet = Front(self.services, settings or Settings(name="irc.example.org")).greet

    async def settle(self) -> None:
        await self.world.clock.settle()

    def knock(self, *, secure: bool = True) -> Person:
        """A connection that has said nothing yet."""
        wire = MemoryWire(Channel(remote="192.0.2.1", secure=secure))
        return Person(self, wire, self.greet(wire))

    async def guest(self, nick: str, caps: str = "") -> Person:
        """Somebody without an account, in and greeted."""
        person = self.knock()
        if caps:
            await person.send("CAP LS 302", f"CAP REQ :{caps}")
        await person.send(f"NICK {nick}", f"USER {nick} 0 * :Real {nick}", *(["CAP END"] if caps else []))
        return person

    async def user(self, name: str, caps: str = "") -> Person:
        """Somebody with an account, in and greeted."""
        await self.world.account(name)
        person = self.knock()
        await person.send("CAP LS 302", f"CAP REQ :sasl {caps}".rstrip())
        await person.send("AUTHENTICATE PLAIN", f"AUTHENTICATE {plain(name)}")
        heard = await person.send(f"NICK {name}", f"USER {name} 0 * :Real {name}", "CAP END")
        assert any(" 001 " in line for line in heard), heard
        return person


def plain(name: str, password: str = PASSWORD) -> str:
    return base64.b64encode(f"\0{name}\0{password}".encode()).decode()
