"""What the server writes to standard error: one line an event, as JSON for machines or in columns for people.

No line can be forged and no terminal be steered by what a client sent: control characters are escaped. Nothing that is
named like a secret is written, and a :class:`~dragoman.formats.secret.Secret` hides itself.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_HIDDEN = re.compile(r"password|secret|token|initial_response|sasl_data|private_key", re.IGNORECASE)
#: C0, DEL and C1 controls, line and paragraph separators, and what turns the direction of writing (Unicode TR 36 §3.3).
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def configure(level: str, form: str, stream: TextIO = sys.stderr) -> None:
    """Send all log lines, those of libraries too, to ``stream``. ``form`` is json, human or auto (human on a terminal)."""
    human = form == "human" or (form == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        hide_secrets,
        escape_controls,
        _for_people(stream) if human else structlog.processors.JSONRenderer(),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Stars in the place of every value whose name says that it is a secret."""
    return {name: "***" if _HIDDEN.search(name) else value for name, value in event.items()}


def escape_controls(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Every text and every object as printable characters; line ends survive only in a traceback of our own."""
    return {name: _lines(value) if name == "exception" else _plain(value) for name, value in event.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping | MutableMapping):
        return {_escaped(str(key)): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(entry) for entry in value]
    return _escaped(value if isinstance(value, str) else str(value))


def _lines(value: Any) -> str:
    return "\n".join(_escaped(line) for line in str(value).split("\n"))


def _escaped(text: str) -> str:
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def _for_people(stream: TextIO) -> Processor:
    # A traceback without local variables: they may hold what a client sent, and secrets.
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )
