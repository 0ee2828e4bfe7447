"""SASL's words as XMPP frames them (RFC 6120 §6.4): Base64, where ``=`` stands for words that are there but empty."""

import base64
import binascii

from dragoman.core.authenticator import AuthenticationFailed


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
