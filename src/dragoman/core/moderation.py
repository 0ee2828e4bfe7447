"""What occupants may do to a room and to each other (XEP-0045 §5, §8 to §10): pure functions over a room.

Each checks everything before it changes anything, and gives back what is to be told.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import asdict

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation, OccupantView, Role, RoomEvent
from dragoman.core.room import Grant, Occupant, Room, Told
from dragoman.core.stores import RoomConfig


class RoleChange(Struct, frozen=True):
    """``nick`` gets a role; NONE puts it out. ``voiced`` gives or takes the right to speak by name."""

    nick: str
    role: Role
    reason: str = ""
    voiced: bool = False


class AffiliationChange(Struct, frozen=True):
    """``account`` gets an affiliation, and a nickname that is kept for it where one is given."""

    account: Address
    affiliation: Affiliation
    reason: str = ""
    nick: str = ""


class Actor(Struct, frozen=True):
    """Who acts: an account, with what it is in the room. The server's owner acts as ``Actor.owner``."""

    affiliation: Affiliation
    role: Role = Role.NONE
    account: Address | None = None
    view: OccupantView | None = None

    @classmethod
    def of(cls, room: Room, account: Address) -> "Actor":
        """An account as the room knows it."""
        occupant = room.accounts.get(account)
        role, view = (occupant.role, room.view(occupant)) if occupant is not None else (Role.NONE, None)
        affiliation = room.affiliation(account)
        if role is Role.MODERATOR and room.is_ownerless:
            affiliation = Affiliation.OWNER  # what guests have opened has no other ruler
        return cls(affiliation, role, account, view)


SERVER_OWNER = Actor(Affiliation.OWNER, Role.MODERATOR)


def set_roles(room: Room, actor: Actor, changes: Sequence[RoleChange]) -> list[Told]:
    """Kick, give and take voice, make moderators (XEP-0045 §8.2 to §8.5, §9.6, §9.7)."""
    for change in changes:
        _check_role(room, actor, change)
    told = []
    for change in changes:
        occupant = room.occupants[change.nick]
        if change.role is Role.NONE:
            told.append(room.put_out(occupant, RoomEvent.KICKED, actor=actor.view, reason=change.reason))
        elif (occupant.role, occupant.voiced) != (change.role, change.voiced):
            told.append(_stand(room, occupant, change.role, voiced=change.voiced, actor=actor, reason=change.reason))
    return told


def _check_role(room: Room, actor: Actor, change: RoleChange) -> None:
    target = room.occupants.get(change.nick)
    if target is None:
        raise Refused(Condition.ITEM_NOT_FOUND, f"nobody here is called {change.nick}")
    if actor.role is not Role.MODERATOR:
        raise Refused(Condition.FORBIDDEN, "only moderators may do this")
    itself = target.account == actor.account
    rank = room.affiliation(target.account).rank
    # XEP-0045 §8.2: nobody is kicked, and no voice is taken, by somebody of a lower affiliation.
    if not itself and rank > actor.affiliation.rank:
        raise Refused(Condition.NOT_ALLOWED, "this occupant is above you")
    moderators = Role.MODERATOR in (change.role, target.role) and change.role is not target.role
    if moderators and not itself and actor.affiliation.rank < Affiliation.ADMIN.rank:
        if change.role is Role.NONE and rank <= actor.affiliation.rank:
            return  # a moderator may be put out by an equal
        raise Refused(Condition.FORBIDDEN, "only admins make or unmake moderators")
    # XEP-0045 §9.7: an admin's or owner's moderation goes only with the affiliation.
    if change.role in (Role.VISITOR, Role.PARTICIPANT) and rank >= Affiliation.ADMIN.rank:
        raise Refused(Condition.NOT_ALLOWED, "an admin or owner is always a moderator")


def set_affiliations(room: Room, actor: Actor, changes: Sequence[AffiliationChange]) -> list[Told]:
    """Ban, make members, admins and owners (XEP-0045 §9, §10); a list is a delta, and all of it happens or nothing."""
    for change in changes:
        _check_affiliation(room, actor, change)
    owners = {account for account, grant in room.grants.items() if grant.affiliation is Affiliation.OWNER}
    for change in changes:
        owners.discard(change.account)
        if change.affiliation is Affiliation.OWNER:
            owners.add(change.account)
    if not owners and not room.is_ownerless:
        raise Refused(Condition.CONFLICT, "the last owner cannot go")
    told: list[Told] = []
    for change in changes:
        told.extend(_affiliate(room, actor, change))
    return told


