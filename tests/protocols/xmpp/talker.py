"""A client of the real XMPP front in memory: it writes stanzas, and hears elements."""

import base64

from tests.world import World

from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge, SaslExchange, Success
from dragoman.core.endpoint import Channel
from dragoman.core.policy import Policy
from dragoman.core.stores import Stores
from dragoman.core.uploads import Contents
from dragoman.features.call_relays import RelayPoint
from dragoman.formats.xml import Element, serialise
from dragoman.formats.xml_limits import Limits
from dragoman.formats.xml_parser import parse
from dragoman.protocols.xmpp.accept import XmppCaller
from dragoman.protocols.xmpp.front import Front
from dragoman.protocols.xmpp.settings import Settings

HEADER = (
    "<?xml version='1.0'?><stream:stream to='example.org' version='1.0' xml:lang='en' xmlns='jabber:client'"
    " xmlns:stream='http://etherx.jabber.org/streams'>"
)


class FakeWire:
    """Keeps what is written; ``closed`` once the caller is done."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.written = bytearray()
        self.closed = False
        self.securing = False

    def write(self, data: bytes) -> None:
        if not self.closed:
            self.written += data

    def authenticated(self) -> None:
        pass

    def start_tls(self) -> None:
        self.securing = True

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def pending(self) -> int:
        return 0


class Plain:
    """PLAIN, in which every password is ``secret``; and WAIT, which asks once before it believes."""

    def mechanisms(self, protocol: str, domain: str, channel: Channel) -> list[str]:
        return ["WAIT", "PLAIN"]

    def begin(self, mechanism: str, protocol: str, domain: str, channel: Channel) -> SaslExchange:
        if mechanism not in ("WAIT", "PLAIN"):
            raise AuthenticationFailed("invalid-mechanism")
        return PlainExchange(domain)


class PlainExchange:
    def __init__(self, domain: str) -> None:
        self._domain = domain

    async def step(self, response: bytes | None) -> Challenge | Success:
        if response is None:
            return Challenge(b"")
        _, name, password = response.split(b"\x00")
        if password != b"secret":
            raise AuthenticationFailed("not-authorized")
        return Success(Address(name.decode(), self._domain))


class Talker:
    """One connection; ``secured`` as on loopback unless said otherwise."""

    def __init__(self, front: Front, channel: Channel | None = None) -> None:
        self.wire = FakeWire(channel or Channel("127.0.0.1", trusted=True))
        self.caller: XmppCaller = front.greet(self.wire)
        self.address = Address("", "example.org")

    async def receive(self, data: bytes) -> None:
        """Octets come in, and what they ask for is done."""
        left = self.caller.received(data)
        if left is not None:
            await left

    async def send(self, *texts: str | bytes) -> None:
        for text in texts:
            await self.receive(text.encode() if isinstance(text, str) else text)

    def raw(self) -> bytes:
        """All octets since the last time."""
        written = bytes(self.wire.written)
        self.wire.written.clear()
        return written

    def heard(self) -> list[Element]:
        """The top-level elements since the last time; stream headers and ends are left out."""
        text = self.raw().decode()
        for piece in ("<?xml version='1.0'?>", "</stream:stream>"):
            text = text.replace(piece, "")
        while "<stream:stream " in text:
            start = text.index("<stream:stream ")
            text = text[:start] + text[text.index(">", start) + 1 :]
        root = f"<s xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>{text}</s>"
        return list(parse(root.encode(), Limits(octets=100_000_000, elements=1_000_000)).elements)

    async def ask(self, text: str) -> list[Element]:
        """Send, and give back all that is heard at once."""
        self.raw()
        await self.send(text)
        return self.heard()

    async def one(self, text: str) -> Element:
        """Send, and give back the one element that is heard."""
        (element,) = await self.ask(text)
        return element

    async def authenticate(self, name: str) -> None:
        """As far as a stream on which a session can be bound or resumed."""
        plain = base64.b64encode(f"\x00{name}\x00secret".encode()).decode()
        await self.send(
            HEADER, f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>", HEADER
        )

    async def login(self, name: str, resource: str = "here") -> None:
        await self.authenticate(name)
        bind = f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource></bind>"
        await self.send(f"<iq type='set' id='bind'>{bind}</iq>")
        bound = self.heard()[-1]
        self.address = Address.parse(bound.child("bind", "urn:ietf:params:xml:ns:xmpp-bind").child_text("jid"))


class House:
    """A server with its XMPP front."""

    def __init__(
        self,
        policy: Policy | None = None,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        relay: RelayPoint | None = None,
        contents: Contents | None = None,
        stores: Stores | None = None,
    ) -> None:
        self.world = World(policy, stores, relay, contents)
        self.services = self.world.services
        self.services.authenticator = Plain()
        self.front = Front(self.services, settings)
        self._talkers: list[Talker] = []

    async def talker(self, name: str, resource: str = "here", *, presence: str | None = "<presence/>") -> Talker:
        """A client that is logged in, and available unless ``presence`` is None; what others hear of that is forgotten."""
        await self.world.account(name)
        talker = Talker(self.front)
        await talker.login(name, resource)
        if presence is not None:
            await talker.send(presence)
        self._talkers.append(talker)
        for each in self._talkers:
            each.raw()
        return talker

    async def lose(self, talker: Talker) -> None:
        """The connection breaks, and what follows from it happens."""
        talker.caller.lost("broken")
        await self.world.clock.settle()

    async def befriend(self, one: Talker, other: Talker) -> None:
        """Both see each other's presence."""
        for asks, grants in ((one, other), (other, one)):
            await asks.send(f"<presence to='{grants.address.bare}' type='subscribe'/>")
            await grants.send(f"<presence to='{asks.address.bare}' type='subscribed'/>")
        one.raw()
        other.raw()


def text(element: Element) -> str:
    """An element as it would be written in a stream."""
    return serialise(element, "jabber:client")


def error(element: Element) -> tuple[str, str]:
    """Type and condition of an error stanza."""
    stanza_error = element.child("error")
    assert element.get("type") == "error" and stanza_error is not None
    conditions = [
        child.name
        for child in stanza_error.elements
        if child.namespace == "urn:ietf:params:xml:ns:xmpp-stanzas" and child.name != "text"
    ]
    return stanza_error.get("type"), conditions[0]
