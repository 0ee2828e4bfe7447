"""The account's own settings."""

import json
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from dragoman.core.model import Show
from dragoman.protocols.jmap import objects
from dragoman.protocols.jmap.errors import SetError
from dragoman.protocols.jmap.ids import SINGLETON
from dragoman.protocols.jmap.standard import Changes, DataType, Found, Patch, read_object

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client


class _Presence(Struct, frozen=True, forbid_unknown_fields=True):
    show: Show = Show.HERE
    status: str = ""


class _Change(Struct, frozen=True, forbid_unknown_fields=True):
    presence: _Presence | None = None
    receipts: bool | None = None
    typing: bool | None = None
    client: dict[str, Any] | None = None
    id: str = SINGLETON


async def render(client: "Client") -> objects.AccountPreferences:
    """The object."""
    kept = (await client.desk.inbox()).preferences
    own = objects.OwnPresence(kept.show.value, kept.status)
    return objects.AccountPreferences(SINGLETON, own, kept.receipts, kept.typing, json.loads(kept.client))


async def state(client: "Client") -> str:
    """Its state."""
    return str((await client.desk.inbox()).preferences.version)


async def _get(client: "Client", ids: list[str] | None) -> Found:
    wanted = [SINGLETON] if ids is None else ids
    here = [await render(client)] if SINGLETON in wanted else []
    return Found(here, [id for id in wanted if id != SINGLETON])


async def _changes(client: "Client", since: str, most: int | None) -> Changes:
    now = await state(client)
    return Changes(now, updated=[] if since == now else [SINGLETON])


async def _update(client: "Client", id: str, patch: Patch) -> None:
    if id != SINGLETON:
        raise SetError("notFound")
    kept = (await client.desk.inbox()).preferences
    change = read_object(_Change, _unfolded(patch, {"client": json.loads(kept.client)}))
    fields: dict[str, Any] = {}
    if change.presence is not None:
        fields |= {"show": change.presence.show, "status": change.presence.status}
    if change.client is not None:
        fields["client"] = msgspec.json.encode(change.client).decode()
    fields |= {name: given for name in ("receipts", "typing") if (given := getattr(change, name)) is not None}
    await client.desk.services.inboxes.prefer(client.account, **fields)
    if change.presence is not None:
        await client.front.show_presence(client.account)


def _unfolded(patch: Patch, now: dict[str, dict[str, Any]]) -> Patch:
    """A patch of ``client/x`` as a whole new ``client`` (RFC 8620 §5.3)."""
    whole: Patch = {name: value for name, value in patch.items() if "/" not in name}
    for path, value in patch.items():
        name, slash, inner = path.partition("/")
        if not slash:
            continue
        if name not in now or name in patch or "/" in inner:
            raise SetError("invalidPatch", path)
        table = whole.setdefault(name, dict(now[name]))
        key = inner.replace("~1", "/").replace("~0", "~")
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return whole


PREFERENCES = DataType("Preferences", objects.AccountPreferences, state, _get, _changes, update=_update)
