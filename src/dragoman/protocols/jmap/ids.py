"""What objects are called: an address in base64url behind a letter, so that everybody can compute it."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from dragoman.core.address import Address
from dragoman.core.errors import Refused

SINGLETON = "singleton"


def conversation_id(peer: Address) -> str:
    """A conversation's, a contact's and a room's."""
    return _written("c", str(peer))


def account_id(account: Address) -> str:
    """An account's."""
    return _written("a", str(account))


def member_id(room: Address, nick: str, account: Address | None = None) -> str:
    """An occupant's by its nick; by its account for somebody who is not inside."""
    return _written("m", f"{room}/{nick}" if account is None else f"{room} {account}")


def peer_of(id: str) -> Address | None:
    """Whom a conversation is with; None where the id is not one of ours, as every one is that has unprepared parts."""
    text = _read("c", id)
    try:
        address = Address.parse(text) if text else None
    except Refused:
        return None
    return address if address is not None and str(address) == text and not address.resource else None


def member_of(id: str) -> tuple[Address, str, Address | None] | None:
    """The room, and the nick or the account, that a member's id means."""
    text = _read("m", id)
    room, nick, account = text, "", ""
    if "/" in text and " " not in text.partition("/")[0]:
        room, _, nick = text.partition("/")
    else:
        room, _, account = text.partition(" ")
    try:
        found = Address.parse(room), nick, Address.parse(account) if account else None
    except Refused:
        return None
    return found if nick or account else None


def _written(kind: str, text: str) -> str:
    return kind + urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(kind: str, id: str) -> str:
    if not id.startswith(kind) or not id.isascii():
        return ""
    try:
        data = urlsafe_b64decode(id[1:] + "=" * (-len(id[1:]) % 4))
        text = data.decode()
    except (binascii.Error, ValueError):
        return ""
    return text if _written(kind, text) == id else ""
