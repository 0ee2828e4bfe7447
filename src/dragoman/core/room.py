"""A room (XEP-0045): who is inside, who may do what, and what each may know of the others.

Pure: every method changes the room in memory and gives back what is to be told, as ``Told``; it raises ``Refused`` before
anything changed. What a moderator may do is in :mod:`dragoman.core.moderation`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.masks import matches
from dragoman.core.model import Affiliation, OccupantView, Presence, Role, RoomChange, RoomEvent
from dragoman.core.presence import aggregate
from dragoman.core.stores import RoomConfig, RoomRecord

BAN, EXCEPTION, INVITATION = "ban", "exception", "invitation"


class Told(Struct, frozen=True):
    """A change for everybody inside, as a moderator sees it; ``gone`` are sessions that it put out, and that hear of it."""

    change: RoomChange
    gone: tuple[Address, ...] = ()


class Grant(Struct, frozen=True):
    """A lasting relation of an account to the room, with why it was given and a nickname kept for it."""

    affiliation: Affiliation
    reason: str = ""
    nick: str = ""


@dataclass(slots=True, eq=False)
class Occupant:
    """One account inside, with all of its sessions and what each of them last said of itself."""

    nick: str
    account: Address
    id: str
    role: Role
    voiced: bool = False
    sessions: dict[Address, Presence] = field(default_factory=dict)

    def presence(self) -> Presence:
        """What the others see: the most reachable of its sessions."""
        return aggregate(self.sessions.values()) or next(iter(self.sessions.values()))


class Room:
    """The state of one room. ``identify`` makes the id of an account in this room (XEP-0421)."""

    def __init__(self, record: RoomRecord, identify: Callable[[Address], str]) -> None:
        self.address = record.address
        self.config = record.config
        self.grants = {
            account: Grant(affiliation, reason, nick) for account, affiliation, reason, nick in record.affiliations
        }
        self.masks = list(record.masks)
        self.subject = record.subject
        self.subject_author = record.subject_author
        self.subject_at = record.subject_at
        self.created_at = record.created_at
        self.occupants: dict[str, Occupant] = {}
        self.accounts: dict[Address, Occupant] = {}
        self.invited: set[Address] = set()
        self.unsettled = False  # whoever opened it may still say how it is to be
        self.locked_until = 0.0  # nobody else comes in before
        self.last_told = 0  # the id of the newest message that was delivered
        self.identify = identify

    def record(self) -> RoomRecord:
        """What is kept of the room."""
        grants = tuple((account, grant.affiliation, grant.reason, grant.nick) for account, grant in self.grants.items())
        return RoomRecord(
            self.address,
            self.config,
            grants,
            tuple(self.masks),
            self.subject,
            self.subject_author,
            self.subject_at,
            self.created_at,
        )

    def affiliation(self, account: Address) -> Affiliation:
        """An account's affiliation; that of its domain where only the domain has one, as in a ban of a whole server."""
        grant = self.grants.get(account) or self.grants.get(Address("", account.domain))
        return grant.affiliation if grant is not None else Affiliation.NONE

    def occupant(self, session: Address) -> Occupant:
        """Who a session is in this room; ``Refused(not-acceptable)`` where it is not inside (XEP-0045 §7.4)."""
        occupant = self.accounts.get(session.bare)
        if occupant is None or session not in occupant.sessions:
            raise Refused(Condition.NOT_ACCEPTABLE, "you are not in this room")
        return occupant

    def is_inside(self, session: Address) -> bool:
        """Whether a session has entered."""
        occupant = self.accounts.get(session.bare)
        return occupant is not None and session in occupant.sessions

    def natural_role(self, account: Address, *, voiced: bool = False) -> Role:
        """The role that an affiliation brings (XEP-0045 §5.1.2)."""
        rank = self.affiliation(account).rank
        if rank >= Affiliation.ADMIN.rank:
            return Role.MODERATOR
        if rank >= Affiliation.MEMBER.rank or voiced or not self.config.moderated:
            return Role.PARTICIPANT
        return Role.VISITOR

    def view(self, occupant: Occupant) -> OccupantView:
        """An occupant as moderators see it."""
        affiliation = self.affiliation(occupant.account)
        return OccupantView(occupant.nick, occupant.id, affiliation, occupant.role, occupant.account, occupant.voiced)

    def shown(self, view: OccupantView, viewer: Occupant | None) -> OccupantView:
        """A view as ``viewer`` may have it: accounts are for moderators unless the room is open about them."""
        if self.sees_accounts(viewer) or (viewer is not None and viewer.account == view.account):
            return view
        return conceal(view)

    def sees_accounts(self, viewer: Occupant | None) -> bool:
        """Whether somebody learns who the occupants are (XEP-0045 §4.2)."""
        return self.config.non_anonymous or (viewer is not None and viewer.role is Role.MODERATOR)

    def is_readable_by(self, account: Address, now: float) -> bool:
        """Whether somebody may read the room's history: who is inside or a member, or may come in unasked (XEP-0313 §5.1.2)."""
        affiliation, config = self.affiliation(account), self.config
        if not config.archived or affiliation is Affiliation.OUTCAST:
            return False
        if account in self.accounts or affiliation.rank >= Affiliation.MEMBER.rank:
            return True
        return not (config.members_only or config.password or self.is_locked(now))

    def is_locked(self, now: float) -> bool:
        """Whether nobody else comes in, because its owner has not said yet how it is to be (XEP-0045 §10.1)."""
        return now < self.locked_until

    def settle(self) -> None:
        """It is as it is to be, and open."""
        self.unsettled, self.locked_until = False, 0.0

    def check_entry(self, account: Address, *, password: str, mask: str, now: float) -> None:
        """Whether an account may come in (XEP-0045 §7.2.5 to §7.2.9). ``mask`` is its ``nick!name@host``."""
        affiliation = self.affiliation(account)
        invited = account in self.invited or self._masked(INVITATION, mask)
        if affiliation.rank >= Affiliation.ADMIN.rank:
            return
        if self.is_locked(now):
            raise Refused(Condition.ITEM_NOT_FOUND, "the room is not open yet")
        if affiliation is Affiliation.OUTCAST or self.is_banned(mask):
            raise Refused(Condition.FORBIDDEN, "you are banned from this room")
        if self.config.members_only and affiliation is Affiliation.NONE and not invited:
            raise Refused(Condition.REGISTRATION_REQUIRED, "this room is for members")
        if self.config.password and password != self.config.password:
            raise Refused(Condition.NOT_AUTHORIZED, "this room has a password")
        if self.config.max_occupants and len(self.occupants) >= self.config.max_occupants:
            raise Refused(Condition.SERVICE_UNAVAILABLE, "the room is full")

    def check_nick(self, account: Address, nick: str) -> None:
        """Whether an account may be called so here; ``Refused(conflict)`` where another one is or has kept the name."""
        holder = self.occupants.get(nick)
        if holder is not None and holder.account != account:
            raise Refused(Condition.CONFLICT, "this nickname is in use")
        if any(grant.nick == nick and other != account for other, grant in self.grants.items()):
            raise Refused(Condition.CONFLICT, "this nickname is kept for somebody else")

    def enter(self, session: Address, nick: str, presence: Presence) -> tuple[Occupant, list[Told]]:
        """A session comes in; the checks were made. Where its account is inside already, it joins that occupant."""
        account = session.bare
        self.invited.discard(account)
        occupant = self.accounts.get(account)
        if occupant is not None:
            occupant.sessions[session] = presence
            return occupant, [self._told(RoomEvent.PRESENCE, occupant, presence=presence)]
        if self.occupants:
            self.settle()
        role = Role.MODERATOR if self._is_found_empty() else self.natural_role(account)
        occupant = Occupant(nick, account, self.identify(account), role)
        occupant.sessions[session] = presence
        self.occupants[nick] = self.accounts[account] = occupant
        return occupant, [self._told(RoomEvent.ENTERED, occupant, presence=presence)]

    def leave(
        self, session: Address, *, what: RoomEvent = RoomEvent.LEFT, reason: str = "", presence: Presence | None = None
    ) -> list[Told]:
        """A session goes. The others hear of it only when it was the occupant's last one."""
        occupant = self.occupant(session)
        parting = presence or occupant.sessions[session]
        del occupant.sessions[session]
        if occupant.sessions:
            return [self.retell(occupant)]
        view = self.view(occupant)
        self._remove(occupant)
        return [Told(self._change(what, occupant.nick, occupant=view, reason=reason, presence=parting), (session,))]

    def put_out(
        self, occupant: Occupant, what: RoomEvent, *, actor: OccupantView | None = None, reason: str = ""
    ) -> Told:
        """All sessions of an occupant go at once, and not by their own will."""
        before = self.view(occupant)
        gone, presence = tuple(occupant.sessions), occupant.presence()
        self._remove(occupant)
        after = OccupantView(
            occupant.nick, occupant.id, self.affiliation(occupant.account), Role.NONE, occupant.account
        )
        change = self._change(
            what, occupant.nick, occupant=after, before=before, actor=actor, reason=reason, presence=presence
        )
        return Told(change, gone)

    def update(self, session: Address, presence: Presence) -> list[Told]:
        """A session inside changes its presence."""
        occupant = self.occupant(session)
        occupant.sessions[session] = presence
        return [self.retell(occupant)]

    def retell(self, occupant: Occupant, *, actor: OccupantView | None = None) -> Told:
        """What an occupant is now, told to all once more."""
        return self._told(RoomEvent.PRESENCE, occupant, presence=occupant.presence(), actor=actor)

    def rename(self, session: Address, nick: str) -> list[Told]:
        """An occupant takes another nickname (XEP-0045 §7.6)."""
        occupant = self.occupant(session)
        self.check_nick(occupant.account, nick)
        before = self.view(occupant)
        del self.occupants[occupant.nick]
        occupant.nick = nick
        self.occupants[nick] = occupant
        change = self._change(
            RoomEvent.RENAMED,
            before.nick,
            occupant=self.view(occupant),
            before=before,
            presence=occupant.presence(),
        )
        return [Told(change)]

    def readdress(self, old: Address, new: Address, nick: str) -> list[Told]:
        """A guest, who has only this one session, goes by another address and nickname from now on."""
        occupant = self.occupant(old)
        self.check_nick(occupant.account, nick)
        before = self.view(occupant)
        del self.occupants[occupant.nick], self.accounts[occupant.account]
        grant = self.grants.pop(occupant.account, None)
        occupant.nick, occupant.account = nick, new.bare
        occupant.sessions = {new: occupant.sessions[old]}
        self.occupants[nick] = self.accounts[new.bare] = occupant
        if grant is not None:
            self.grants[new.bare] = grant
        view, presence = self.view(occupant), occupant.presence()
        return [Told(self._change(RoomEvent.RENAMED, before.nick, occupant=view, before=before, presence=presence))]

    def is_banned(self, mask: str) -> bool:
        """Whether a ban fits somebody and no exception does."""
        return self._masked(BAN, mask) and not self._masked(EXCEPTION, mask)

    def change(self, what: RoomEvent, occupant: Occupant | None = None, **more: Any) -> RoomChange:
        """A change in the room's own name, or in an occupant's."""
        view = self.view(occupant) if occupant is not None else None
        return self._change(what, occupant.nick if occupant is not None else "", occupant=view, **more)

    def _masked(self, list: str, mask: str) -> bool:
        return any(entry.list == list and matches(entry.mask, mask) for entry in self.masks)

    @property
    def is_ownerless(self) -> bool:
        """Whether nobody owns the room: a guest opened it, and its moderators rule it as long as it lasts."""
        return not any(grant.affiliation is Affiliation.OWNER for grant in self.grants.values())

    def _is_found_empty(self) -> bool:
        return not self.occupants and not self.config.persistent and self.is_ownerless

    def _remove(self, occupant: Occupant) -> None:
        del self.occupants[occupant.nick]
        del self.accounts[occupant.account]
        occupant.sessions.clear()
        if not self.occupants:
            self.invited.clear()
            self.settle()

    def _told(self, what: RoomEvent, occupant: Occupant, **more: Any) -> Told:
        sessions = tuple(occupant.sessions) if len(occupant.sessions) > 1 else ()
        return Told(self._change(what, occupant.nick, occupant=self.view(occupant), sessions=sessions, **more))

    def _change(self, what: RoomEvent, nick: str, **more: Any) -> RoomChange:
        return RoomChange(sender=self.address.at(nick), recipient=self.address, what=what, **more)


def conceal(view: OccupantView) -> OccupantView:
    """A view without the account."""
    return OccupantView(view.nick, view.id, view.affiliation, view.role, None, view.voiced)


def new_record(address: Address, config: RoomConfig, owner: Address | None, at: float) -> RoomRecord:
    """A room that somebody has just opened; None is a guest, who cannot own what may outlast its stay."""
    owners = ((owner, Affiliation.OWNER, "", ""),) if owner is not None else ()
    return RoomRecord(address, config, owners, created_at=at)
