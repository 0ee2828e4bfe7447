"""MONITOR (IRCv3): whose coming and going each client wants to hear of, and what it may hear."""

from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.hooks import PresenceChange
from dragoman.core.model import Presence
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.casemapping import fold
from dragoman.protocols.irc.channels import note_away
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.line import Line

if TYPE_CHECKING:
    from dragoman.protocols.irc.network import Network


class Monitors:
    """Watchers by folded nick."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._watchers: dict[str, set[Client]] = {}
        self._here: set[Address] = set()

    def add(self, client: Client, nick: str) -> bool:
        """Watch a nick; False where the client's list is full."""
        key = fold(nick)
        if key in client.monitored:
            return True
        if len(client.monitored) >= self._network.settings.max_monitored:
            return False
        client.monitored[key] = nick
        self._watchers.setdefault(key, set()).add(client)
        return True

    def remove(self, client: Client, nick: str) -> None:
        """Watch a nick no more."""
        key = fold(nick)
        if client.monitored.pop(key, None) is not None:
            watchers = self._watchers[key]
            watchers.discard(client)
            if not watchers:
                del self._watchers[key]

    def clear(self, client: Client) -> None:
        """Watch nobody."""
        for nick in list(client.monitored):
            self.remove(client, nick)

    async def online(self, client: Client, nick: str) -> Address | None:
        """The account behind a nick, where it is here and the client may know; None else, whatever the reason."""
        network = self._network
        account = network.people.account(nick, client.domain)
        if account is None or network.services.presence.current(account) is None:
            return None
        return account if await network.may_see(client.account, account) else None

    async def presence_changed(self, change: PresenceChange) -> None:
        """Somebody came or went, or went away: tell those who watch it, if they may know."""
        account = change.session.account
        presence = self._network.services.presence.current(account)
        here = presence is not None
        if here == (account in self._here):
            if presence is not None:
                await self._note_away(account, presence)
            return
        self._here.symmetric_difference_update((account,))
        for client in self.watchers(account):
            if await self._network.may_see(client.account, account):
                self._tell(client, account, here=here)

    async def _note_away(self, account: Address, presence: Presence) -> None:
        """Each is told once, though it may also share a channel with the account (extended-monitor §AWAY)."""
        for client in self.watchers(account):
            if client.has(cap.EXTENDED_MONITOR) and await self._network.may_see(client.account, account):
                note_away(client, self._network.people.nick(account, client.domain), presence)

    def watchers(self, account: Address) -> list[Client]:
        """Who watches an account, under whatever name it has for each."""
        found: set[Client] = set()
        for domain in self._network.services.domains:
            nick = self._network.people.nick(account, domain.name)
            found |= {client for client in self._watchers.get(fold(nick), ()) if client.domain == domain.name}
        return list(found)

    def _tell(self, client: Client, account: Address, *, here: bool) -> None:
        people = self._network.people
        name = people.source(account, client.domain) if here else people.nick(account, client.domain)
        code = n.RPL_MONONLINE if here else n.RPL_MONOFFLINE
        client.tell(Line(code, (client.nick, name), self._network.name))

    async def tell_watchers(self, account: Address, line: Line, capability: int, told: set[Client]) -> None:
        """Tell what changed about somebody to those who watch it and asked for such news (extended-monitor)."""
        for client in self.watchers(account):
            wanted = client.has(cap.EXTENDED_MONITOR) and client.has(capability)
            if wanted and client not in told and await self._network.may_see(client.account, account):
                client.tell(line)
