"""Speaking to a running server: one line of JSON there, one line back, over the Unix socket in its data directory."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dragoman.cli.failure import Exit, Failure, refusal

#: Seconds; removing a large account or copying the database takes a while.
PATIENCE = 600.0


def is_running(path: Path) -> bool:
    """Whether somebody answers at a control socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
        return True


def ask(path: Path, command: str, arguments: Mapping[str, Any]) -> Any:
    """The result of a command. Ends the command with a ``Failure`` where it was refused or nobody answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        try:
            connection.connect(str(path))
        except PermissionError as error:
            raise Failure(
                Exit.FAILED, f"you may not command the server at {path}", "run as the user that runs it"
            ) from error
        except OSError as error:
            text = f"no server runs in {path.parent}"
            raise Failure(Exit.NOT_RUNNING, text, f"dragoman --data {path.parent} up") from error
        try:
            connection.sendall(json.dumps({"command": command, "arguments": dict(arguments)}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer = json.loads(lines.readline() or b"null")
        except (OSError, ValueError) as error:
            raise Failure(Exit.FAILED, f"the server did not answer: {error}", "dragoman doctor") from error
    return _result(answer)


def _result(answer: Any) -> Any:
    if not isinstance(answer, dict):
        raise Failure(Exit.FAILED, "the server closed the connection without an answer", "look into its log")
    error = answer.get("error")
    if error is not None:
        raise refusal(str(error.get("condition", "")), str(error.get("text", "")))
    return answer.get("result")
