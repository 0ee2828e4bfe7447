"""How addresses, events and structs stand in the database.

Events are MessagePack maps with the names of their fields and, as ``type``, of their class: so a field or a class may be
added at any time, and renaming one takes a migration.
"""

import hashlib
from functools import lru_cache
from typing import Any, Union
from zlib import crc32

import msgspec

from dragoman.core.address import Address
from dragoman.core.model import Talk
from dragoman.core.stores import Entry


def _leaves(kind: type[Talk]) -> list[type[Talk]]:
    below = kind.__subclasses__()
    return [leaf for each in below for leaf in _leaves(each)] if below else [kind]


_encoder = msgspec.msgpack.Encoder()
_talk: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Union[tuple(_leaves(Talk))])  # noqa: UP007
_entries = msgspec.msgpack.Decoder(tuple[Entry, ...])


def pack_event(event: Talk) -> bytes:
    """An event as the archive keeps it; what cannot be kept (a lone surrogate) is a ``ValueError``."""
    return _encoder.encode(event)


def unpack_event(data: bytes) -> Talk:
    """The event that :func:`pack_event` packed."""
    event: Talk = _talk.decode(data)
    return event


@lru_cache(maxsize=8192)
def pack_entries(entries: tuple[Entry, ...]) -> bytes:
    """Who has a message: the same for all that one says to another."""
    return _encoder.encode(entries)


def unpack_entries(data: bytes) -> tuple[Entry, ...]:
    """The entries that :func:`pack_entries` packed."""
    return _entries.decode(data)


def pack_name(name: str) -> bytes | None:
    """16 octets that stand for a dedup name; None for the empty one, which names nothing.

    The first four stand for all but its last word: who says it, and to whom. So the names of one conversation are
    neighbours in their table, and many of a batch go into one page.
    """
    if not name:
        return None
    conversation = crc32(name.rpartition(" ")[0].encode())
    return conversation.to_bytes(4, "big") + hashlib.blake2b(name.encode(), digest_size=12).digest()


@lru_cache(maxsize=65536)
def address_of(text: str) -> Address:
    """The address that ``str`` made this text of: its parts were prepared before."""
    bare, _, resource = text.partition("/")
    local, _, domain = bare.rpartition("@")
    return Address(local, domain, resource)
