"""What a server says about the stream itself (RFC 6120 §4 to §7), as octets."""

from collections.abc import Sequence
from functools import lru_cache

from dragoman.core.address import Address
from dragoman.formats.xml import Element, clean, element, escape, escape_attribute, serialise
from dragoman.protocols.xmpp.errors import stream_error
from dragoman.protocols.xmpp.namespaces import (
    BIND,
    CHANNEL_BINDING,
    CLIENT,
    CSI,
    PRE_APPROVAL,
    ROSTER_VERSIONING,
    SASL,
    SESSION,
    STREAM,
    STREAM_LIMITS,
    STREAM_MANAGEMENT,
    TLS,
)
from dragoman.protocols.xmpp.wire import AFTER_LOGIN, BEFORE_LOGIN

CLOSING = b"</stream:stream>"
PROCEED = f"<proceed xmlns='{TLS}'/>".encode()


def header(*, domain: str, id: str, to: str = "") -> bytes:
    """The answer to a stream header (RFC 6120 §4.7)."""
    addressee = f" to='{escape_attribute(clean(to))}'" if to else ""
    return (
        f"<?xml version='1.0'?><stream:stream from='{escape_attribute(domain)}'{addressee} id='{id}' version='1.0'"
        f" xml:lang='en' xmlns='{CLIENT}' xmlns:stream='{STREAM}'>"
    ).encode()


def features(*offered: Element) -> bytes:
    """What may be negotiated now (RFC 6120 §4.3.2)."""
    return ("<stream:features>" + "".join(serialise(each, CLIENT) for each in offered) + "</stream:features>").encode()


def starttls(*, required: bool) -> Element:
    """RFC 6120 §5.4.1."""
    return element("starttls", TLS, element("required", TLS) if required else None)


def mechanisms(names: Sequence[str]) -> Element:
    """RFC 6120 §6.4.1."""
    return element("mechanisms", SASL, *(element("mechanism", SASL, name) for name in names))


def channel_bindings(types: Sequence[str]) -> Element:
    """Which channel bindings the server knows (XEP-0440)."""
    return element("sasl-channel-binding", CHANNEL_BINDING, *(_binding(name) for name in types))


def _binding(name: str) -> Element:
    return element("channel-binding", CHANNEL_BINDING, type_=name)


@lru_cache(maxsize=64)
def before_login(*, tls: bool, required: bool, names: tuple[str, ...], bindings: tuple[str, ...]) -> bytes:
    """What is offered first: ``tls``, which may be ``required``; SASL mechanisms by their ``names`` and the channel
    ``bindings`` that they may use. Written once for all connections of one kind."""
    offered = [starttls(required=required)] if tls else []
    if names:
        offered.append(mechanisms(names))
        if bindings:
            offered.append(channel_bindings(bindings))
    return features(*offered, limits())


def after_login(capabilities: Element) -> bytes:
    """What is offered to those who have proved who they are."""
    optional = element("optional", SESSION)
    return features(
        element("bind", BIND, element("required", BIND)),
        element("session", SESSION, optional),  # RFC 6121 §1.4: left over from RFC 3921; nothing depends on it
        element("sm", STREAM_MANAGEMENT),
        element("csi", CSI),
        element("ver", ROSTER_VERSIONING),
        element("sub", PRE_APPROVAL),
        limits(AFTER_LOGIN.octets),
        capabilities,
    )


def limits(octets: int = BEFORE_LOGIN.octets) -> Element:
    """How long a stanza may be (XEP-0478)."""
    return element("limits", STREAM_LIMITS, element("max-bytes", STREAM_LIMITS, str(octets)))


def challenge(data: bytes) -> bytes:
    """The server's next words in a SASL exchange, in Base64 already."""
    return f"<challenge xmlns='{SASL}'>".encode() + data + b"</challenge>"


def success(data: bytes | None) -> bytes:
    """Proved; with the server's last words, in Base64 already."""
    if data is None:
        return f"<success xmlns='{SASL}'/>".encode()
    return f"<success xmlns='{SASL}'>".encode() + data + b"</success>"


def failure(condition: str, text: str = "") -> bytes:
    """Not proved (RFC 6120 §6.5)."""
    words = element("text", SASL, clean(text)) if text else None
    return serialise(element("failure", SASL, element(condition, SASL), words)).encode()


def bound(id: str, address: Address) -> bytes:
    """The session's address (RFC 6120 §7.6.1)."""
    jid = escape(clean(str(address)))
    return (
        f"<iq id='{escape_attribute(clean(id))}' type='result'><bind xmlns='{BIND}'><jid>{jid}</jid></bind></iq>"
    ).encode()


def error(condition: str, text: str = "", detail: Element | None = None) -> bytes:
    """The end of a stream that went wrong (RFC 6120 §4.9.1)."""
    children = "".join(serialise(child, CLIENT) for child in stream_error(condition, text, detail))
    return f"<stream:error>{children}</stream:error>".encode() + CLOSING
