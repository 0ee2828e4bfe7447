from importlib.resources import files

import apsw
import pytest

from dragoman.storage.sqlite import migrate
from dragoman.storage.sqlite.catalogue import parse, queries


def test_blocks_are_found_by_their_names() -> None:
    found = parse("-- What this is.\n\n-- name: one\nSELECT 1\n\n-- name: two\n-- why\nSELECT\n  2\n")
    assert dict(found) == {"one": "SELECT 1", "two": "-- why\nSELECT\n  2"}


@pytest.mark.parametrize("text", ["SELECT 1", "-- name: a\n", "-- name: a\nSELECT 1\n-- name: a\nSELECT 2"])
def test_what_is_not_a_catalogue_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


CATALOGUES = sorted(file.name[:-4] for file in (files("dragoman.storage.sqlite") / "queries").iterdir())


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_statement_fits_the_schema(name: str) -> None:
    connection = apsw.Connection(":memory:")
    migrate.apply(connection, migrate.migrations(), 0.0)
    for statement in queries(name).values():
        if not statement.startswith("PRAGMA"):
            assert connection.execute(f"EXPLAIN {statement}", _anything(statement)).fetchall()


def _anything(statement: str) -> object:
    return [None] * statement.count("?") or _Anything()


class _Anything(dict[str, None]):
    """A value for any name."""

    def __missing__(self, key: str) -> None:
        return None


@pytest.mark.parametrize("name", sorted(queries("history")))
def test_no_question_about_a_history_walks_through_the_whole_archive(name: str) -> None:
    connection = apsw.Connection(":memory:")
    migrate.apply(connection, migrate.migrations(), 0.0)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {queries('history')[name]}", _Anything())]
    tables = ("entry", "message", "name", "party")
    assert not [step for step in plan if step.split()[0] == "SCAN" and step.split()[1] in tables]
    assert not [
        step for step in plan if "TEMP B-TREE" in step and name not in ("about", "conversations", "ids", "named")
    ]
