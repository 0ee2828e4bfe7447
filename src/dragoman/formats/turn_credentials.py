"""Credentials for a TURN server that expire by themselves: "A REST API For Access To TURN Services"
(draft-uberti-behave-turn-rest-00), as every TURN server knows them.

The name holds the second of expiry and the user, the password is a MAC of the name. So the relay needs no list of users.
"""

import base64
import hashlib
import hmac

from msgspec import Struct


class Credential(Struct, frozen=True):
    """A name and password that hold until ``expires``, in seconds since 1970."""

    username: str
    password: str
    expires: int


def make(secret: bytes, user: str, expires: int) -> Credential:
    """A credential for ``user``; ``secret`` is known to the relay as well."""
    username = f"{expires}:{user}"
    return Credential(username, password(secret, username), expires)


def password(secret: bytes, username: str) -> str:
    """The password that belongs to a name."""
    return base64.b64encode(hmac.digest(secret, username.encode(), hashlib.sha1)).decode()


def expiry(username: str) -> int | None:
    """Until when a name holds; None where it is no such name."""
    moment, separator, user = username.partition(":")
    if not separator or not user or not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        return None
    return int(moment)


def user_of(username: str) -> str:
    """Whose name it is."""
    return username.partition(":")[2]


def key(username: str, realm: str, password: str) -> bytes:
    """The long-term credential's key, for MESSAGE-INTEGRITY (RFC 8489 §9.2.2)."""
    return hashlib.md5(f"{username}:{realm}:{password}".encode(), usedforsecurity=False).digest()
