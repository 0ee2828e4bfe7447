"""The devices that the account is logged in with, to see and to log out."""

from hashlib import sha256
from typing import TYPE_CHECKING

from dragoman.core.devices import Device
from dragoman.protocols.jmap import objects
from dragoman.protocols.jmap.errors import SetError
from dragoman.protocols.jmap.moments import write_moment
from dragoman.protocols.jmap.standard import DataType, Found

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client


def _render(client: "Client", device: Device) -> objects.LoggedInDevice:
    return objects.LoggedInDevice(
        device.id,
        device.name,
        write_moment(device.created_at),
        write_moment(device.used_at),
        device.remote,
        device.id == client.device.id,
    )


async def _get(client: "Client", ids: list[str] | None) -> Found:
    devices = {device.id: device for device in await client.desk.services.devices.of(client.account)}
    wanted = list(devices) if ids is None else ids
    shown = [_render(client, devices[id]) for id in wanted if id in devices]
    return Found(shown, [id for id in wanted if id not in devices])


async def _state(client: "Client") -> str:
    devices = await client.desk.services.devices.of(client.account)
    told = " ".join(f"{device.id}{device.used_at}" for device in devices)
    return sha256(told.encode()).hexdigest()[:16]


async def _destroy(client: "Client", id: str) -> None:
    if not await client.desk.services.devices.remove(client.account, id):
        raise SetError("notFound")


DEVICE = DataType("Device", objects.LoggedInDevice, _state, _get, destroy=_destroy)
