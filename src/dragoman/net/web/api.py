"""What the web serves, as an interface: the application joins it with accounts, devices and the protocol."""

from typing import TYPE_CHECKING, Any, Protocol

from dragoman.core.address import Address
from dragoman.core.devices import Device
from dragoman.core.endpoint import Caller, Channel, MessageWire

if TYPE_CHECKING:
    from dragoman.net.web.files import Uploads


class LoginRefused(Exception):
    """Nobody is logged in. ``status`` is that of HTTP; ``retry_after`` are seconds, 0 where it makes no difference."""

    def __init__(self, status: int, detail: str, *, retry_after: int = 0) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after


class Api(Protocol):
    """Who may do what, and what comes of it."""

    max_request_bytes: int
    max_upload_bytes: int
    uploads: "Uploads"

    async def log_in(self, username: str, password: str, host: str, channel: Channel, name: str) -> tuple[str, Device]:
        """A new device, and the secret by which it is known. Raises ``LoginRefused``."""
        ...

    async def device(self, secret: str, remote: str) -> Device | None:
        """Whose secret it is."""
        ...

    async def log_out(self, device: Device) -> None: ...

    def session(self, device: Device, base: str) -> dict[str, Any]:
        """The session object; ``base`` is scheme and host as the client sees them."""
        ...

    async def request(self, device: Device, body: bytes, remote: str) -> tuple[int, dict[str, Any]]:
        """The status and the content that answer a request."""
        ...

    def account_id(self, account: Address) -> str:
        """What the API calls an account."""
        ...

    def connect(self, wire: MessageWire, device: Device) -> Caller:
        """A WebSocket of a device."""
        ...
