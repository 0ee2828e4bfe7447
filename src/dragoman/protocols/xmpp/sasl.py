"""SASL's words as XMPP frames them (RFC 6120 §6.4): Base64, where ``=`` stands for words that are there but empty."""

import base64
import binascii
import re

from dragoman.core.authenticator import AuthenticationFailed
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.namespaces import SASL

_NAMESPACE = f"xmlns=(?:'{SASL}'|\"{SASL}\")"
_MECHANISM = "mechanism=(?:'([A-Z0-9-]{1,20})'|\"([A-Z0-9-]{1,20})\")"
_WORDS = re.compile(
    f"<(?:auth (?:{_NAMESPACE} {_MECHANISM}|{_MECHANISM} {_NAMESPACE})>([A-Za-z0-9+/=]*)</auth"
    f"|response {_NAMESPACE}>([A-Za-z0-9+/=]*)</response)>".encode()
)


def read(raw: bytes) -> Element | None:
    """A client's words as nearly all clients write them; None where a parser must decide. It would read the same."""
    match = _WORDS.fullmatch(raw)
    if match is None:
        return None
    said, answered = match[5], match[6]
    if answered is not None:
        return Element("response", SASL, {}, [answered.decode()] if answered else [])
    mechanism = match[1] or match[2] or match[3] or match[4]
    return Element("auth", SASL, {"mechanism": mechanism.decode()}, [said.decode()] if said else [])


def decode(text: str) -> bytes | None:
    """A client's words; None where there are none. ``AuthenticationFailed(incorrect-encoding)`` for anything else."""
    if not text:
        return None
    if text == "=":
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise AuthenticationFailed("incorrect-encoding") from None


def encode(data: bytes) -> bytes:
    """The server's words."""
    return base64.b64encode(data) or b"="
