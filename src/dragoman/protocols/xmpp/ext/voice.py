"""Asking for voice in a moderated room, and giving it (XEP-0045 §7.13, §8.6)."""

from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Exchange, Hint, Kind, Native, Role, Signal
from dragoman.core.moderation import RoleChange
from dragoman.core.room import Occupant, Room
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp import forms
from dragoman.protocols.xmpp.namespaces import FORMS, MUC_REQUEST
from dragoman.protocols.xmpp.server import Target
from dragoman.protocols.xmpp.stanza import serialise_all

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

PROTOCOL = "xmpp"
FEATURES = {Target.ROOM: (MUC_REQUEST,)}


def find_form(message: Element) -> Element | None:
    """The form of a message to a room, where it is one of these."""
    form = message.child("x", FORMS)
    fields = form.elements if form is not None else ()
    types = [field.child_text("value") for field in fields if field.get("var") == "FORM_TYPE"]
    return form if types == [MUC_REQUEST] else None


async def handle(client: "Client", address: Address, form: Element) -> None:
    """A visitor asks, or a moderator answers; a form that was cancelled is no answer."""
    room = await client.server.services.rooms.existing(address)
    occupant = room.occupant(client.address)
    if form.get("type") == "cancel":
        return
    values = forms.read(form, MUC_REQUEST)
    if "muc#request_allow" in values:
        await _answer(client, room, values)
    elif forms.text(values, "muc#role", Role.PARTICIPANT) != Role.PARTICIPANT:
        raise Refused(Condition.BAD_REQUEST, "only voice can be asked for")
    elif occupant.role is Role.VISITOR:
        _ask(client, room, occupant)


async def _answer(client: "Client", room: Room, values: forms.Values) -> None:
    if not forms.boolean(values, "muc#request_allow", default=False):
        return
    nick = forms.text(values, "muc#roomnick", "")
    change = RoleChange(nick, Role.PARTICIPANT, voiced=True)
    await client.server.services.room_rule.set_roles(client.session, room.address, [change])


def _ask(client: "Client", room: Room, visitor: Occupant) -> None:
    """Show the question to every moderator's clients."""
    fields = [
        forms.field("muc#role", Role.PARTICIPANT.value, kind="list-single", label="Requested role"),
        forms.field("muc#jid", str(client.address), kind="jid-single", label="Who asks"),
        forms.field("muc#roomnick", visitor.nick, kind="text-single", label="Nickname in the room"),
        forms.field("muc#request_allow", False, label="Let them speak"),
    ]
    question = serialise_all([forms.form(MUC_REQUEST, fields, title="Somebody asks for voice")])
    for occupant in room.occupants.values():
        if occupant.role is Role.MODERATOR:
            for address in occupant.sessions:
                session = client.server.services.registry.session(address)
                if session is not None and session.protocol == PROTOCOL:
                    session.deliver(_signal(room.address, address, question))


def _signal(room: Address, moderator: Address, question: bytes) -> Signal:
    return Signal(
        sender=room,
        recipient=moderator,
        kind=Kind.NORMAL,
        native=Native(PROTOCOL, question),
        hints=Hint.NO_STORE,
        exchange=Exchange.NONE,
    )