def _check_affiliation(room: Room, actor: Actor, change: AffiliationChange) -> None:
    current, new = room.affiliation(change.account), change.affiliation
    if actor.affiliation.rank < Affiliation.ADMIN.rank:
        raise Refused(Condition.FORBIDDEN, "only admins and owners may do this")
    if new is Affiliation.OUTCAST and change.account == actor.account:
        raise Refused(Condition.CONFLICT, "you cannot ban yourself")
    if change.nick:
        _check_kept_nick(room, actor, change)
    if actor.affiliation is Affiliation.ADMIN and change.account != actor.account:
        if current.rank >= Affiliation.ADMIN.rank:
            raise Refused(Condition.NOT_ALLOWED, "an admin or owner is not for an admin to change")
        if new.rank >= Affiliation.ADMIN.rank:
            raise Refused(Condition.FORBIDDEN, "only owners make admins and owners")


def _check_kept_nick(room: Room, actor: Actor, change: AffiliationChange) -> None:
    if any(grant.nick == change.nick and other != change.account for other, grant in room.grants.items()):
        raise Refused(Condition.CONFLICT, "this nickname is kept for somebody else")
    holder = room.occupants.get(change.nick)
    if holder is None or holder.account == change.account:
        return
    if holder.account == actor.account or room.affiliation(holder.account).rank >= actor.affiliation.rank:
        raise Refused(Condition.CONFLICT, "this nickname is in use")


def _affiliate(room: Room, actor: Actor, change: AffiliationChange) -> list[Told]:
    told = []
    holder = room.occupants.get(change.nick)
    if holder is not None and holder.account != change.account:
        # XEP-0045 §7.12: whom a nickname is kept for can always come in with it.
        told.append(room.put_out(holder, RoomEvent.KICKED, reason="This nickname is reserved"))
    return [*told, *_relate(room, actor, change)]


def _relate(room: Room, actor: Actor, change: AffiliationChange) -> list[Told]:
    before = room.affiliation(change.account)
    occupant = room.accounts.get(change.account)
    old_view = room.view(occupant) if occupant is not None else None
    if change.affiliation is Affiliation.NONE:
        room.grants.pop(change.account, None)
    else:
        kept = room.grants.get(change.account)
        nick = change.nick or (kept.nick if kept is not None else "")
        room.grants[change.account] = Grant(change.affiliation, change.reason, nick)
    if before is change.affiliation:
        return [room.retell(occupant, actor=actor.view)] if occupant is not None and change.nick else []
    if occupant is None or old_view is None:
        view = OccupantView("", room.identify(change.account), change.affiliation, Role.NONE, change.account)
        told = room.change(RoomEvent.AFFILIATION, reason=change.reason)
        return [Told(told.readdressed(occupant=view, actor=actor.view))]
    if change.affiliation is Affiliation.OUTCAST:
        return [room.put_out(occupant, RoomEvent.BANNED, actor=actor.view, reason=change.reason)]
    if room.config.members_only and change.affiliation is Affiliation.NONE:
        return [room.put_out(occupant, RoomEvent.UNAFFILIATED, actor=actor.view, reason=change.reason)]
    role = room.natural_role(occupant.account, voiced=occupant.voiced)
    return [_stand(room, occupant, role, voiced=occupant.voiced, actor=actor, reason=change.reason, before=old_view)]


def configure(room: Room, actor: Actor, config: RoomConfig) -> list[Told]:
    """New settings (XEP-0045 §10.2); those who may not stay are put out, and voices follow moderation."""
    if actor.affiliation is not Affiliation.OWNER:
        raise Refused(Condition.FORBIDDEN, "only owners configure a room")
    return _configure(room, actor, config, expel=True)


