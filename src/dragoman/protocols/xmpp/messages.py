"""Messages from clients (RFC 6121 §5, §8; XEP-0045 §7.4 to §7.9)."""

from collections.abc import Awaitable, Coroutine
from typing import Any

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Routed
from dragoman.core.model import ChatState, Kind, Marker, RealTimeText, Receipt, Talk
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.client import Client
from dragoman.protocols.xmpp.errors import error_reply
from dragoman.protocols.xmpp.ext import voice
from dragoman.protocols.xmpp.namespaces import MUC_USER
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.translate.lift import lift_message

#: What says nothing by itself, and whose loss nobody needs to hear of.
WORDLESS = (ChatState, Marker, RealTimeText, Receipt)


class Left:
    """What is left of a stanza that has to wait. ``queued``: only a message's commit and what follows from it, so that the next
    one may be begun."""

    __slots__ = ("queued", "work")

    def __init__(self, work: Coroutine[Any, Any, None], *, queued: bool = False) -> None:
        self.work = work
        self.queued = queued


def begin(client: Client, stanza: Stanza, *, behind: bool = False) -> Left | None:
    """Send a message where it is to go, as far as that needs no waiting; its sender is told where it could not.

    ``behind`` says that an earlier one is not wholly dealt with: nothing of this one may be seen before what is left of it is
    awaited, and what is left of that one was.
    """
    session, services, top = client.session, client.server.services, stanza.element
    client.unfinished += 1
    event: Talk | None = None
    queued = False
    try:
        to = top.attributes.get("to")
        # RFC 6120 §10.3.1: what has no address is for the sender's own account.
        recipient = Address.parse(to) if to is not None else session.account
        is_room = services.domains.of_rooms(recipient.domain) is not None and not recipient.resource
        work = _rule(client, top, recipient) if is_room else None
        if work is None:
            event = lift_message(stanza, session.address, recipient, client.server.is_ours, client.language)
            routed = Routed(event, session, behind=behind)
            work = services.router.start(routed)
            queued = routed.queued
    except Refused as refused:
        if not behind:
            _refuse(client, top, event, refused)
            client.handled()
            return None
        work, queued = _raise(refused), True
    except Exception:
        client.handled()
        raise
    if work is None:
        client.handled()
        return None
    return Left(_finish(client, top, event, work), queued=queued)


async def _raise(refused: Refused) -> None:
    raise refused


async def _finish(client: Client, top: Element, event: Talk | None, work: Awaitable[None]) -> None:
    try:
        await work
    except Refused as refused:
        _refuse(client, top, event, refused)
    finally:
        client.handled()


def _refuse(client: Client, top: Element, event: Talk | None, refused: Refused) -> None:
    # To somebody offline these are dropped without a word; so they are where nobody is, or where one is blocked.
    fleeting = event is not None and (isinstance(event, WORDLESS) or event.kind is Kind.HEADLINE)
    if fleeting and refused.condition is Condition.SERVICE_UNAVAILABLE:
        return
    # RFC 6120 §8.3.1: an error is never answered with an error.
    if top.attributes.get("type") != "error":
        client.send_element(error_reply(top, refused, str(client.address)))


def _rule(client: Client, top: Element, room: Address) -> Awaitable[None] | None:
    """What is said to a room itself and is no talk: its subject, and invitations. None where it is talk."""
    rule = client.server.services.room_rule
    if top.get("type") == "groupchat":
        subject = top.child("subject")
        # XEP-0045 §8.1: a subject with a body, or with a thread, is a message that has a subject.
        if subject is None or top.child("body") is not None or top.child("thread") is not None:
            return None
        return rule.set_subject(client.session, room, subject.text)
    form = voice.find_form(top)
    if form is not None:
        return voice.handle(client, room, form)
    x = top.child("x", MUC_USER)
    if x is None or top.get("type") == "error":
        return None
    return _mediate(client, top, room, x)


async def _mediate(client: Client, top: Element, room: Address, x: Element) -> None:
    """XEP-0045 §7.8.2: invitations that the room passes on, and what is answered to them."""
    rule = client.server.services.room_rule
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


def _thread(invite: Element) -> str:
    """XEP-0045 §7.8.2: a conversation that is to go on in the room."""
    proceed = invite.child("continue")
    return proceed.get("thread") if proceed is not None else ""
