"""One WebSocket connection: frames in, frames out (RFC 8887)."""

from collections.abc import Coroutine
from typing import Any

from dragoman.core.endpoint import Channel
from dragoman.core.errors import Condition, Refused
from dragoman.protocols.jmap import live, methods
from dragoman.protocols.jmap.client import Client
from dragoman.protocols.jmap.errors import RequestError
from dragoman.protocols.jmap.wire import Live, PushDisable, PushEnable, Request, id_of, read_frame

_BROKEN, _STOPPING = 1011, 1001


class Accept:
    """The network's view of one client (:class:`dragoman.core.endpoint.Caller`); each call of ``received`` is one frame."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def received(self, data: bytes) -> Coroutine[Any, Any, None] | None:
        return None if self.client.ended else self._received(data)

    async def _received(self, data: bytes) -> None:
        client = self.client
        try:
            await client.open()
        except Refused as refused:
            client.end(refused.condition, refused.text)
            return
        try:
            frame = read_frame(data)
            if isinstance(frame, Request):
                methods.check(frame, client.front.settings.max_calls)
        except RequestError as error:
            client.write({"@type": "RequestError", "requestId": id_of(data), **error.problem()})
            return
        match frame:
            case Request():
                answer = await client.front.answer(client, frame)
                client.write({"@type": "Response", "requestId": frame.id, **answer})
            case PushEnable():
                await client.push.enable(frame)
            case PushDisable():
                client.push.disable()
            case Live():
                await live.tell(client, frame)

    def secured(self, channel: Channel) -> None:
        """The way was secure before the first frame."""

    def failed(self, condition: Condition, text: str) -> None:
        if self.client.wire is not None:
            self.client.wire.finish(_BROKEN, text or condition.value)
        self.client.ended = True

    def lost(self, reason: str) -> None:
        self.client.desk.services.clock.start(self.client.leave(reason))

    def drain(self, reason: str) -> None:
        if self.client.wire is not None:
            self.client.wire.finish(_STOPPING, reason)
