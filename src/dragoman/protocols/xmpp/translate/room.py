"""What happens in a room, as XEP-0045 tells it: presence with status codes, and messages from the room.

Every stanza is written without its ``to``, which alone differs from one receiver to the next: :data:`Unaddressed`.
"""

from functools import lru_cache

from dragoman.core.address import Address
from dragoman.core.model import Affiliation, OccupantView, Presence, Role, RoomChange, RoomEvent, RoomWelcome
from dragoman.formats.xml import Element, clean, element, escape_attribute, serialise
from dragoman.protocols.xmpp.namespaces import CLIENT, DELAY, MUC_USER, OCCUPANT_ID
from dragoman.protocols.xmpp.timestamps import write_moment
from dragoman.protocols.xmpp.translate.presence import presence_content

Unaddressed = tuple[bytes, bytes]
"""A stanza before and after the place of its ``to``."""

#: XEP-0045 §15.6: why somebody is no longer inside.
_GONE = {
    RoomEvent.LEFT: (),
    RoomEvent.GONE: (),
    RoomEvent.KICKED: (307,),
    RoomEvent.BANNED: (301,),
    RoomEvent.UNAFFILIATED: (321,),
    RoomEvent.MEMBERS_ONLY: (322,),
    RoomEvent.SHUTDOWN: (332,),
    RoomEvent.UNREACHABLE: (307, 333),
    RoomEvent.DESTROYED: (),
}
#: The words that go with it.
_PARTING = {RoomEvent.LEFT: "{}", RoomEvent.GONE: "{}", RoomEvent.UNREACHABLE: "Kicked: {}"}
_SELF, _NON_ANONYMOUS, _LOGGED, _CREATED, _RENAMED, _NICK_ASSIGNED = 110, 100, 170, 201, 303, 210


def presences(event: RoomWelcome) -> list[Unaddressed]:
    """The occupants, and the newcomer itself last: this is how it knows that it has been told of all (§7.2.2, §7.2.3)."""
    room = event.sender.bare
    told = [_seen(room.at(view.nick), view, presence) for view, presence in event.occupants]
    codes = [_SELF]
    codes += [_NON_ANONYMOUS] if event.non_anonymous else []
    codes += [_LOGGED] if event.logged else []
    codes += [_CREATED] if event.created else []
    codes += [_NICK_ASSIGNED] if event.nick_assigned else []
    return [*told, _presence(event.sender, event.occupant, event.presence, codes=codes)]


@lru_cache(maxsize=8192)
def _seen(sender: Address, view: OccupantView, presence: Presence) -> Unaddressed:
    """An occupant as newcomers are told of it: the same for all of them until it changes."""
    return _presence(sender, view, presence)


def subject_on_entry(event: RoomWelcome) -> Unaddressed:
    """The subject, empty where there is none: the end of what a newcomer is told (§7.2.15)."""
    room = event.sender.bare
    author = room.at(clean(event.subject_author)) if event.subject_author else room
    return _subject(author, room, event.subject, event.subject_at)


def change(event: RoomChange) -> list[Unaddressed]:
    """One change as the stanzas that tell it; none where XEP-0045 tells nothing."""
    if event.what in _GONE:
        return [_gone(event)]
    if event.what is RoomEvent.RENAMED:
        return _renamed(event)
    if event.occupant is not None and event.presence is not None:  # entered, presence, standing
        codes = [_SELF] if event.own else []
        item = _item(event.occupant, event.presence, actor=event.actor, reason=event.reason)
        more = [_item(event.occupant, None, jid=jid) for jid in event.sessions if jid != event.presence.sender]
        return [_presence(event.sender, event.occupant, event.presence, items=[item, *more], codes=codes)]
    if event.what is RoomEvent.SUBJECT:
        return [_subject(event.sender, event.sender.bare, event.subject, None)]
    if event.what is RoomEvent.CONFIGURED:
        return [_configured(event)]
    if event.what is RoomEvent.AFFILIATION and event.occupant is not None:
        item = _item(event.occupant, None, actor=event.actor, reason=event.reason)
        banned = event.occupant.affiliation is Affiliation.OUTCAST
        return [_message(event.sender.bare, _x([item], list(_GONE[RoomEvent.BANNED]) if banned else []))]
    if event.what is RoomEvent.DECLINED and event.to is not None:
        reason = element("reason", MUC_USER, clean(event.reason)) if event.reason else None
        return [
            _message(
                event.sender.bare,
                element("x", MUC_USER, element("decline", MUC_USER, reason, from_=clean(str(event.to)))),
            )
        ]
    return []


