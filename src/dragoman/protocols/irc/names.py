"""Nicks and channels for accounts and rooms, one for one in both directions.

``alice`` is alice@example.org on her own domain, ``bob/other.org`` is bob@other.org, and ``Ally/team`` is who calls
itself Ally in the room team and is known there by no other name. ``#team`` is team@rooms.example.org, and
``#team@rooms.other.org`` a room elsewhere. What a name cannot have on one side is escaped as XEP-0106 does it.
"""

import re
from functools import lru_cache

from dragoman.core.address import Address
from dragoman.core.errors import Refused

NICK_LENGTH = 32
CHANNEL_LENGTH = 64
#: What a nick cannot have at all, and what it cannot begin with (modern IRC §Clients).
_NOT_IN_NICK = ",*?!"
_NOT_FIRST = "#&$~+%:@"
#: What the name of a room's address cannot have (RFC 7622 §3.3.1), and a channel's can.
_NOT_IN_LOCAL = "\"&'/:<>@"
_NOT_IN_CHANNEL = ","
_GUEST_NICK = re.compile(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]*")
_UNSAFE = re.compile(r"[\s,*?!@/\x00-\x1f\x7f]")


def escape(text: str, forbidden: str) -> str:
    r"""``a,b`` as ``a\2cb``; a backslash only where it would read as an escape (XEP-0106 §4.2)."""
    codes = _codes(forbidden)
    pieces = []
    for place, character in enumerate(text):
        doubled = character == "\\" and text[place + 1 : place + 3] in codes
        pieces.append(f"\\{ord(character):02x}" if doubled or character in forbidden else character)
    return "".join(pieces)


def unescape(text: str, forbidden: str) -> str:
    """The way back from :func:`escape`."""
    pattern = "|".join(_codes(forbidden))
    return re.sub(rf"\\({pattern})", lambda found: chr(int(found[1], 16)), text) if "\\" in text else text


@lru_cache
def _codes(forbidden: str) -> frozenset[str]:
    return frozenset(f"{ord(character):02x}" for character in f"{forbidden}\\")


def is_guest_nick(nick: str) -> bool:
    """Whether somebody without an account may be called so: RFC 2812's letters, which are confused with nothing."""
    return len(nick) <= NICK_LENGTH and _GUEST_NICK.fullmatch(nick) is not None


@lru_cache(maxsize=65536)
def nick_of(account: Address, domain: str) -> str:
    """The nick of an account as users of ``domain`` see it."""
    first = _NOT_IN_NICK + _NOT_FIRST
    nick = escape(account.local[:1], first) + escape(account.local[1:], _NOT_IN_NICK)
    if account.local[:1] == "\\":
        nick = escape(account.local, first if account.local[1:3] in _codes(first) else _NOT_IN_NICK)
    return nick if account.domain == domain else f"{nick}/{account.domain}"


@lru_cache(maxsize=65536)
def source_of(account: Address, domain: str) -> str:
    """``nick!user@host`` of an account as users of ``domain`` see it."""
    nick = nick_of(account, domain)
    return f"{nick}!{nick.partition('/')[0]}@{account.domain}"


@lru_cache(maxsize=65536)
def account_of(nick: str, domain: str) -> Address | None:
    """Whose nick it is for users of ``domain``; None where it is an occupant's, or can be nobody's."""
    name, slash, host = nick.partition("/")
    if slash and not is_host(host):
        return None
    try:
        return Address.of(unescape(name, _NOT_IN_NICK + _NOT_FIRST), host or domain) if name else None
    except Refused:
        return None


def is_host(text: str) -> bool:
    """Whether what follows a nick's slash is a domain: rooms with a dot in their name are written with their ``#``."""
    return "." in text and text[0] != "#"


def safe(text: str) -> str:
    """A text from elsewhere as part of a nick or a host mask."""
    return _UNSAFE.sub("_", text)


def occupant_nick(nick: str, channel: str) -> str:
    """The nick of an occupant that is only known by what it calls itself in a channel."""
    room = channel[1:]
    return f"{safe(nick).lstrip(':') or '_'}/{channel if is_host(room) else room}"


@lru_cache(maxsize=65536)
def channel_of(room: Address, rooms_domain: str) -> str:
    """The channel of a room."""
    name = unescape(room.local, _NOT_IN_LOCAL)
    if room.domain == rooms_domain and escape(name, _NOT_IN_LOCAL) == room.local and _NOT_IN_CHANNEL not in name:
        return f"#{name}"
    return f"#{escape(room.local, _NOT_IN_CHANNEL)}@{room.domain}"


@lru_cache(maxsize=65536)
def room_of(channel: str, rooms_domain: str) -> Address | None:
    """The room of a channel; None where the name is none that a channel can have."""
    if len(channel) < 2 or channel[0] != "#" or len(channel.encode()) > CHANNEL_LENGTH or not _is_channel_text(channel):
        return None
    name, _, host = channel[1:].rpartition("@")
    try:
        if name and "." in host:
            return Address.of(unescape(name, _NOT_IN_CHANNEL), host)
        return Address.of(escape(channel[1:], _NOT_IN_LOCAL), rooms_domain)
    except Refused:
        return None


def _is_channel_text(channel: str) -> bool:
    return not any(character in " ,\x07" for character in channel) and channel.isprintable()
