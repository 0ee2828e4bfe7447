"""The standard methods (RFC 8620 §5), once for all types: what their arguments mean, and what stands in their answers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct, field

from dragoman.core.errors import Refused
from dragoman.protocols.jmap.errors import MethodError, SetError, refusal
from dragoman.protocols.jmap.ids import account_id

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

T = TypeVar("T")
Answer = dict[str, Any]
Patch = dict[str, Any]


class Get(Struct, frozen=True, forbid_unknown_fields=True):
    """§5.1."""

    accountId: str
    ids: list[str] | None = None
    properties: list[str] | None = None


class ChangesSince(Struct, frozen=True, forbid_unknown_fields=True):
    """§5.2."""

    accountId: str
    sinceState: str
    maxChanges: int | None = None


class Set(Struct, frozen=True, forbid_unknown_fields=True):
    """§5.3."""

    accountId: str
    ifInState: str | None = None
    create: dict[str, dict[str, Any]] | None = None
    update: dict[str, Patch] | None = None
    destroy: list[str] | None = None


class QueryFor(Struct, frozen=True, forbid_unknown_fields=True):
    """§5.5; ``filter`` is a FilterCondition of the type, there are no operators."""

    accountId: str
    filter: dict[str, Any] | None = None
    sort: list[dict[str, Any]] | None = None
    position: int = 0
    anchor: str | None = None
    anchorOffset: int = 0
    limit: int | None = None
    calculateTotal: bool = False


class Changes(Struct, frozen=True):
    """What changed up to ``state``."""

    state: str
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)
    more: bool = False


class Found(Struct, frozen=True):
    """Objects by their ids, and the ids that are nobody's."""

    here: list[Any]
    missing: list[str] = field(default_factory=list)


class DataType(Struct, frozen=True):
    """A type, by what is its own in the standard methods; None where the type has no such method."""

    name: str
    kind: type[Struct]
    state: Callable[["Client"], Awaitable[str]]
    get: Callable[["Client", list[str] | None], Awaitable[Found]]
    changes: Callable[["Client", str, int | None], Awaitable[Changes]] | None = None
    create: Callable[["Client", Patch], Awaitable[Answer]] | None = None
    update: Callable[["Client", str, Patch], Awaitable[None]] | None = None
    destroy: Callable[["Client", str], Awaitable[None]] | None = None


def read(kind: type[T], arguments: Any) -> T:
    """Arguments of a call. Raises ``MethodError(invalidArguments)``."""
    try:
        return msgspec.convert(arguments, kind)
    except msgspec.ValidationError as error:
        raise MethodError("invalidArguments", str(error)) from None


