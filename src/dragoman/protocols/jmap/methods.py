"""All methods by their names, and running the calls of a request one after the other (RFC 8620 §3.3 to §3.7)."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from dragoman.core.errors import Refused
from dragoman.core.stores import StorageFailed
from dragoman.protocols.jmap import contacts, conversations, directory, members, search, standard
from dragoman.protocols.jmap.contacts import CONTACT
from dragoman.protocols.jmap.conversations import CONVERSATION
from dragoman.protocols.jmap.directory import ROOM
from dragoman.protocols.jmap.errors import MethodError, RequestError, refusal
from dragoman.protocols.jmap.logins import DEVICE
from dragoman.protocols.jmap.members import MEMBER
from dragoman.protocols.jmap.messages import MESSAGE
from dragoman.protocols.jmap.preferences import PREFERENCES
from dragoman.protocols.jmap.standard import Answer
from dragoman.protocols.jmap.wire import CAPABILITIES, CHAT, CORE, Call, Request, resolve

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

Method = Callable[["Client", Answer], Awaitable[Answer]]

TYPES = (CONVERSATION, MESSAGE, CONTACT, MEMBER, ROOM, PREFERENCES, DEVICE)


async def _echo(client: "Client", arguments: Answer) -> Answer:
    """RFC 8620 §4."""
    return arguments


async def _unsortable(client: "Client", arguments: Answer) -> Answer:
    """RFC 8620 §5.6, for results whose changes nobody counts."""
    raise MethodError("cannotCalculateChanges")


def _methods() -> dict[str, Method]:
    found: dict[str, Method] = {"Core/echo": _echo, "Room/invite": directory.invite}
    for kind in TYPES:
        found[f"{kind.name}/get"] = partial(_with, standard.get, kind)
        found[f"{kind.name}/changes"] = partial(_with, standard.changes, kind)
        if kind.create or kind.update or kind.destroy:
            found[f"{kind.name}/set"] = partial(_with, standard.set_objects, kind)
    queries = {
        "Conversation": conversations.query,
        "Message": search.query,
        "Contact": contacts.query,
        "Member": members.query,
        "Room": directory.query,
    }
    for name, query in queries.items():
        found[f"{name}/query"] = query
        found[f"{name}/queryChanges"] = _unsortable
    return found


async def _with(
    method: Callable[["Client", standard.DataType, Answer], Awaitable[Answer]],
    kind: standard.DataType,
    client: "Client",
    arguments: Answer,
) -> Answer:
    return await method(client, kind, arguments)


METHODS = _methods()


def check(request: Request, most: int) -> None:
    """Whether a request may run at all. Raises ``RequestError``."""
    unknown = [capability for capability in request.using if capability not in CAPABILITIES]
    if unknown:
        raise RequestError("unknownCapability", f"{unknown[0]} is not known here")
    if len(request.methodCalls) > most:
        raise RequestError("limit", f"at most {most} calls", limit="maxCallsInRequest")


async def run(client: "Client", request: Request) -> list[Call]:
    """The responses to all calls."""
    client.created = dict(request.createdIds or {})
    responses: list[Call] = []
    for name, arguments, call in request.methodCalls:
        try:
            method = METHODS.get(name)
            needed = CORE if name == "Core/echo" else CHAT
            if method is None or needed not in request.using:
                raise MethodError("unknownMethod")
            answer = await method(client, resolve(arguments, responses))
            responses.append((name, answer, call))
        except MethodError as error:
            responses.append(("error", error.arguments(), call))
        except Refused as refused:
            told = refusal(refused)
            kind = told["type"] if told["type"] in ("forbidden", "rateLimit") else "invalidArguments"
            responses.append(("error", {**told, "type": kind}, call))
        except StorageFailed:
            responses.append(("error", {"type": "serverUnavailable"}, call))
    return responses
