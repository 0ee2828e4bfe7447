"""The relay's process. Its order comes as one line of JSON on standard input; it answers with its ports, reads its certificate
again for each further line, and ends when standard input does: so it never outlives the server that started it."""

import asyncio
import sys

import msgspec

from dragoman.media.service import Order, RelayService


async def serve() -> int:
    """Relay until standard input ends; the status to exit with."""
    loop, lines = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    service = RelayService(msgspec.json.decode(await lines.readline(), type=Order))
    try:
        opened = await service.open()
    except OSError as error:
        _say({"error": str(error)})
        return 1
    _say(opened)
    while await lines.readline():
        service.reload()
    service.close()
    return 0


def _say(answer: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.flush()


def main() -> int:
    """Run on the fastest loop that is there: the usual one loses packets long before uvloop does."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(serve())
    return uvloop.run(serve())


if __name__ == "__main__":
    sys.exit(main())
