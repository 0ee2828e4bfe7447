import asyncio
import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dragoman.core.errors import Condition, Refused
from dragoman.net.control import MAX_REQUEST, ControlServer, Occupied


async def handler(command: str, arguments: Mapping[str, Any]) -> Any:
    match command:
        case "echo":
            return dict(arguments)
        case "refuse":
            raise Refused(Condition.ITEM_NOT_FOUND, "there is no such thing")
        case _:
            raise ZeroDivisionError("secret detail")


async def asked(path: Path, *lines: bytes) -> list[Any]:
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 22)
    for line in lines:
        writer.write(line)
    writer.write_eof()
    answers = [json.loads(line) for line in (await reader.read()).splitlines()]
    writer.close()
    return answers


async def test_a_command_gets_its_result_and_requests_are_answered_in_order(tmp_path: Path) -> None:
    server = ControlServer(handler)
    path = tmp_path / "control.sock"
    await server.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    line = b'{"command": "echo", "arguments": {"text": "h\xc3\xa9"}}\n'
    assert await asked(path, line, b'{"command": "echo"}\n') == [
        {"ok": True, "result": {"text": "hé"}},
        {"ok": True, "result": {}},
    ]
    await server.close()
    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b"[]\n",
        b"{}\n",
        b'{"command": 1}\n',
        b'{"command": "echo", "more": 1}\n',
        b'{"command": "\xff"}\n',
    ],
)
async def test_what_is_no_request_is_refused_and_the_next_one_is_answered(tmp_path: Path, line: bytes) -> None:
    server = ControlServer(handler)
    await server.open(tmp_path / "s")
    bad, good = await asked(tmp_path / "s", line, b'{"command": "echo"}\n')
    assert (bad["ok"], bad["error"]["condition"]) == (False, "bad-request")
    assert good["ok"]
    await server.close()


async def test_a_refusal_says_why_and_our_own_mistake_does_not(tmp_path: Path) -> None:
    server = ControlServer(handler)
    await server.open(tmp_path / "s")
    answers = await asked(tmp_path / "s", b'{"command": "refuse"}\n', b'{"command": "break"}\n')
    assert [answer["error"] for answer in answers] == [
        {"condition": "item-not-found", "text": "there is no such thing"},
        {"condition": "internal-server-error", "text": "the server's log says why"},
    ]
    await server.close()


async def test_a_request_without_end_is_refused(tmp_path: Path) -> None:
    server = ControlServer(handler)
    await server.open(tmp_path / "s")
    (answer,) = await asked(tmp_path / "s", b"x" * (MAX_REQUEST + 100) + b"\n")
    assert answer["error"]["condition"] == "policy-violation"
    await server.close()


async def test_a_running_server_is_not_pushed_aside_and_a_dead_ones_socket_is(tmp_path: Path) -> None:
    import socket

    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    first = ControlServer(handler)
    await first.open(path)
    with pytest.raises(Occupied):
        await ControlServer(handler).open(path)
    assert (await asked(path, b'{"command": "echo"}\n'))[0]["ok"]
    await first.close()
