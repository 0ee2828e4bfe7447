"""Messages from clients (RFC 6121 §5, §8; XEP-0045 §7.4 to §7.9)."""

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import ChatState, Kind, Marker, RealTimeText, Receipt
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.client import Client
from dragoman.protocols.xmpp.errors import error_reply
from dragoman.protocols.xmpp.ext import voice
from dragoman.protocols.xmpp.namespaces import MUC_USER
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.translate.lift import lift_message

#: What says nothing by itself, and whose loss nobody needs to hear of.
WORDLESS = (ChatState, Marker, RealTimeText, Receipt)


async def handle(client: Client, stanza: Stanza) -> None:
    """Send a message where it is to go; its sender is told where it could not."""
    top = stanza.element
    try:
        await _send(client, stanza, top)
    except Refused as refused:
        # RFC 6120 §8.3.1: an error is never answered with an error.
        if top.attributes.get("type") != "error":
            client.send_element(error_reply(top, refused, str(client.address)))


async def _send(client: Client, stanza: Stanza, top: Element) -> None:
    session, services = client.session, client.server.services
    to = top.attributes.get("to")
    # RFC 6120 §10.3.1: what has no address is for the sender's own account.
    recipient = Address.parse(to) if to is not None else session.account
    is_room = services.domains.of_rooms(recipient.domain) is not None and not recipient.resource
    if is_room and await _rule(client, top, recipient):
        return
    event = lift_message(stanza, session.address, recipient, client.server.is_ours, client.language)
    try:
        await services.router.route(event, session)
    except Refused as refused:
        # To somebody offline these are dropped without a word; so they are where nobody is, or where one is blocked.
        fleeting = isinstance(event, WORDLESS) or event.kind is Kind.HEADLINE
        if not fleeting or refused.condition is not Condition.SERVICE_UNAVAILABLE:
            raise


async def _rule(client: Client, top: Element, room: Address) -> bool:
    """What is said to a room itself and is no talk: its subject, and invitations."""
    rule = client.server.services.room_rule
    if top.get("type") == "groupchat":
        subject = top.child("subject")
        # XEP-0045 §8.1: a subject with a body, or with a thread, is a message that has a subject.
        if subject is None or top.child("body") is not None or top.child("thread") is not None:
            return False
        await rule.set_subject(client.session, room, subject.text)
        return True
    form = voice.find_form(top)
    if form is not None:
        await voice.handle(client, room, form)
        return True
    x = top.child("x", MUC_USER)
    if x is None or top.get("type") == "error":
        return False
    invites = [child for child in x.elements if child.name == "invite"]
    for invite in invites:
        who = Address.parse(invite.get("to"))
        words = {"id": top.get("id"), "reason": invite.child_text("reason"), "thread": _thread(invite)}
        await rule.invite(client.session, room, who, **words)
    decline = x.child("decline")
    if decline is not None:
        inviter = Address.parse(decline.get("to"))
        await rule.decline(client.session, room, inviter, reason=decline.child_text("reason"))
    if not invites and decline is None:
        raise Refused(Condition.BAD_REQUEST, "nothing that a room understands")
    return True


def _thread(invite: Element) -> str:
    """XEP-0045 §7.8.2: a conversation that is to go on in the room."""
    proceed = invite.child("continue")
    return proceed.get("thread") if proceed is not None else ""
