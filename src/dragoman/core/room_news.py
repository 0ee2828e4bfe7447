"""What a room tells: the same thing to each as much as it may know. Pure, over :class:`dragoman.core.room.Room`."""

from collections.abc import Iterator

from dragoman.core.address import Address
from dragoman.core.model import OccupantView, Presence, RoomChange, RoomEvent, RoomWelcome, Talk
from dragoman.core.room import Occupant, Room, Told, conceal


def spread(room: Room, told: Told, *, skip: Address | None = None) -> Iterator[tuple[RoomChange, list[Address]]]:
    """A change in the forms in which it is told, each with the sessions that are told so; ``skip`` is told otherwise."""
    change, hidden = told.change, _concealed(told.change)
    account = change.occupant.account if change.occupant is not None else None
    for occupant in list(room.occupants.values()):
        own, sees = occupant.account == account, room.sees_accounts(occupant)
        if change.what is RoomEvent.AFFILIATION and not sees:
            continue
        shown = change if own or sees else hidden
        yield shown.readdressed(own=own), [address for address in occupant.sessions if address != skip]
    if told.gone:
        yield change.readdressed(own=True), list(told.gone)


def conceal_talk(room: Room, said: Talk, viewer: Occupant | None) -> Talk:
    """A message of a room as ``viewer`` may see it."""
    if said.occupant is None or said.occupant.account is None:
        return said
    return said.readdressed(occupant=room.shown(said.occupant, viewer))


def welcome(
    room: Room,
    occupant: Occupant,
    recipient: Address,
    *,
    presence: Presence,
    asked: str,
    history: tuple[Talk, ...],
    created: bool,
    resumed: bool,
) -> RoomWelcome:
    """Everything that a newcomer has to know; ``asked`` is the nickname that it wanted."""
    others = [other for other in room.occupants.values() if other is not occupant]
    return RoomWelcome(
        sender=room.address.at(occupant.nick),
        recipient=recipient,
        occupant=room.view(occupant),
        presence=presence,
        occupants=tuple((room.shown(room.view(other), occupant), other.presence()) for other in others),
        subject=room.subject,
        subject_author=room.subject_author,
        subject_at=room.subject_at,
        history=tuple(conceal_talk(room, said, occupant) for said in history),
        created=created,
        nick_assigned=occupant.nick != asked,
        non_anonymous=room.config.non_anonymous,
        logged=room.config.archived,
        resumed=resumed,
    )


def _concealed(change: RoomChange) -> RoomChange:
    def hide(view: OccupantView | None) -> OccupantView | None:
        return conceal(view) if view is not None else None

    return change.readdressed(
        occupant=hide(change.occupant), before=hide(change.before), actor=hide(change.actor), sessions=()
    )
