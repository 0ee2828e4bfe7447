"""MODE, of channels and of oneself (modern IRC §MODE)."""

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation, Role
from dragoman.core.moderation import AffiliationChange, RoleChange
from dragoman.core.room import BAN, EXCEPTION, INVITATION, Room
from dragoman.core.stores import Mask, RoomConfig
from dragoman.protocols.irc import channel_modes, modes
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.casemapping import fold
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.hostmasks import account_named, complete
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.modes import Change
from dragoman.protocols.irc.refusals import ANYTHING
from dragoman.protocols.irc.wire import cut

_LISTS = {"b": BAN, "e": EXCEPTION, "I": INVITATION}
_ENTRIES = {"b": n.RPL_BANLIST, "e": n.RPL_EXCEPTLIST, "I": n.RPL_INVEXLIST}
_ENDS = {"b": n.RPL_ENDOFBANLIST, "e": n.RPL_ENDOFEXCEPTLIST, "I": n.RPL_ENDOFINVEXLIST}
#: Letters whose lists only members of the channel see: the others may not learn who is let in.
_SHOWN_INSIDE = frozenset("eI")
_AFFILIATIONS = {"q": Affiliation.OWNER, "a": Affiliation.ADMIN}


async def mode(client: Client, line: Line) -> None:
    """MODE: a channel's, or one's own."""
    target = line.params[0]
    if target[:1] == "#":
        await _channel(client, line)
    elif fold(target) == fold(client.nick):
        own(client, line.params[1:])
    elif client.network.people.account(target, client.domain) is None:
        client.numeric(n.ERR_NOSUCHNICK, target)
    else:
        client.numeric(n.ERR_USERSDONTMATCH)


def own(client: Client, params: tuple[str, ...]) -> None:
    """One's own modes: B and i are free to set, o is only to be put down."""
    if not params:
        client.numeric_said(n.RPL_UMODEIS, f"+{''.join(sorted(client.modes))}")
        return
    done = []
    for change in modes.read(params[0], ()):
        if change.letter not in modes.USER_MODES:
            client.numeric(n.ERR_UMODEUNKNOWNFLAG)
        elif change.add and change.letter == "o":
            continue
        elif change.add is not (change.letter in client.modes):
            (client.modes.add if change.add else client.modes.discard)(change.letter)
            client.network.count_bots(client.account)
            done.append(change)
    if done:
        source = client.network.people.source(client.account, client.domain)
        client.answer(Line("MODE", (client.nick, *modes.write(done)), source))


async def _channel(client: Client, line: Line) -> None:
    channel = line.params[0]
    address = client.network.people.room(channel, client.domain)
    room = client.network.room(address) if address is not None else None
    if room is None:
        client.numeric(n.ERR_NOSUCHCHANNEL, channel)
        return
    channel = client.network.people.channel(room.address, client.domain)
    if len(line.params) == 1:
        _describe(client, room, channel)
        return
    changes = list(modes.read(line.params[1], line.params[2:]))[: modes.MAX_CHANGES]
    await _Changes(client, room, channel).make(changes)


def _describe(client: Client, room: Room, channel: str) -> None:
    inside = room.is_inside(client.opened.address)
    if not room.config.public and not inside:
        client.numeric(n.ERR_NOTONCHANNEL, channel)
        return
    changes = channel_modes.describe(room.config)
    if not inside:
        changes = [Change(True, "k", "*") if change.letter == "k" else change for change in changes]
    client.numeric_said(n.RPL_CHANNELMODEIS, channel, *modes.write(changes))
    client.numeric_said(n.RPL_CREATIONTIME, channel, str(int(room.created_at)))


