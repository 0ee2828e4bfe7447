import apsw
import pytest
from tests.contract.stores import ALICE, BOB, message, said

from dragoman.core.stores import Query, Record
from dragoman.storage.sqlite import history, migrate
from dragoman.storage.sqlite.codec import pack_entries, pack_event, pack_name
from dragoman.storage.sqlite.index import Row
from dragoman.storage.sqlite.journal import Journal

NOW = 1_800_000_000.0


@pytest.fixture
def connection() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    migrate.apply(connection, migrate.migrations(), NOW)
    return connection


def row(record: Record) -> Row:
    entries, event = pack_entries(record.entries), pack_event(record.event)
    return Row(record.id, int(NOW), pack_name(record.dedup), entries, event)


def rows(*numbers: int) -> list[Row]:
    return [row(said(number, dedup=f"alice bob m{number}")) for number in numbers]


def indexed(connection: apsw.Connection) -> list[int]:
    return [archived.id for archived in history.page(connection, Query(owner=BOB, limit=100)).records]


def test_what_is_appended_is_not_indexed_yet(connection: apsw.Connection) -> None:
    assert Journal().append(connection, rows(1, 2, 3), NOW) == [1, 2, 3]
    assert indexed(connection) == []
    assert history.last_id(connection) == 3


def test_the_index_may_come_in_pieces(connection: apsw.Connection) -> None:
    journal = Journal()
    journal.append(connection, rows(*range(1, 8)), NOW)
    assert journal.index(connection, limit=3) is False
    assert indexed(connection) == [1, 2, 3]
    assert journal.index(connection, limit=3, up_to=5) is True
    assert indexed(connection) == [1, 2, 3, 4, 5]
    assert journal.index(connection) is True
    assert indexed(connection) == [1, 2, 3, 4, 5, 6, 7]


def test_what_is_not_at_hand_is_read_from_the_table(connection: apsw.Connection) -> None:
    journal = Journal()
    journal.append(connection, rows(1, 2, 3), NOW)
    assert journal.index(connection, {2: message(2, "as it is at hand")}) is True
    assert indexed(connection) == [1, 2, 3]
    found = history.page(connection, Query(owner=BOB, text="hand"))
    assert [archived.id for archived in found.records] == [2]


def test_names_are_known_whether_their_messages_are_indexed_or_not(connection: apsw.Connection) -> None:
    journal = Journal()
    journal.append(connection, rows(1, 2, 3, 4), NOW)
    journal.index(connection, limit=2)
    again = [row(said(10 + number, dedup=f"alice bob m{number}")) for number in (1, 4, 5)]
    assert journal.append(connection, again, NOW) == [1, 4, 15]


def test_after_a_rollback_only_what_was_committed_is_remembered(connection: apsw.Connection) -> None:
    journal = Journal()
    journal.append(connection, rows(1), NOW)
    connection.execute("BEGIN")
    journal.append(connection, rows(5), NOW)
    connection.execute("ROLLBACK")
    journal.rolled_back()
    resent = row(said(3, dedup="alice bob m5"))
    assert journal.append(connection, [resent, *rows(1)], NOW) == [3, 1]
    journal.index(connection)
    assert indexed(connection) == [1, 3]


def test_a_message_that_comes_late_is_indexed_at_once(connection: apsw.Connection) -> None:
    journal = Journal()
    journal.append(connection, rows(1, 5), NOW)
    journal.index(connection)
    journal.append(connection, rows(3), NOW)
    assert indexed(connection) == [1, 3, 5]
    journal.append(connection, rows(9), NOW)
    journal.append(connection, rows(7), NOW)
    assert indexed(connection) == [1, 3, 5]
    journal.index(connection)
    assert indexed(connection) == [1, 3, 5, 7, 9]


def test_an_event_that_is_at_hand_is_not_read_again(connection: apsw.Connection) -> None:
    journal = Journal()
    journal.append(connection, [row(said(1))], NOW)
    journal.index(connection, {1: message(1, "at hand")})
    assert history.count(connection, Query(owner=ALICE, text="hand")) == 1
    assert history.count(connection, Query(owner=ALICE, text="hello")) == 0


@pytest.mark.parametrize("late", [3, 5])  # one that is new, one that is there already
def test_the_name_of_a_message_that_comes_late_grows_old_too(connection: apsw.Connection, late: int) -> None:
    journal = Journal()
    journal.append(connection, rows(5), NOW)
    journal.index(connection)
    assert journal.append(connection, [row(said(late, dedup="name"))], NOW) == [late]
    assert journal.append(connection, [row(said(7, dedup="name"))], NOW + 6 * 86400) == [late]
    assert journal.append(connection, [row(said(8, dedup="name"))], NOW + 8 * 86400) == [8]
