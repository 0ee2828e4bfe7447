"""Who is who: the nick, user and host under which the users of a domain see an account or an occupant."""

from collections.abc import Iterator

from dragoman.core.address import Address
from dragoman.core.model import Affiliation, OccupantView, Role
from dragoman.core.session import Session
from dragoman.features.services import Services
from dragoman.protocols.irc import modes, names
from dragoman.protocols.irc.casemapping import fold
from dragoman.protocols.irc.client import Client

#: How many nicks are kept with whose they are, and how many sessions with what they are called.
REMEMBERED = 10_000


class People:
    """The clients that are registered, by address and by nick, and the names of everybody else."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.clients: dict[Address, Client] = {}  # by full address
        self._guests: dict[str, Address] = {}  # folded nick -> account
        self._sources: dict[Address, str] = {}  # by account, of the guests who have a client here
        self._named: dict[tuple[str, str], tuple[Address, str]] = {}  # by nick and domain
        # By session: the domain whose users asked last, and the source that they were shown.
        self._speakers: dict[Address, tuple[str, str]] = {}

    def __iter__(self) -> Iterator[Client]:
        return iter(self.clients.values())

    def add(self, client: Client) -> None:
        """A client is registered."""
        session = client.opened
        self.clients[session.address] = client
        if session.guest:
            self.name_guest(session.account, client, client.nick)

    def remove(self, client: Client, session: Session) -> None:
        """A client has gone, and its session has ended."""
        self.clients.pop(session.address, None)
        if session.guest:
            self.unname_guest(session.account, client.nick)

    def name_guest(self, account: Address, client: Client, nick: str) -> None:
        """A guest is, or is about to be, called so."""
        self._forget()
        self._guests[fold(nick)] = account
        self._sources[account] = f"{nick}!~{client.connection.user}@{account.domain}"

    def unname_guest(self, account: Address, nick: str) -> None:
        """A guest is called so no more."""
        self._forget()
        self._guests.pop(fold(nick), None)
        self._sources.pop(account, None)

    def moved(self, client: Client, before: Address, nick: str) -> None:
        """A guest has another address than ``before``, when it was called ``nick``."""
        session = client.opened
        self.clients.pop(before.at(session.address.resource), None)
        self.clients[session.address] = client
        self.unname_guest(before, nick)

    def of(self, account: Address) -> list[Client]:
        """The clients of an account, in the order in which they came."""
        sessions = self._services.registry.sessions(account)
        return [client for session in sessions if (client := self.clients.get(session.address)) is not None]

    def account(self, nick: str, domain: str) -> Address | None:
        """Whose nick it is; None where it can be no account's."""
        return self._guests.get(fold(nick)) or names.account_of(nick, domain)

    def named(self, nick: str, domain: str) -> tuple[Address, str] | None:
        """Whose nick it is, as :meth:`account` says, and how it is written; kept, since people say much to few."""
        key = (nick, domain)
        known = self._named.get(key)
        if known is not None:
            return known
        account = self.account(nick, domain)
        if account is None:
            return None
        if len(self._named) >= REMEMBERED:
            self._named.clear()
        known = (account, self.nick(account, domain))
        self._named[key] = known
        return known

    def _forget(self) -> None:
        """A guest's name has changed: what was found before may be wrong."""
        self._speakers.clear()
        self._named.clear()

    def nick(self, account: Address, domain: str) -> str:
        """What users of ``domain`` call an account."""
        source = self._sources.get(account) if self._sources else None
        return source[: source.index("!")] if source is not None else names.nick_of(account, domain)

    def source(self, account: Address, domain: str) -> str:
        """``nick!user@host`` of an account."""
        source = self._sources.get(account)
        if source is not None:
            return source
        return names.source_of(account, domain)

    def speaker(self, session: Address, domain: str) -> str:
        """:meth:`source` of the account of a session; kept, since each message asks for it twice."""
        known = self._speakers.get(session)
        if known is not None and known[0] == domain:
            return known[1]
        if len(self._speakers) >= REMEMBERED:
            self._speakers.clear()
        source = self.source(session.bare, domain)
        self._speakers[session] = (domain, source)
        return source

    def channel(self, room: Address, domain: str) -> str:
        """What users of ``domain`` call a room."""
        served = self._services.domains.of_accounts(domain)
        return names.channel_of(room.bare, served.rooms if served is not None else "")

    def room(self, channel: str, domain: str) -> Address | None:
        """The room that users of ``domain`` call so."""
        served = self._services.domains.of_accounts(domain)
        return names.room_of(channel, served.rooms) if served is not None else None

    def occupant_nick(self, view: OccupantView, room: Address, viewer: Client) -> str:
        """What ``viewer`` calls an occupant: by its account, or by what it calls itself in a room that hides that."""
        account = self.identity(view, room, viewer.account)
        if account is not None:
            return self.nick(account, viewer.domain)
        return names.occupant_nick(view.nick, self.channel(room, viewer.domain))

    def occupant_source(self, view: OccupantView, room: Address, viewer: Client) -> str:
        """``nick!user@host`` of an occupant; one whose account is hidden has its id in the room as its user."""
        account = self.identity(view, room, viewer.account)
        if account is not None:
            return self.source(account, viewer.domain)
        nick = names.occupant_nick(view.nick, self.channel(room, viewer.domain))
        return f"{nick}!{names.safe(view.id[:10]) or '*'}@{room.domain}"

    def identity(self, view: OccupantView, room: Address, viewer: Address | None) -> Address | None:
        """The account by which an occupant is called; None where it is called by its name in the room.

        The same for moderators, who can ask whose account it is, as for all others: nobody's nick changes when somebody
        becomes a moderator.
        """
        if view.account is not None and (view.account == viewer or self._is_open(room)):
            return view.account
        return self._namesake(view, room)

    def _is_open(self, room: Address) -> bool:
        loaded = self._services.rooms.loaded(room.bare)
        return loaded is not None and loaded.config.non_anonymous

    def _namesake(self, view: OccupantView, room: Address) -> Address | None:
        """The account of an occupant that goes by its account's name: nobody else may (see ``features.rooms``)."""
        domain = self._services.domains.of_rooms(room.domain)
        guest = self._guests.get(fold(view.nick))
        account = guest or (names.account_of(view.nick, domain.name) if domain is not None else None)
        return account if account is not None and self._services.accounts.is_known(account) else None

    def known_account(self, view: OccupantView, room: Address) -> Address | None:
        """An occupant's account, where it is shown or is what the occupant calls itself."""
        return view.account or self._namesake(view, room)

    @staticmethod
    def standing(view: OccupantView) -> str:
        """The mode letters of an occupant, highest first."""
        letters = ""
        if view.affiliation is Affiliation.OWNER:
            letters += "q"
        elif view.affiliation is Affiliation.ADMIN:
            letters += "a"
        if view.role is Role.MODERATOR:
            letters += "o"
        if view.voiced:
            letters += "v"
        return letters

    def prefixes(self, view: OccupantView) -> str:
        """The signs before an occupant's nick, highest first."""
        return "".join(modes.STANDINGS[letter] for letter in self.standing(view))
