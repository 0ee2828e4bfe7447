"""Ruling a room: roles, affiliations, settings, subject, invitations, bans, its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from dragoman.core import moderation
from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.core.errors import Condition, Refused
from dragoman.core.masks import with_mask, without_mask
from dragoman.core.model import Affiliation, Invitation, Kind, Message, RoomChange, RoomEvent
from dragoman.core.moderation import SERVER_OWNER, Actor, AffiliationChange, RoleChange
from dragoman.core.policy import Domains
from dragoman.core.room import Room, Told
from dragoman.core.router import Router
from dragoman.core.session import Session
from dragoman.core.stores import Mask, RoomConfig
from dragoman.features.rooms import Rooms

MAX_MASKS = 100
MAX_SUBJECT_BYTES = 4096


@dataclass(slots=True)
class RoomRule:
    """Acts on rooms in the name of a session, or of the server's owner where ``session`` is None."""

    rooms: Rooms
    router: Router
    clock: Clock
    domains: Domains

    def actor(self, room: Room, session: Session | None) -> Actor:
        """Who a session is to a room; an administrator of the domain is an owner of all its rooms."""
        if session is None:
            return SERVER_OWNER
        actor = Actor.of(room, session.account)
        domain = self.domains.of_rooms(room.address.domain)
        if domain is not None and domain.is_admin(session.account) and not session.low_assurance:
            return Actor(Affiliation.OWNER, SERVER_OWNER.role, session.account, actor.view)
        return actor

    async def set_roles(self, session: Session | None, address: Address, changes: Sequence[RoleChange]) -> None:
        """Kick, voice, moderators."""
        room = await self.rooms.existing(address)
        self.rooms.tell(room, moderation.set_roles(room, self.actor(room, session), changes))
        await self.rooms.close_if_empty(room)

    async def set_affiliations(
        self, session: Session | None, address: Address, changes: Sequence[AffiliationChange]
    ) -> None:
        """Bans, members, admins, owners."""
        room = await self.rooms.existing(address)
        told = moderation.set_affiliations(room, self.actor(room, session), changes)
        await self.rooms.save(room)
        self.rooms.tell(room, told)
        await self.rooms.close_if_empty(room)

    async def configure(self, session: Session | None, address: Address, config: RoomConfig) -> None:
        """New settings by an owner."""
        room = await self.rooms.existing(address)
        await self._configured(room, moderation.configure(room, self.actor(room, session), config))

    async def set_modes(self, session: Session | None, address: Address, config: RoomConfig) -> None:
        """New settings by a moderator, as far as moderators may."""
        room = await self.rooms.existing(address)
        await self._configured(room, moderation.moderate_settings(room, self.actor(room, session), config))

    async def _configured(self, room: Room, told: list[Told]) -> None:
        await self.rooms.save(room)
        self.rooms.tell(room, told)
        await self.rooms.close_if_empty(room)

    def check_member(self, room: Room, account: Address) -> None:
        """Whether somebody belongs to a room; ``Refused(not-allowed)`` where it does not (XEP-0045 §7.10)."""
        if account not in room.grants or room.affiliation(account).rank < Affiliation.MEMBER.rank:
            raise Refused(Condition.NOT_ALLOWED, "this is for members of the room")

    async def keep_nick(self, session: Session, address: Address, nick: str) -> None:
        """Keep a nickname for a member, so that nobody else takes it. ``Refused(conflict)`` where somebody has it."""
        room = await self.rooms.existing(address)
        self.check_member(room, session.account)
        await self.rooms.check_name(session.account, room, nick)
        room.grants[session.account] = replace(room.grants[session.account], nick=nick)
        await self.rooms.save(room)
        occupant = room.accounts.get(session.account)
        if occupant is not None:  # XEP-0045 §7.10: all inside hear that it has registered
            self.rooms.tell(room, [room.retell(occupant)])

    async def resign(self, session: Session, address: Address) -> None:
        """A member gives its membership back, with all that hangs on it. ``Refused(conflict)`` for the last owner."""
        room = await self.rooms.existing(address)
        self.check_member(room, session.account)
        await self.set_affiliations(None, address, [AffiliationChange(session.account, Affiliation.NONE)])

    async def set_subject(self, session: Session, address: Address, subject: str) -> None:
        """A new subject, empty to take it away."""
        room = await self.rooms.existing(address)
        if len(subject.encode()) > MAX_SUBJECT_BYTES:
            raise Refused(Condition.NOT_ACCEPTABLE, "the subject is too long")
        occupant = room.occupant(session.address)
        told = moderation.set_subject(room, occupant, subject, at=self.clock.now())
        await self.rooms.save(room)
        if subject:
            sender = told.change.sender
            said = Message(
                sender=sender, recipient=sender.bare, kind=Kind.GROUPCHAT, subject=subject, occupant=room.view(occupant)
            )
            kept = await self.rooms.keep(room, said)
            told = Told(told.change.readdressed(archive_id=kept.archive_id))
        self.rooms.tell(room, [told])

    async def add_mask(self, session: Session | None, address: Address, mask: Mask) -> bool:
        """Put a mask on a list; False where it was there. ``Refused(resource-constraint)`` where the list is full."""
        room = await self.rooms.existing(address)
        self._check_masks(room, session)
        masks = with_mask(room.masks, mask)
        if len(masks) > MAX_MASKS:
            raise Refused(Condition.RESOURCE_CONSTRAINT, "the list is full")
        added, room.masks = len(masks) > len(room.masks), masks
        await self.rooms.save(room)
        return added

    async def remove_mask(self, session: Session | None, address: Address, list: str, mask: str) -> bool:
        """Take a mask off a list; False where it was not there."""
        room = await self.rooms.existing(address)
        self._check_masks(room, session)
        masks = without_mask(room.masks, list, mask)
        removed, room.masks = len(masks) < len(room.masks), masks
        await self.rooms.save(room)
        return removed

    async def invite(
        self, session: Session, address: Address, who: Address, *, id: str = "", reason: str = "", thread: str = ""
    ) -> None:
        """Ask somebody in (XEP-0045 §7.8.2): it may come in once, even where the room is for members. The invitation bears
        the ``id`` that its sender gave it."""
        room = await self.rooms.existing(address)
        occupant = room.occupant(session.address)
        moderation.check_invitation(room, occupant)
        room.invited.add(who.bare)
        invitation = Invitation(
            sender=room.address,
            recipient=who,
            kind=Kind.NORMAL,
            id=id,
            thread=thread,
            room=room.address,
            inviter=session.account,
            reason=reason,
            password=room.config.password,
        )
        await self.router.route(invitation, session)
        self.rooms.tell(room, [Told(room.change(RoomEvent.INVITED, occupant, to=who.bare, reason=reason))])

    async def decline(self, session: Session, address: Address, inviter: Address, *, reason: str = "") -> None:
        """Say no to an invitation (XEP-0045 §7.8.2)."""
        room = await self.rooms.existing(address)
        if session.account not in room.invited:
            raise Refused(Condition.ITEM_NOT_FOUND, "you were not invited")
        room.invited.discard(session.account)
        declined = RoomChange(
            sender=room.address, recipient=inviter, what=RoomEvent.DECLINED, reason=reason, to=session.account
        )
        await self.router.route(declined, session)

    async def destroy(
        self, session: Session | None, address: Address, *, to: Address | None = None, reason: str = ""
    ) -> None:
        """End a room."""
        room = await self.rooms.existing(address)
        self.rooms.tell(room, moderation.destroy(room, self.actor(room, session), to=to, reason=reason))
        await self.rooms.drop(room)

    def _check_masks(self, room: Room, session: Session | None) -> None:
        actor = self.actor(room, session)
        if actor.role is not SERVER_OWNER.role and actor.affiliation.rank < Affiliation.ADMIN.rank:
            raise Refused(Condition.FORBIDDEN, "only moderators may do this")
