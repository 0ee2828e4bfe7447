"""SASL's framing: base64 in lines of 400 characters (IRCv3 sasl-3.1 §The AUTHENTICATE Command)."""

import base64
import binascii

from dragoman.core.authenticator import AuthenticationFailed

CHUNK = 400
#: All of one response, still in base64: enough for a token of an identity provider, too little to fill memory with.
MAX_RESPONSE = 16384


class ResponseTooLong(Exception):
    """A chunk or a whole response is over its limit (905)."""


class Response:
    """Gathers one response. ``add`` gives it when it is whole, None before."""

    __slots__ = ("_chunks",)

    def __init__(self) -> None:
        self._chunks: list[str] = []

    def add(self, chunk: str) -> bytes | None:
        """Raises ``ResponseTooLong``, or ``AuthenticationFailed(malformed-request)`` where it is not base64."""
        if len(chunk) > CHUNK or sum(map(len, self._chunks)) + len(chunk) > MAX_RESPONSE:
            raise ResponseTooLong
        if chunk != "+":
            self._chunks.append(chunk)
            if len(chunk) == CHUNK:
                return None
        gathered, self._chunks = "".join(self._chunks), []
        try:
            return base64.b64decode(gathered, validate=True)
        except (binascii.Error, ValueError):
            raise AuthenticationFailed("malformed-request", "not base64") from None


def chunks(data: bytes) -> list[str]:
    """What the server says, as the parameters of AUTHENTICATE lines; one that is full is followed by another."""
    text = base64.b64encode(data).decode()
    pieces = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    if not pieces or len(pieces[-1]) == CHUNK:
        pieces.append("+")
    return pieces