def _configure(room: Room, actor: Actor, config: RoomConfig, *, expel: bool) -> list[Told]:
    old, room.config = room.config, config
    room.settle()
    changes = tuple(name for name, value in asdict(config).items() if value != getattr(old, name))
    told = []
    if changes:
        change = room.change(
            RoomEvent.CONFIGURED,
            changes=changes,
            actor=actor.view,
            non_anonymous=config.non_anonymous,
            logged=config.archived,
        )
        told.append(Told(change))
    for occupant in list(room.occupants.values()):
        outsider = room.affiliation(occupant.account) is Affiliation.NONE
        if expel and outsider and config.members_only and not old.members_only:
            told.append(room.put_out(occupant, RoomEvent.MEMBERS_ONLY, actor=actor.view))
        elif config.moderated != old.moderated and occupant.role is not Role.MODERATOR:
            role = room.natural_role(occupant.account, voiced=occupant.voiced)
            if role is not occupant.role:
                told.append(_stand(room, occupant, role, voiced=occupant.voiced, actor=actor))
    return told


def moderate_settings(room: Room, actor: Actor, config: RoomConfig) -> list[Told]:
    """The settings that moderators may change where a protocol lets them (modes of a channel); owners are not needed, and
    whoever is inside may stay.

    What only owners may change stays: that the room is kept, that it is archived, and who sees accounts.
    """
    if actor.role is not Role.MODERATOR and actor.affiliation.rank < Affiliation.ADMIN.rank:
        raise Refused(Condition.FORBIDDEN, "only moderators may do this")
    old = room.config
    if actor.affiliation is not Affiliation.OWNER and (
        (config.persistent, config.archived, config.non_anonymous) != (old.persistent, old.archived, old.non_anonymous)
    ):
        raise Refused(Condition.FORBIDDEN, "only owners may do this")
    return _configure(room, actor, config, expel=False)


def set_subject(room: Room, occupant: Occupant, subject: str, *, at: float) -> Told:
    """A new subject (XEP-0045 §8.1); ``Refused(forbidden)`` where the occupant may not set one."""
    allowed = occupant.role is Role.MODERATOR or (not room.config.subject_locked and occupant.role is Role.PARTICIPANT)
    if not allowed:
        raise Refused(Condition.FORBIDDEN, "only moderators change the subject")
    room.subject, room.subject_author, room.subject_at = subject, occupant.nick, at
    return Told(room.change(RoomEvent.SUBJECT, occupant, subject=subject, at=at))


def destroy(room: Room, actor: Actor, *, to: Address | None, reason: str) -> list[Told]:
    """The room ends (XEP-0045 §10.9); everybody is put out and told where to go instead."""
    if actor.affiliation is not Affiliation.OWNER:
        raise Refused(Condition.FORBIDDEN, "only owners destroy a room")
    told = []
    for occupant in list(room.occupants.values()):
        out = room.put_out(occupant, RoomEvent.DESTROYED, actor=actor.view, reason=reason)
        told.append(Told(out.change.readdressed(to=to), out.gone))
    return told


def check_invitation(room: Room, occupant: Occupant) -> None:
    """Whether an occupant may invite (XEP-0045 §7.8)."""
    if room.config.open_invitations and not room.config.members_only:
        return
    if occupant.role is not Role.MODERATOR and room.affiliation(occupant.account).rank < Affiliation.ADMIN.rank:
        raise Refused(Condition.FORBIDDEN, "only moderators invite here")


def check_voice(room: Room, occupant: Occupant, mask: str) -> None:
    """Whether an occupant may speak to all (XEP-0045 §7.4); a ban silences those who are still inside."""
    if occupant.role is Role.VISITOR:
        raise Refused(Condition.FORBIDDEN, "you have no voice in this room")
    if room.masks and not occupant.voiced and occupant.role is not Role.MODERATOR and room.is_banned(mask):
        raise Refused(Condition.FORBIDDEN, "you are banned from this room")


def _stand(
    room: Room,
    occupant: Occupant,
    role: Role,
    *,
    voiced: bool,
    actor: Actor,
    reason: str = "",
    before: OccupantView | None = None,
) -> Told:
    before = before or room.view(occupant)
    occupant.role, occupant.voiced = role, voiced
    change = room.change(
        RoomEvent.STANDING, occupant, before=before, actor=actor.view, reason=reason, presence=occupant.presence()
    )
    return Told(change)