def read_object(kind: type[T], value: Any) -> T:
    """An object to create. Raises ``SetError(invalidProperties)``."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise SetError("invalidProperties", str(error)) from None


def check_account(client: "Client", given: str) -> None:
    """Whether a call means the own account. Raises ``MethodError``."""
    if given != account_id(client.account):
        raise MethodError("accountNotFound")


async def get(client: "Client", kind: DataType, arguments: Answer) -> Answer:
    """§5.1: the state is asked for first, so that nothing that changes meanwhile is missed."""
    asked = read(Get, arguments)
    check_account(client, asked.accountId)
    names = [each.encode_name for each in msgspec.structs.fields(kind.kind)]
    unknown = [name for name in asked.properties or () if name not in names]
    if unknown:
        raise MethodError("invalidArguments", f"there is no property {unknown[0]}")
    if asked.ids is not None and len(asked.ids) > client.front.settings.max_get:
        raise MethodError("requestTooLarge", f"at most {client.front.settings.max_get} objects")
    state = await kind.state(client)
    ids = list(dict.fromkeys(asked.ids)) if asked.ids is not None else None
    found = await kind.get(client, ids)
    client.heard_of(kind.name, state)
    shown = found.here if asked.properties is None else [_cut(each, asked.properties) for each in found.here]
    return {"accountId": asked.accountId, "state": state, "list": shown, "notFound": found.missing}


async def changes(client: "Client", kind: DataType, arguments: Answer) -> Answer:
    """§5.2."""
    asked = read(ChangesSince, arguments)
    check_account(client, asked.accountId)
    if asked.maxChanges is not None and asked.maxChanges < 1:
        raise MethodError("invalidArguments", "maxChanges is above 0")
    if kind.changes is None:
        raise MethodError("cannotCalculateChanges")
    found = await kind.changes(client, asked.sinceState, asked.maxChanges)
    if not found.more:
        client.heard_of(kind.name, found.state)
    return {
        "accountId": asked.accountId,
        "oldState": asked.sinceState,
        "newState": found.state,
        "hasMoreChanges": found.more,
        "created": found.created,
        "updated": found.updated,
        "destroyed": found.destroyed,
    }


async def set_objects(client: "Client", kind: DataType, arguments: Answer) -> Answer:
    """§5.3: each object on its own; one that fails stops none of the others."""
    asked = read(Set, arguments)
    check_account(client, asked.accountId)
    create, update, destroy = asked.create or {}, asked.update or {}, asked.destroy or []
    if len(create) + len(update) + len(destroy) > client.front.settings.max_set:
        raise MethodError("requestTooLarge", f"at most {client.front.settings.max_set} objects")
    before = await kind.state(client)
    if asked.ifInState is not None and asked.ifInState != before:
        raise MethodError("stateMismatch")
    told: Answer = {"accountId": asked.accountId, "oldState": before}
    await _create_all(client, kind, create, told)
    await _update_all(client, kind, update, told)
    await _destroy_all(client, kind, destroy, told)
    told["newState"] = await kind.state(client)
    return told


async def _create_all(client: "Client", kind: DataType, create: Mapping[str, Answer], told: Answer) -> None:
    created, refused = {}, {}
    for name, value in create.items():
        try:
            if kind.create is None:
                raise SetError("forbidden", "such objects are not created this way")
            made = created[name] = await kind.create(client, value)
            client.created[name] = str(made["id"])
        except (SetError, Refused) as error:
            refused[name] = _value(error)
    told["created"], told["notCreated"] = created or None, refused or None


async def _update_all(client: "Client", kind: DataType, update: Mapping[str, Patch], told: Answer) -> None:
    updated: dict[str, None] = {}
    refused = {}
    for id, patch in update.items():
        try:
            if kind.update is None:
                raise SetError("forbidden", "such objects are not changed this way")
            await kind.update(client, client.meant(id), patch)
            updated[id] = None
        except (SetError, Refused) as error:
            refused[id] = _value(error)
    told["updated"], told["notUpdated"] = updated or None, refused or None


async def _destroy_all(client: "Client", kind: DataType, destroy: list[str], told: Answer) -> None:
    destroyed, refused = [], {}
    for id in destroy:
        try:
            if kind.destroy is None:
                raise SetError("forbidden", "such objects are not destroyed")
            await kind.destroy(client, client.meant(id))
            destroyed.append(id)
        except (SetError, Refused) as error:
            refused[id] = _value(error)
    told["destroyed"], told["notDestroyed"] = destroyed or None, refused or None


def queried(
    client: "Client", asked: QueryFor, ids: list[str], state: str, *, position: int = 0, total: int | None = None
) -> Answer:
    """§5.5: the answer to a query."""
    told: Answer = {
        "accountId": asked.accountId,
        "queryState": state,
        "canCalculateChanges": False,
        "position": position,
        "ids": ids,
    }
    return told if total is None else told | {"total": total}


def paged(client: "Client", asked: QueryFor, ids: list[str], state: str) -> Answer:
    """The same for results that are all at hand."""
    start = asked.position if asked.position >= 0 else max(0, len(ids) + asked.position)
    if asked.anchor is not None:
        if asked.anchor not in ids:
            raise MethodError("anchorNotFound")
        start = max(0, ids.index(asked.anchor) + asked.anchorOffset)
    if asked.limit is not None and asked.limit < 0:
        raise MethodError("invalidArguments", "limit is not below 0")
    end = None if asked.limit is None else start + asked.limit
    total = len(ids) if asked.calculateTotal else None
    return queried(client, asked, ids[start:end], state, position=start, total=total)


def rising(asked: QueryFor, *properties: str) -> bool:
    """Checks what a query is to be sorted by; whether it is to rise. Raises ``MethodError(unsupportedSort)``."""
    for comparator in asked.sort or ():
        if comparator.get("property") not in properties:
            raise MethodError("unsupportedSort", f"only by {', '.join(properties)}")
    # RFC 8620 §5.5: ascending where a comparator does not say so; newest first where there is none at all.
    return bool(asked.sort) and bool((asked.sort or [{}])[0].get("isAscending", True))


def _cut(object: Struct, properties: list[str]) -> Answer:
    values: Answer = msgspec.to_builtins(object)
    return {name: values[name] for name in dict.fromkeys(["id", *properties])}


def _value(error: SetError | Refused) -> Answer:
    return error.value() if isinstance(error, SetError) else refusal(error)
