import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from dragoman.cli.connection import ask, is_running
from dragoman.cli.failure import Exit, Failure


class OneAnswer:
    """A server that reads one line and says one thing."""

    def __init__(self, path: Path, answer: bytes) -> None:
        self.asked: Any = None
        self._answer = answer
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rb") as lines:
            self.asked = json.loads(lines.readline())
            connection.sendall(self._answer)

    def stop(self) -> None:
        self._thread.join()
        self._socket.close()


def asked(path: Path, answer: bytes) -> tuple[Any, Any]:
    server = OneAnswer(path, answer)
    try:
        result = ask(path, "user list", {"domain": "x"})
    except Failure as failure:
        result = failure
    server.stop()
    return server.asked, result


def test_a_command_and_its_result_are_one_line_each(tmp_path: Path) -> None:
    question, result = asked(tmp_path / "s", b'{"result": [1]}\n')
    assert question == {"command": "user list", "arguments": {"domain": "x"}}
    assert result == [1]


def test_a_refusal_becomes_a_failure_with_its_code(tmp_path: Path) -> None:
    _, failure = asked(tmp_path / "s", b'{"error": {"condition": "conflict", "text": "exists"}}\n')
    assert (failure.code, failure.text) == (Exit.CONFLICT, "exists")


@pytest.mark.parametrize("answer", [b"", b"nonsense\n"])
def test_a_server_that_does_not_answer_is_a_failure(tmp_path: Path, answer: bytes) -> None:
    _, failure = asked(tmp_path / "s", answer)
    assert failure.code is Exit.FAILED


def test_nobody_there_is_told_with_the_way_to_start_one(tmp_path: Path) -> None:
    assert not is_running(tmp_path / "s")
    with pytest.raises(Failure) as caught:
        ask(tmp_path / "s", "status", {})
    assert (caught.value.code, caught.value.remedy) == (Exit.NOT_RUNNING, f"dragoman --data {tmp_path} up")


def test_a_socket_that_nobody_listens_at_is_nobody(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "s"))
    left.close()
    assert not is_running(tmp_path / "s")
