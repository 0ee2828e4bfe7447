import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from dragoman import logs
from dragoman.formats.secret import Secret


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(form: str, **fields: Any) -> list[str]:
    stream = io.StringIO()
    logs.configure("info", form, stream)
    structlog.get_logger("net").warning("told", **fields)
    return stream.getvalue().splitlines()


def test_json_is_one_object_a_line() -> None:
    (line,) = lines("json", peer="127.0.0.1", count=3)
    told = json.loads(line)
    assert {
        "event": "told",
        "level": "warning",
        "logger": "net",
        "peer": "127.0.0.1",
        "count": 3,
    }.items() <= told.items()
    assert told["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["json", "human"])
def test_what_a_client_sent_can_neither_begin_a_line_nor_steer_a_terminal(form: str) -> None:
    (line,) = lines(form, nick="eve\r\n2026 [info] all is well\x1b[2J\x9b\u202e\u2028")
    assert not any(mark in line for mark in ("\x1b", "\r", "\x9b", "\u202e", "\u2028"))
    assert "\\x1b[2J" in line.replace("\\\\", "\\")


@pytest.mark.parametrize("form", ["json", "human"])
def test_secrets_are_never_written(form: str) -> None:
    (line,) = lines(form, password="hunter2", app_token="hunter2", key=Secret("hunter2"), keys=[Secret("hunter2")])
    assert "hunter2" not in line
    assert line.count("***") == 4


def test_libraries_log_in_the_same_form() -> None:
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    logging.getLogger("asyncio").warning("slow %s", "callback\n")
    assert json.loads(stream.getvalue())["event"] == "slow callback\\n"


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    logs.configure("warning", "json", stream)
    structlog.get_logger().info("nothing")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("form", ["json", "human"])
def test_a_traceback_shows_no_local_variables(form: str) -> None:
    stream = io.StringIO()
    logs.configure("info", form, stream)
    given = "hunter2"
    try:
        _fail(given)
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "ValueError" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def _fail(given: str) -> None:
    raise ValueError(len(given))
