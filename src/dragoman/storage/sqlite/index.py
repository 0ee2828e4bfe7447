"""What leads to a message: an entry and the names for each owner, and the words. Everything here runs in the writer."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import apsw

from dragoman.core.address import Address
from dragoman.core.model import Message, Talk
from dragoman.core.stores import Entry, Keep
from dragoman.storage.content import folded, reference, spoken
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.codec import unpack_entries, unpack_event
from dragoman.storage.sqlite.connection import selected

#: Where the checksum of a reference begins, so that it is another number than that of a name.
_REFERENCE = 1
_SQL = queries("index")


#: A row of the table of messages that is about to be appended: plain, since there is one for each message.
Fresh = tuple[int, int, bytes | None, bytes, bytes]


class Row(NamedTuple):
    """A row of the table of messages, its columns in their order."""

    id: int
    at: int
    dedup: bytes | None
    entries: bytes
    event: bytes


#: What a new message's row says of it apart from its event: id, moment, dedup name, entries. A plain tuple: there are many.
Head = tuple[int, int, bytes | None, bytes]


def name_of(owner: Address, peer: Address, sender_id: str) -> int:
    """The number under which a message of a conversation is found by its sender's own id of it."""
    return _conversation(owner, peer) | crc32(sender_id.encode())


def reference_to(owner: Address, peer: Address, id: str) -> int:
    """The number under which events of a conversation are found that speak of a message, by either of its ids."""
    return _conversation(owner, peer) | crc32(id.encode(), _REFERENCE)


@lru_cache(maxsize=16384)
def _conversation(owner: Address, peer: Address) -> int:
    """The upper 31 of 63 bits; the same for both parties."""
    return crc32(" ".join(sorted((str(owner), str(peer)))).encode()) >> 1 << 32


def owner_word(party: int) -> str:
    """A word that no text has, since ``_`` is never part of one: it marks the messages of an owner."""
    return f"_{party}"


def parties(connection: apsw.Connection, addresses: Iterable[Address]) -> dict[Address, int]:
    """The numbers of addresses; those that have none are given one."""
    texts = {str(address): address for address in addresses}
    keys = [(text,) for text in texts]
    connection.executemany(_SQL["add_party"], keys)
    return {texts[text]: number for text, number in connection.executemany(_SQL["party"], keys)}


class _Holders(NamedTuple):
    """Who has a message: owner, peer and reasons of each entry; the conversations that these are; a word for each owner."""

    entries: list[tuple[int, int, int]]
    conversations: set[int]
    owner_words: str


def add(connection: apsw.Connection, heads: Sequence[Head], events: Mapping[int, Talk]) -> None:
    """Enter messages that are not in the index yet; ``events`` has the events of all of them, by their ids."""
    holders = _all_holders(connection, {entries for _, _, _, entries in heads})
    entry_rows: list[tuple[int, int, int, int, bool]] = []
    name_rows: list[tuple[int, int]] = []
    word_rows: list[tuple[int, str]] = []
    for id, _, _, packed in heads:
        event, who = events[id], holders[packed]
        has_words = isinstance(event, Message)
        for owner, peer, keep in who.entries:
            entry_rows.append((owner, id, peer, keep, has_words))
        for name in _names(event, who.conversations):
            name_rows.append((name, id))
        if text := _words(event, who.owner_words):
            word_rows.append((id, text))
    # In the order of their tables, so that neighbours go into the same page one after the other.
    entry_rows.sort()
    name_rows.sort()
    connection.executemany(_SQL["add_entry"], entry_rows)
    connection.executemany(_SQL["add_name"], name_rows)
    connection.executemany(_SQL["add_words"], word_rows)
    add_dedup(connection, heads)


def _all_holders(connection: apsw.Connection, packed: Iterable[bytes]) -> dict[bytes, _Holders]:
    """Who has messages, by what stands in their rows: the same octets for all that two people say to each other."""
    unpacked = {each: merged(unpack_entries(each)) for each in packed}
    number = parties(
        connection, {party for entries in unpacked.values() for entry in entries for party in (entry.owner, entry.peer)}
    )
    return {
        each: _Holders(
            [(number[entry.owner], number[entry.peer], entry.keep) for entry in entries],
            _conversations(entries),
            _owner_words(number[entry.owner] for entry in entries),
        )
        for each, entries in unpacked.items()
    }


def add_dedup(connection: apsw.Connection, heads: Iterable[Head]) -> None:
    """Remember the senders' own names of messages."""
    connection.executemany(_SQL["add_dedup"], [(dedup, id, at) for id, at, dedup, _ in heads if dedup is not None])


def join(connection: apsw.Connection, row: Row, entries: Iterable[Entry]) -> None:
    """More owners, or more reasons, for a message that was entered before; ``row`` has them already."""
    event = unpack_event(row.event)
    entries = merged(entries)
    number = parties(connection, {party for entry in entries for party in (entry.owner, entry.peer)})
    has_words = isinstance(event, Message)
    connection.executemany(
        _SQL["join_entry"],
        [(number[each.owner], row.id, number[each.peer], each.keep, has_words) for each in entries],
    )
    reenter(connection, row, event)


def reenter(connection: apsw.Connection, row: Row, event: Talk) -> None:
    """Another event stands in a message's place now, or more owners have it: its names and words follow."""
    conversations, owners = _conversations(unpack_entries(row.entries)), _holders(connection, row)
    old, new = _names(unpack_event(row.event), conversations), _names(event, conversations)
    connection.executemany(_SQL["drop_name"], [(name, row.id) for name in old])
    connection.executemany(_SQL["add_name"], [(name, row.id) for name in new])
    connection.executemany(_SQL["set_words"], [(isinstance(event, Message), owner, row.id) for owner in owners])
    connection.execute(_SQL["drop_words"], (row.id,))
    if text := _words(event, _owner_words(owners)):
        connection.execute(_SQL["add_words"], (row.id, text))


def drop(connection: apsw.Connection, rows: Sequence[Row], owner: int = 0) -> list[int]:
    """Take messages out of the histories of ``owner``, or of all; the ids of those that nobody has then."""
    orphans = []
    for row in rows:
        owners = _holders(connection, row)
        leaving = [each for each in owners if owner in (0, each)]
        connection.executemany(_SQL["drop_entry"], [(each, row.id) for each in leaving])
        if len(leaving) == len(owners):
            names = _names(unpack_event(row.event), _conversations(unpack_entries(row.entries)))
            connection.executemany(_SQL["drop_name"], [(name, row.id) for name in names])
            connection.execute(_SQL["drop_words"], (row.id,))
            orphans.append(row.id)
    return orphans


def waits_no_longer(connection: apsw.Connection, owner: int, id: int) -> int | None:
    """Take one reason away; those that are left, None where there is no such entry."""
    for (keep,) in list(selected(connection, _SQL["keep"], (owner, id))):
        left: int = keep & ~Keep.OFFLINE
        connection.execute(_SQL["set_keep"], (left, owner, id))
        return left
    return None


def merged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry for each owner, with all reasons; those without a reason are gone."""
    found: dict[Address, Entry] = {}
    for entry in entries:
        if entry.keep:
            before = found.get(entry.owner)
            found[entry.owner] = Entry(entry.owner, before.peer, before.keep | entry.keep) if before else entry
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _conversations(entries: Iterable[Entry]) -> set[int]:
    return {_conversation(entry.owner, entry.peer) for entry in entries}


def _names(event: Talk, conversations: Iterable[int]) -> list[int]:
    """What a message is called in its conversations, and what it refers to."""
    ref = reference(event)
    about = (ref.archive_id or ref.id) if ref is not None else ""
    names = [conversation | crc32(event.id.encode()) for conversation in conversations] if event.id else []
    if about:
        names += [conversation | crc32(about.encode(), _REFERENCE) for conversation in conversations]
    return names


def _owner_words(owners: Iterable[int]) -> str:
    return " ".join(map(owner_word, owners))


def _words(event: Talk, owner_words: str) -> str:
    text = folded(spoken(event))
    return f"{owner_words} {text}" if text and not text.isspace() else ""


def _holders(connection: apsw.Connection, row: Row) -> list[int]:
    """The owners who still have a message."""
    owners = parties(connection, {entry.owner for entry in unpack_entries(row.entries)})
    return [owner for owner in owners.values() if connection.execute(_SQL["is_held"], (owner, row.id)).fetchone()]
