"""Reading histories from the index. Everything here runs on a reader's connection and sees one state of the database."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import apsw
import msgspec

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.stores import Archived, Page, Query
from dragoman.storage.content import refers, spoken, words
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.codec import address_of, unpack_event
from dragoman.storage.sqlite.connection import selected
from dragoman.storage.sqlite.index import name_of, owner_word, reference_to

_SQL = queries("history")
_END = (1 << 63) - 1


def page(connection: apsw.Connection, query: Query) -> Page:
    """The part of a history that a query asks for."""
    if query.ids:
        found = list(_by_ids(connection, query))
        chosen = found[-query.limit :] if query.newest and query.limit else found[: query.limit]
        return Page(tuple(chosen), len(found) <= query.limit)
    direction = "backward" if query.newest else "forward"
    rows = connection.execute(_SQL[f"{_way(query)}_{direction}"], _bindings(connection, query))
    found = list(_archived(rows))
    chosen = found[: query.limit]
    if query.newest:
        chosen.reverse()
    return Page(tuple(chosen), len(found) <= query.limit)


def count(connection: apsw.Connection, query: Query) -> int:
    """How many messages a query would find without a limit."""
    if query.ids:
        return sum(1 for _ in _by_ids(connection, query))
    number: int = connection.execute(_SQL[f"count_{_way(query)}"], _bindings(connection, query)).get
    return number


def find(
    connection: apsw.Connection, owner: Address, peer: Address | None, *, id: int, sender_id: str
) -> Archived | None:
    """A message by its id, or the newest one that its sender called ``sender_id``."""
    named: dict[str, Any] = {"owner": str(owner), "peer": _text(peer)}
    if id:
        return next(_archived(connection.execute(_SQL["one"], named | {"id": id})), None)
    if not sender_id:
        return None
    names = [name_of(owner, each, sender_id) for each in _peers(connection, owner, peer)]
    rows = connection.execute(_SQL["named"], named | {"names": _array(names)})
    return next((archived for archived in _archived(rows) if archived.event.id == sender_id), None)


def about(connection: apsw.Connection, owner: Address, target: int) -> list[Archived]:
    """What refers to a message, oldest first."""
    subject = find(connection, owner, None, id=target, sender_id="")
    sender_id, peer = (subject.event.id, subject.peer) if subject else ("", None)
    ids = [id_text(target), sender_id] if sender_id else [id_text(target)]
    names = [reference_to(owner, each, id) for each in _peers(connection, owner, peer) for id in ids]
    named = {"owner": str(owner), "peer": _text(peer), "target": target, "names": _array(names)}
    rows = connection.execute(_SQL["about"], named)
    return [archived for archived in _archived(rows) if refers(archived.event, target, sender_id)]


def bounds(connection: apsw.Connection, owner: Address, peer: Address | None) -> tuple[int, int] | None:
    """The first and the last id of a history."""
    name = "bounds" if peer is None else "bounds_with"
    row = connection.execute(_SQL[name], {"owner": str(owner), "peer": _text(peer)}).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def conversations(
    connection: apsw.Connection, owner: Address, *, after: int, before: int, limit: int
) -> list[tuple[Address, int]]:
    """With whom, and the last id with each within a range, by that id."""
    named = {"owner": str(owner), "after": after, "before": before or _END, "limit": limit}
    return [(address_of(text), id) for text, id in connection.execute(_SQL["conversations"], named)]


def waiting(connection: apsw.Connection, owner: Address, limit: int) -> list[Archived]:
    """What waits for an owner, oldest first."""
    return list(_archived(connection.execute(_SQL["waiting"], {"owner": str(owner), "limit": limit})))


def waiting_count(connection: apsw.Connection, owner: Address) -> int:
    """How many messages wait for an owner."""
    number: int = connection.execute(_SQL["waiting_count"], {"owner": str(owner)}).get
    return number


def last_id(connection: apsw.Connection) -> int:
    """The largest id that was ever kept."""
    number: int = connection.execute(_SQL["last_id"]).get
    return number


def _way(query: Query) -> str:
    if words(query.text):
        return "words"
    return "all" if query.peer is None else "peer"


def _bindings(connection: apsw.Connection, query: Query) -> dict[str, Any]:
    named: dict[str, Any] = {
        "owner": str(query.owner),
        "peer": _text(query.peer),
        "after": query.after,
        "before": query.before or _END,
        "words": query.words_only,
        "limit": query.limit + 1,
    }
    sought = sorted(set(words(query.text)))
    if sought:
        owner = connection.execute(_SQL["party"], named).get or 0
        named["match"] = " ".join(f'"{word}"' for word in (owner_word(owner), *sought))
    return named


def _peers(connection: apsw.Connection, owner: Address, peer: Address | None) -> list[Address]:
    """Whose conversations with an owner to look through."""
    if peer is not None:
        return [peer]
    return [address_of(text) for (text,) in selected(connection, _SQL["peers"], {"owner": str(owner)})]


def _array(numbers: Sequence[int]) -> str:
    return msgspec.json.encode(numbers).decode()


def _by_ids(connection: apsw.Connection, query: Query) -> Iterator[Archived]:
    named = _bindings(connection, query) | {"ids": _array(query.ids)}
    sought = set(words(query.text))
    for archived in _archived(connection.execute(_SQL["ids"], named)):
        if sought <= set(words(spoken(archived.event))):
            yield archived


def _archived(rows: Iterable[tuple[int, str, bytes]]) -> Iterator[Archived]:
    for id, peer, event in rows:
        yield Archived(id, address_of(peer), unpack_event(event))


def _text(address: Address | None) -> str | None:
    return None if address is None else str(address)
