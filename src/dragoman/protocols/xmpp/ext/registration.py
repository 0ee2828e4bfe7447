"""Registering with a room: a member has its nickname kept for it, or gives its membership back (XEP-0045 §7.10)."""

from typing import TYPE_CHECKING

from dragoman.core.errors import Condition, Refused
from dragoman.formats import precis
from dragoman.formats.xml import Element, element
from dragoman.protocols.xmpp import forms
from dragoman.protocols.xmpp.namespaces import FORMS, MUC_REGISTER, REGISTER
from dragoman.protocols.xmpp.server import Features, Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

_NICK = "muc#register_roomnick"


async def _get(client: "Client", query: Query) -> Element | None:
    services, account = client.server.services, client.session.account
    room = await services.rooms.existing(query.to)
    services.room_rule.check_member(room, account)
    nick = room.grants[account].nick
    if nick:
        registered = (element("registered", REGISTER), element("username", REGISTER, nick))
        return element("query", REGISTER, *registered)
    field = forms.field(_NICK, (), kind="text-single", label="Nickname", required=True)
    return element("query", REGISTER, forms.form(MUC_REGISTER, [field], title="A nickname that is kept for you"))


async def _set(client: "Client", query: Query) -> Element | None:
    rule = client.server.services.room_rule
    if query.payload.child("remove") is not None:
        await rule.resign(client.session, query.to)
        return None
    values = forms.read(query.payload.child("x", FORMS), MUC_REGISTER)
    try:
        nick = precis.resource(forms.text(values, _NICK, ""))
    except ValueError as error:
        raise Refused(Condition.NOT_ACCEPTABLE, str(error)) from error
    if not nick:
        raise Refused(Condition.NOT_ACCEPTABLE, "a nickname is missing")
    await rule.keep_nick(client.session, query.to, nick)
    return None


FEATURES: Features = {Target.ROOM: (REGISTER,)}
HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ROOM, "get", REGISTER, "query"): _get,
    (Target.ROOM, "set", REGISTER, "query"): _set,
}
