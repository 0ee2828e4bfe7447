"""Requests and frames, from bytes and to bytes (RFC 8620 §3, RFC 8887 §4)."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from dragoman.protocols.jmap.errors import MethodError, RequestError

CORE = "urn:ietf:params:jmap:core"
WEBSOCKET = "urn:ietf:params:jmap:websocket"
CHAT = "urn:dragoman:chat"
CAPABILITIES = frozenset({CORE, WEBSOCKET, CHAT})
#: How deep a request may be nested: more than any argument needs.
MAX_DEPTH = 24

Call = tuple[str, dict[str, Any], str]
T = TypeVar("T")


class Request(Struct, frozen=True, tag_field="@type", tag="Request"):
    """RFC 8620 §3.3, and as a frame RFC 8887 §4.3.2."""

    using: list[str]
    methodCalls: list[Call]
    createdIds: dict[str, str] | None = None
    id: str | None = None


class PushEnable(Struct, frozen=True, tag_field="@type", tag="WebSocketPushEnable"):
    """RFC 8887 §4.3.5.2; ``embed`` is ours: changed objects come in the frame."""

    dataTypes: list[str] | None = None
    pushState: str | None = None
    embed: bool = False


class PushDisable(Struct, frozen=True, tag_field="@type", tag="WebSocketPushDisable"):
    """RFC 8887 §4.3.5.3."""


class LiveEdit(Struct, frozen=True, omit_defaults=True):
    """One step of real-time text (XEP-0301 §4.6)."""

    insert: str = ""
    position: int | None = None
    erase: int = 0
    waitMs: int = 0


class LiveText(Struct, frozen=True):
    """Text while it is typed."""

    action: str
    sequence: int = 0
    edits: list[LiveEdit] = field(default_factory=list)


class Live(Struct, frozen=True, tag_field="@type", tag="Live"):
    """What happens now and is kept nowhere."""

    conversationId: str
    typing: str = ""
    rtt: LiveText | None = None


Frame = Request | PushEnable | PushDisable | Live

_request = msgspec.json.Decoder(Request)
_frame: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)
_named = msgspec.json.Decoder(dict[str, Any])
_encoder = msgspec.json.Encoder()


def read_request(data: bytes) -> Request:
    """The body of a POST. Raises ``RequestError``."""
    return _checked(_decoded(_request, data))


def read_frame(data: bytes) -> Frame:
    """A WebSocket message. Raises ``RequestError``."""
    frame = _decoded(_frame, data)
    return _checked(frame) if isinstance(frame, Request) else frame


def id_of(data: bytes) -> str | None:
    """The id of a request that could not be read, as far as it has one."""
    try:
        id = _named.decode(data).get("id")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return id if isinstance(id, str) else None


def write(value: Any) -> bytes:
    """Anything that travels."""
    return _encoder.encode(value)


def resolve(arguments: dict[str, Any], responses: list[Call]) -> dict[str, Any]:
    """Arguments with the results of earlier calls in them (RFC 8620 §3.7). Raises ``MethodError``."""
    if not any(name.startswith("#") for name in arguments):
        return arguments
    resolved = {name: value for name, value in arguments.items() if not name.startswith("#")}
    for name, reference in arguments.items():
        if name.startswith("#"):
            if name[1:] in resolved:
                raise MethodError("invalidArguments", f"{name[1:]} is given twice")
            resolved[name[1:]] = _referred(reference, responses)
    return resolved


def _referred(reference: Any, responses: list[Call]) -> Any:
    if not isinstance(reference, dict) or not all(
        isinstance(reference.get(key), str) for key in ("resultOf", "name", "path")
    ):
        raise MethodError("invalidResultReference", "a reference has resultOf, name and path")
    for name, result, call in responses:
        if call == reference["resultOf"]:
            if name != reference["name"]:
                break
            path = reference["path"]
            if path and not path.startswith("/"):
                break
            steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
            return _walk(msgspec.to_builtins(result), steps)
    raise MethodError("invalidResultReference", "there is no such result")


def _walk(value: Any, steps: list[str]) -> Any:
    for place, step in enumerate(steps):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step == "*":
            found = [_walk(each, steps[place + 1 :]) for each in value]
            return [item for each in found for item in (each if isinstance(each, list) else [each])]
        elif isinstance(value, list) and step.isdecimal() and step.isascii() and int(step[:9]) < len(value):
            value = value[int(step)]
        else:
            raise MethodError("invalidResultReference", "the path leads nowhere")
    return value


def _decoded(decoder: "msgspec.json.Decoder[T]", data: bytes) -> T:
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise RequestError("notRequest", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError("notJSON", str(error)) from None
    except RecursionError:
        raise RequestError("notRequest", "nested too deeply") from None


def _checked(request: Request) -> Request:
    level: list[Any] = [arguments for _, arguments, _ in request.methodCalls]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return request
    raise RequestError("notRequest", "nested too deeply")
