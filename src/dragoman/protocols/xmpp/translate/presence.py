"""Availability and subscriptions as presence stanzas (RFC 6121 §3, §4)."""

from functools import lru_cache

from dragoman.core.address import Address
from dragoman.core.model import Event, Presence, Show, SubscriptionChange
from dragoman.formats.xml import Element, clean, element, escape_attribute
from dragoman.protocols.xmpp.namespaces import CLIENT, DELAY
from dragoman.protocols.xmpp.stanza import serialise_all
from dragoman.protocols.xmpp.timestamps import write_moment

PROTOCOL = "xmpp"
DELAYED = b"<delay xmlns='" + DELAY.encode() + b"' from='%b' stamp='%b'/>"


@lru_cache(maxsize=65536)
def quoted(address: Address) -> bytes:
    """An address ready to stand in quotes."""
    return escape_attribute(clean(str(address))).encode()


def native_octets(event: Event) -> bytes | None:
    """What stood between the tags of an event that was a stanza; None for one that came from elsewhere."""
    native = event.native
    return native.data if native is not None and native.protocol == PROTOCOL else None


def presence(event: Presence) -> bytes:
    """Availability, told to whom it is addressed: a bare address stays bare (RFC 6121 §4.2.2)."""
    content = presence_content(event)
    if event.since is not None:
        content += DELAYED % (quoted(event.sender), write_moment(event.since).encode())
    kind = b"" if event.available else b" type='unavailable'"
    return _write(event, kind, content)


def subscription(event: SubscriptionChange) -> bytes:
    """One of the four steps."""
    content = native_octets(event)
    if content is None:
        content = serialise_all([element("status", CLIENT, clean(event.status))]) if event.status else b""
    return _write(event, f" type='{event.step.value}'".encode(), content)


def presence_content(event: Presence) -> bytes:
    """The children: all of the sender's, or show, status and priority (RFC 6121 §4.7.2)."""
    content = native_octets(event)
    if content is not None:
        return content
    children: list[Element | str] = []
    if event.show is not Show.HERE and event.available:
        children.append(element("show", CLIENT, event.show.value))
    if event.status:
        children.append(element("status", CLIENT, clean(event.status)))
    if event.priority and event.available:
        children.append(element("priority", CLIENT, str(event.priority)))
    return serialise_all(children)


def _write(event: Event, kind: bytes, content: bytes) -> bytes:
    return b"<presence from='%b' to='%b'%b>%b</presence>" % (
        quoted(event.sender),
        quoted(event.recipient),
        kind,
        content,
    )
