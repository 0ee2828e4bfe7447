"""Devices that stay logged in."""

from msgspec.structs import replace
from tests.world import World

from dragoman.core.devices import Device
from dragoman.features.devices import LASTING_SECONDS, MAX_DEVICES, STEP_SECONDS


async def test_a_device_is_known_by_its_secret_as_long_as_it_is_used() -> None:
    world = World()
    devices, alice = world.services.devices, await world.account("alice")
    secret, device = await devices.add(alice, name="Browser", remote="192.0.2.1")
    assert await devices.find(secret) == device
    assert await devices.find("") is await devices.find(f"{secret}0") is None
    assert secret.encode() not in device.digest
    world.clock.advance(LASTING_SECONDS - 1)
    found = await devices.find(secret, remote="192.0.2.2")
    assert found is not None and (found.used_at, found.remote) == (world.clock.now(), "192.0.2.2")
    world.clock.advance(LASTING_SECONDS + 1)
    assert await devices.find(secret) is None
    assert await devices.expire() == 1


async def test_when_it_was_used_is_not_written_for_each_request() -> None:
    world = World()
    secret, device = await world.services.devices.add(await world.account("alice"), name="", remote="")
    world.clock.advance(STEP_SECONDS - 1)
    assert await world.services.devices.find(secret) == device


async def test_a_suspended_or_removed_account_has_no_devices_that_work() -> None:
    world = World()
    devices, alice = world.services.devices, await world.account("alice")
    secret, _ = await devices.add(alice, name="", remote="")
    credentials = await world.stores.accounts.get(alice)
    assert credentials is not None
    await world.stores.accounts.replace(alice, replace(credentials, enabled=False))
    assert await devices.find(secret) is None
    await world.services.accounts.remove(alice)
    assert await devices.of(alice) == []


async def test_who_is_logged_out_is_told_of() -> None:
    world = World()
    gone: list[Device] = []
    devices, alice = world.services.devices, await world.account("alice")
    devices.removed(gone.append)
    made = [(await devices.add(alice, name="", remote=""))[1] for _ in range(3)]
    assert await devices.remove(alice, made[1].id) is True
    assert await devices.remove(alice, made[1].id) is False
    await devices.remove_all(alice)
    assert {device.id for device in gone} == {device.id for device in made}


async def test_of_too_many_devices_the_one_used_longest_ago_goes() -> None:
    world = World()
    alice = await world.account("alice")
    first, _ = await world.services.devices.add(alice, name="", remote="")
    for _ in range(MAX_DEVICES):
        world.clock.advance(1)
        await world.services.devices.add(alice, name="", remote="")
    assert len(await world.services.devices.of(alice)) == MAX_DEVICES
    assert await world.services.devices.find(first) is None
