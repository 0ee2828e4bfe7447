"""What the IRC clients of one server share: names, counts, who was here, and the way from an event to a client."""

from dragoman.core.address import Address
from dragoman.core.endpoint import Channel
from dragoman.core.masks import matches
from dragoman.core.model import Copy, Event, OccupantView, RoomChange, RoomWelcome, Show, Talk
from dragoman.core.room import Occupant, Room
from dragoman.core.stores import RoomConfig
from dragoman.features.services import Services
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import channels, isupport, names, say
from dragoman.protocols.irc.casemapping import fold
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.interrupted import Interrupted
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.modes import CHANMODES, STANDINGS, USER_MODES
from dragoman.protocols.irc.monitor import Monitors
from dragoman.protocols.irc.people import People
from dragoman.protocols.irc.settings import Settings
from dragoman.protocols.irc.timestamps import write_moment
from dragoman.protocols.irc.whowas import Past, Whowas
from dragoman.protocols.irc.wire import PROTOCOL

VERSION = "dragoman-0.1.0"


class Network:
    """One for all listeners."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.services = services
        self.settings = settings
        first = next(iter(services.domains))
        self.name = settings.name or first.name
        self.description = settings.description or settings.network
        self.people = People(services)
        self.monitors = Monitors(self)
        self.whowas = Whowas()
        self.interrupted = Interrupted(services.clock)
        self.started_at = services.clock.now()
        self.strangers: set[Client] = set()  # connections that are not registered
        self.most_clients = 0
        self.rendered = say.Rendered()
        self.isupport = list(isupport.lines(isupport.tokens(settings)))
        self.channel_modes = "".join(sorted(CHANMODES.replace(",", "") + "".join(STANDINGS)))
        self.user_modes = USER_MODES
        self.bots: set[Address] = set()  # accounts with a client that set +B
        self._batches = 0
        self._quits: dict[Address, set[Client]] = {}
        self._renames: dict[str, set[Client]] = {}

    def domain_of(self, server_name: str) -> str:
        """The domain of a connection before it has logged in: the one it asked for, or the first."""
        domains = self.services.domains
        asked = domains.of_accounts(server_name.lower()) if server_name else None
        return (asked or next(iter(domains))).name

    def mechanisms(self, domain: str, channel: Channel) -> list[str]:
        """The SASL mechanisms of a connection; a guest comes in by not logging in at all."""
        offered = self.services.authenticator.mechanisms(PROTOCOL, domain, channel)
        return [mechanism for mechanism in offered if mechanism != "ANONYMOUS"]

    def is_me(self, name: str) -> bool:
        """Whether a command that names a server, or somebody on it, means this one."""
        account = self.people.account(name, self.domain_of(""))
        return matches(name, self.name) or (account is not None and bool(self.people.of(account)))

    def registered(self, client: Client) -> None:
        """A client is in."""
        self.strangers.discard(client)
        self.people.add(client)

    def remember(self, client: Client, account: Address, *, guest: bool) -> None:
        """Somebody goes by this name no more."""
        nick, _, rest = self.people.source(account, client.domain).partition("!")
        user, _, host = rest.partition("@")
        known = "" if guest else self.account_name(account, client.domain)
        past = Past(nick, user, host, client.connection.realname, known, self.services.clock.now())
        self.whowas.add(past)

    def neighbours(self, client: Client) -> list[Client]:
        """The clients of others that share a room with this one, and the other clients of its account."""
        accounts = {account for room in self.rooms_of(client.account) for account in room.accounts}
        accounts.add(client.account)
        return [other for account in accounts for other in self.people.of(account) if other is not client]

    def deliver(self, client: Client, event: Event) -> None:
        """Tell a client of an event, in IRC's words; what IRC has no words for is dropped."""
        if isinstance(event, Talk):
            say.tell_talk(client, event)
        elif isinstance(event, RoomChange):
            channels.change(client, event)
        elif isinstance(event, RoomWelcome):
            channels.welcome(client, event)
        elif isinstance(event, Copy):
            say.tell_copy(client, event)

    def next_batch(self) -> str:
        """A batch's reference tag; no two batches that are open at once have the same."""
        self._batches = (self._batches + 1) % 1_000_000
        return f"b{self._batches}"

    def room(self, address: Address) -> Room | None:
        """A room with occupants."""
        return self.services.rooms.loaded(address.bare)

    def config(self, address: Address) -> RoomConfig | None:
        """The settings of a room with occupants."""
        room = self.room(address)
        return room.config if room is not None else None

    def is_public(self, address: Address) -> bool:
        """Whether a room is found in lists."""
        config = self.config(address)
        return config is None or config.public

    def occupant(self, room: Room, nick: str, viewer: Client) -> Occupant | None:
        """Whoever ``viewer`` knows by that nick in a room."""
        account = self.people.account(nick, viewer.domain)
        if account is not None and account in room.accounts and self._is_known(room, viewer.account, account):
            return room.accounts[account]
        wanted = fold(nick)
        for occupant in room.occupants.values():
            view = room.shown(room.view(occupant), room.accounts.get(viewer.account))
            if fold(self.people.occupant_nick(view, room.address, viewer)) == wanted:
                return occupant
        return None

    def inside(self, room: Room) -> list[Client]:
        """The clients that are in a room."""
        sessions = [address for occupant in room.occupants.values() for address in occupant.sessions]
        return [client for address in sessions if (client := self.people.clients.get(address)) is not None]

    def resolve(self, nick: str, viewer: Client) -> Address | None:
        """The address that a nick stands for: an account, or an occupant of a room; None where it is nobody's."""
        account = self.people.account(nick, viewer.domain)
        if account is not None:
            return account
        _, _, place = nick.partition("/")
        address = self.people.room(place if place[:1] == "#" else f"#{place}", viewer.domain) if place else None
        room = self.room(address) if address is not None else None
        occupant = self.occupant(room, nick, viewer) if room is not None else None
        return room.address.at(occupant.nick) if room is not None and occupant is not None else None

    def away(self, account: Address) -> str:
        """What AWAY says of an account; empty where it is here, or not connected at all."""
        for session in self.services.registry.sessions(account):
            if session.presence is not None and session.presence.show is Show.HERE:
                return ""
        presence = self.services.presence.current(account)
        return channels.away_text(presence) if presence is not None else ""

    def view(self, address: Address) -> OccupantView:
        """An occupant by its address, as a stranger may see it."""
        return OccupantView(address.resource)

    async def may_see(self, viewer: Address, target: Address) -> bool:
        """Whether an account may know that another one is here: by presence, or since they meet in a room."""
        return await self.services.presence.may_see(viewer, target) or bool(self.meet(viewer, target))

    def meet(self, viewer: Address, target: Address) -> list[Room]:
        """The rooms in which one account sees another one as who it is, not by a name that it has only there."""
        return [
            room for room in self.rooms_of(viewer) if target in room.accounts and self._is_known(room, viewer, target)
        ]

    def _is_known(self, room: Room, viewer: Address, target: Address) -> bool:
        view = room.shown(room.view(room.accounts[target]), room.accounts.get(viewer))
        return self.people.known_account(view, room.address) == target

    def rooms_of(self, account: Address) -> list[Room]:
        """The rooms that an account is inside with any of its sessions, by address."""
        found = set()
        for session in self.services.registry.sessions(account):
            found |= self.services.rooms.entered(session.address)
        return [room for address in sorted(found) if (room := self.room(address)) is not None]

    def count_bots(self, account: Address) -> None:
        """Look again whether an account is a bot."""
        (self.bots.add if self.has_mode(account, "B") else self.bots.discard)(account)

    def has_mode(self, account: Address, letter: str) -> bool:
        """Whether any client of an account has set a mode."""
        return any(letter in client.modes for client in self.people.of(account))

    def conversation_name(self, peer: Address, domain: str) -> str:
        """What a client calls a conversation: a nick, or a channel."""
        if self.services.domains.of_rooms(peer.domain) is not None:
            return self.people.channel(peer, domain)
        return self.people.nick(peer, domain)

    def account_name(self, account: Address, domain: str) -> str:
        """An account as users of ``domain`` see it in account tags and in WHOIS."""
        return names.nick_of(account, domain)

    def tags_of(self, account: Address | None, domain: str) -> dict[str, str]:
        """The tags of whatever an account does (IRCv3 account-tag, bot-mode)."""
        if account is None:
            return {}
        bot = {"bot": ""} if account in self.bots else {}
        is_account = self.services.domains.of_accounts(account.domain) and not self.services.accounts.is_guest(account)
        return {"account": self.account_name(account, domain), **bot} if is_account else bot

    def account_shown(self, view: OccupantView, room: Address, domain: str) -> str:
        """An occupant's account; empty where it is hidden, or where there is none."""
        account = self.people.known_account(view, room)
        if account is None or self.services.accounts.is_guest(account):
            return ""
        return self.account_name(account, domain)

    def realname(self, account: Address | None, nick: str) -> str:
        """What somebody calls itself besides the nick: the nick where nothing is known."""
        clients = self.people.of(account) if account is not None else []
        return clients[0].connection.realname if clients else nick

    def source_of_nick(self, nick: str, domain: str) -> str:
        """``nick!user@host`` of somebody whose nick is shown; an occupant's host is its room's domain."""
        account = self.people.account(nick, domain)
        if account is not None:
            return self.people.source(account, domain)
        return f"{nick}!*@{domain}"

    def quits_now(self, account: Address, client: Client) -> bool:
        """Whether a client has yet to hear that an account is gone, from one of the channels that they shared."""
        told = self._quits.setdefault(account, set())
        if client in told:
            return False
        told.add(client)
        return True

    def quit(self, account: Address) -> None:
        """All have heard of it."""
        self._quits.pop(account, None)

    def renames_now(self, source: str, client: Client) -> bool:
        """Whether a client has yet to hear that somebody has another nick."""
        told = self._renames.setdefault(source, set())
        if client in told:
            return False
        told.add(client)
        return True

    def renamed(self, source: str) -> None:
        """All have heard of it."""
        self._renames.pop(source, None)

    def welcomed(self, client: Client, channel: str, event: RoomWelcome) -> None:
        """What comes between the topic and the names when a client has joined: how far it has read."""
        if client.has(cap.READ_MARKER):
            moment = client.read_up_to
            client.answer(Line("MARKREAD", (channel, read_text(moment)), self.name))


def read_text(moment: float | None) -> str:
    """A read marker as MARKREAD has it."""
    return f"timestamp={write_moment(moment)}" if moment is not None else "*"
