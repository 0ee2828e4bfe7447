"""What an account has set for its conversations, and its devices, in memory."""

from collections import defaultdict

from dragoman.core.address import Address
from dragoman.core.devices import Device
from dragoman.core.inbox import ConversationSettings, Preferences


class MemoryInboxes:
    """Implements :class:`dragoman.core.inbox.InboxStore`."""

    def __init__(self) -> None:
        self._settings: defaultdict[Address, dict[Address, ConversationSettings]] = defaultdict(dict)
        self._preferences: dict[Address, Preferences] = {}

    async def load(self, account: Address) -> list[ConversationSettings]:
        settings = self._settings.get(account, {})
        return [settings[peer] for peer in sorted(settings)]

    async def put(self, account: Address, settings: ConversationSettings) -> None:
        self._settings[account][settings.peer] = settings

    async def preferences(self, account: Address) -> Preferences | None:
        return self._preferences.get(account)

    async def set_preferences(self, account: Address, preferences: Preferences) -> None:
        self._preferences[account] = preferences

    def erase(self, account: Address) -> None:
        """Drop all that an account has."""
        self._settings.pop(account, None)
        self._preferences.pop(account, None)


class MemoryDevices:
    """Implements :class:`dragoman.core.devices.DeviceStore`."""

    def __init__(self) -> None:
        self._devices: dict[tuple[Address, str], Device] = {}

    async def put(self, device: Device) -> None:
        self._devices[device.account, device.id] = device

    async def find(self, digest: bytes) -> Device | None:
        return next((device for device in self._devices.values() if device.digest == digest), None)

    async def of(self, account: Address) -> list[Device]:
        return [self._devices[key] for key in sorted(self._devices) if key[0] == account]

    async def remove(self, account: Address, id: str) -> bool:
        return self._devices.pop((account, id), None) is not None

    async def expire(self, *, before: float) -> list[Device]:
        gone = sorted((each for each in self._devices.values() if each.used_at < before), key=lambda each: each.used_at)
        for device in gone:
            del self._devices[device.account, device.id]
        return gone

    def erase(self, account: Address) -> None:
        """Drop all that an account has."""
        for key in [key for key in self._devices if key[0] == account]:
            del self._devices[key]