class _Changes:
    """One MODE command over one channel: settings are gathered and take effect at once, everything else in its turn."""

    def __init__(self, client: Client, room: Room, channel: str) -> None:
        self.client = client
        self.room = room
        self.channel = channel
        self.rule = client.network.services.room_rule
        self.listed: set[str] = set()

    async def make(self, changes: list[Change]) -> None:
        config = self.room.config
        for change in changes:
            if not modes.is_known(change.letter):
                self.client.numeric(n.ERR_UNKNOWNMODE, change.letter)
            elif change.is_query:
                self._list(change.letter)
            elif change.letter in modes.NEVER + modes.ALWAYS + modes.WHEN_SET:
                config = self._setting(config, change)
            else:
                await self._try(change)
        if config != self.room.config:
            await self._configure(config)

    async def _configure(self, config: RoomConfig) -> None:
        if config.persistent and not self.room.config.persistent and self.client.opened.guest:
            self.client.numeric(n.ERR_CHANOPRIVSNEEDED, self.channel)  # it would outlive its owner
            return
        try:
            await self.rule.set_modes(self.client.opened, self.room.address, config)
        except Refused as refused:
            self.client.refuse(self._code(refused), self.channel, refused)

    def _setting(self, config: RoomConfig, change: Change) -> RoomConfig:
        if change.parameter is None and (change.letter == "k" or (change.letter == "l" and change.add)):
            if change.letter == "k" and not change.add:
                return channel_modes.apply(config, Change(False, "k")) or config
            self.client.numeric(n.ERR_NEEDMOREPARAMS, "MODE")
            return config
        changed = channel_modes.apply(config, change)
        if changed is None:
            word = "*" if change.letter == "k" else change.parameter or "*"
            text = "This parameter makes no sense"
            self.client.numeric_said(n.ERR_INVALIDMODEPARAM, self.channel, change.letter, word, text)
        return changed or config

    async def _try(self, change: Change) -> None:
        if change.parameter is None or not change.parameter:
            self.client.numeric(n.ERR_NEEDMOREPARAMS, "MODE")
            return
        try:
            if change.letter in modes.LISTS:
                await self._mask(change, change.parameter)
            else:
                await self._stand(change, change.parameter)
        except Refused as refused:
            code = self._code(refused)
            if refused.condition is Condition.RESOURCE_CONSTRAINT:
                self.client.numeric(n.ERR_BANLISTFULL, self.channel, change.letter)
            else:
                self.client.refuse(code, self.channel, refused)

    def _code(self, refused: Refused) -> str:
        if refused.condition is Condition.FORBIDDEN and not self.room.is_inside(self.client.opened.address):
            return n.ERR_NOTONCHANNEL
        return ANYTHING[refused.condition]

    async def _stand(self, change: Change, nick: str) -> None:
        occupant = self.client.network.occupant(self.room, nick, self.client)
        if occupant is None:
            known = self.client.network.people.account(nick, self.client.domain)
            here = known is not None and await self.client.network.services.accounts.exists(known)
            word = nick
            if here:
                self.client.numeric(n.ERR_USERNOTINCHANNEL, word, self.channel)
            else:
                self.client.numeric(n.ERR_NOSUCHNICK, word)
            return
        if change.letter in _AFFILIATIONS:
            wanted = _AFFILIATIONS[change.letter]
            if not change.add and self.room.affiliation(occupant.account) is not wanted:
                return
            affiliation = wanted if change.add else Affiliation.NONE
            changes = [AffiliationChange(occupant.account, affiliation)]
            await self.rule.set_affiliations(self.client.opened, self.room.address, changes)
            return
        if change.letter == "v":
            role = occupant.role if occupant.role is Role.MODERATOR else self._role(voiced=change.add)
            wish = RoleChange(occupant.nick, role, voiced=change.add)
        else:
            role = Role.MODERATOR if change.add else self._role(voiced=occupant.voiced)
            wish = RoleChange(occupant.nick, role, voiced=occupant.voiced)
        await self.rule.set_roles(self.client.opened, self.room.address, [wish])

    def _role(self, *, voiced: bool) -> Role:
        return Role.PARTICIPANT if voiced or not self.room.config.moderated else Role.VISITOR

    async def _mask(self, change: Change, text: str) -> None:
        account = account_named(text, self.client.domain)
        # Of accounts that are not (yet) there nothing lasting can be said; a mask also fits those who will be.
        if account is not None and change.letter in "bI" and await self._is_account(account):
            await self._relate(change, account)
            return
        mask = complete(cut(text, 200)) if account is None else f"*!{account.local}@{account.domain}"
        if any(character in mask for character in " ,\x07") or mask[0] == ":":
            self.client.numeric_said(n.ERR_INVALIDMODEPARAM, self.channel, change.letter, "*", "No such mask")
            return
        session, name = self.client.opened, _LISTS[change.letter]
        if change.add:
            source = self.client.network.people.source(self.client.account, self.client.domain)
            entry = Mask(name, mask, source, self.client.network.services.clock.now())
            made = await self.rule.add_mask(session, self.room.address, entry)
        else:
            made = await self.rule.remove_mask(session, self.room.address, name, mask)
        if made:
            self._tell(Change(change.add, change.letter, mask))

    async def _is_account(self, account: Address) -> bool:
        accounts = self.client.network.services.accounts
        return not accounts.is_guest(account) and await accounts.exists(account)

    async def _relate(self, change: Change, account: Address) -> None:
        """``~account:bob`` is about bob wherever he comes from: an outcast, or a member (IRCv3 account-extban)."""
        wanted = Affiliation.OUTCAST if change.letter == "b" else Affiliation.MEMBER
        current = self.room.affiliation(account)
        if (current is wanted) is change.add:
            return
        changes = [AffiliationChange(account, wanted if change.add else Affiliation.NONE)]
        await self.rule.set_affiliations(self.client.opened, self.room.address, changes)
        if change.letter == "I" or not change.add:  # who may know of a ban is told by the room
            name = self.client.network.account_name(account, self.client.domain)
            self._tell(Change(change.add, change.letter, f"~account:{name}"))

    def _tell(self, change: Change) -> None:
        """Lists are IRC's own: the room tells nobody, so that its IRC clients are told here."""
        network = self.client.network
        source = network.people.source(self.client.account, self.client.domain)
        for other in network.inside(self.room):
            line = Line(
                "MODE", (network.people.channel(self.room.address, other.domain), *modes.write([change])), source
            )
            if other is self.client:
                other.answer(line)
            else:
                other.tell(line)

    def _list(self, letter: str) -> None:
        if letter in self.listed:
            return
        self.listed.add(letter)
        client, room = self.client, self.room
        inside = room.is_inside(client.opened.address)
        if inside or (room.config.public and letter not in _SHOWN_INSIDE):
            for mask in room.masks:
                if mask.list == _LISTS[letter]:
                    client.numeric_said(_ENTRIES[letter], self.channel, mask.mask, mask.author, str(int(mask.at)))
            related = {"b": Affiliation.OUTCAST, "I": Affiliation.MEMBER}.get(letter)
            for account, grant in room.grants.items():
                if grant.affiliation is related and account.local:
                    name = client.network.account_name(account, client.domain)
                    client.numeric_said(_ENTRIES[letter], self.channel, f"~account:{name}", client.network.name, "0")
        elif letter in _SHOWN_INSIDE:
            client.numeric(n.ERR_CHANOPRIVSNEEDED, self.channel)
            return
        client.numeric(_ENDS[letter], self.channel)