def _gone(event: RoomChange) -> Unaddressed:
    view = event.occupant
    assert view is not None  # somebody has gone
    affiliation = view.affiliation if event.what is not RoomEvent.DESTROYED else "none"
    reason = event.reason if event.what is not RoomEvent.DESTROYED else ""
    item = _item(view, event.presence, actor=event.actor, reason=reason, affiliation=affiliation, role=Role.NONE)
    destroy = None
    if event.what is RoomEvent.DESTROYED:
        words = element("reason", MUC_USER, clean(event.reason)) if event.reason else None
        destroy = element("destroy", MUC_USER, words, jid=clean(str(event.to)) if event.to is not None else None)
    codes = [*([_SELF] if event.own else []), *_GONE[event.what]]
    status = _PARTING.get(event.what, "").format(clean(event.reason)) if event.reason else ""
    parting = element("status", CLIENT, status) if status else None
    return _write("presence", event.sender, "unavailable", [parting, _x([item], codes, destroy), _occupant_id(view)])


def _renamed(event: RoomChange) -> list[Unaddressed]:
    """§7.6: the old nickname goes, saying what the new one is, and the new one comes."""
    view, old = event.occupant, event.before
    if view is None or old is None or event.presence is None:
        return []
    room = event.sender.bare
    own = [_SELF] if event.own else []
    item = _item(old, event.presence, nick=view.nick)
    gone = _write("presence", room.at(old.nick), "unavailable", [_x([item], [*own, _RENAMED]), _occupant_id(view)])
    return [gone, _presence(room.at(view.nick), view, event.presence, codes=own)]


def _configured(event: RoomChange) -> Unaddressed:
    """§10.2.1: 104 for settings, and what tells occupants about their privacy in its own codes."""
    codes = [104] if set(event.changes) - {"non_anonymous", "archived"} else []
    if "non_anonymous" in event.changes:
        codes.append(172 if event.non_anonymous else 173)
    if "archived" in event.changes:
        codes.append(170 if event.logged else 171)
    return _message(event.sender.bare, _x([], codes), kind="groupchat")


def _subject(author: Address, room: Address, subject: str, at: float | None) -> Unaddressed:
    delay = element("delay", DELAY, from_=clean(str(room)), stamp=write_moment(at)) if at is not None else None
    return _write("message", author, "groupchat", [element("subject", CLIENT, clean(subject)), delay])


def _message(sender: Address, *children: Element, kind: str = "") -> Unaddressed:
    return _write("message", sender, kind, list(children))


def _presence(
    sender: Address,
    view: OccupantView,
    presence: Presence,
    *,
    items: list[Element] | None = None,
    codes: list[int] | None = None,
) -> Unaddressed:
    added = [_x(items or [_item(view, presence)], codes or []), _occupant_id(view)]
    return _write("presence", sender, "", added, presence_content(presence))


def _item(
    view: OccupantView,
    presence: Presence | None,
    *,
    actor: OccupantView | None = None,
    reason: str = "",
    nick: str | None = None,
    affiliation: str | None = None,
    role: Role | None = None,
    jid: Address | None = None,
) -> Element:
    jid = jid or view.account
    if jid is not None and presence is not None and presence.sender.bare == jid:
        jid = presence.sender
    return element(
        "item",
        MUC_USER,
        _actor(actor) if actor is not None and actor.nick else None,
        element("reason", MUC_USER, clean(reason)) if reason else None,
        affiliation=affiliation or view.affiliation.value,
        role=(role or view.role).value,
        jid=clean(str(jid)) if jid is not None else None,
        nick=clean(nick) if nick is not None else None,
    )


def _actor(actor: OccupantView) -> Element:
    jid = clean(str(actor.account)) if actor.account is not None else None
    return element("actor", MUC_USER, nick=clean(actor.nick), jid=jid)


def _x(items: list[Element], codes: list[int], destroy: Element | None = None) -> Element:
    """Several items are one occupant's several sessions; only who sees addresses can tell them apart."""
    return element("x", MUC_USER, *items, destroy, *(element("status", MUC_USER, code=str(code)) for code in codes))


def _occupant_id(view: OccupantView) -> Element | None:
    return element("occupant-id", OCCUPANT_ID, id=clean(view.id)) if view.id else None


def _write(name: str, sender: Address, kind: str, children: list[Element | None], before: bytes = b"") -> Unaddressed:
    written = "".join(serialise(child, CLIENT) for child in children if child is not None)
    attributes = f" from='{escape_attribute(clean(str(sender)))}'" + (f" type='{kind}'" if kind else "")
    return f"<{name}".encode(), f"{attributes}>".encode() + before + f"{written}</{name}>".encode()
