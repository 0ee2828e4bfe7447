"""Ports on 127.0.0.1 that nobody else has."""

import os
import random
import socket

from bench.machine import NotFit

#: Below the range from which Linux takes the ports of outgoing connections.
_FIRST, _LAST = 10_000, 24_000
#: Dragoman's own ports lie this far above the block's first, since it is told an offset.
DRAGOMAN = (5222, 5223, 5280, 6667, 6697, 8080)
_TRIES = 200


def block(count: int) -> int:
    """The first of ``count`` free ports in a row, with Dragoman's above the first twenty of them free, too."""
    choice = random.Random(os.getpid())
    for _ in range(_TRIES):
        first = choice.randrange(_FIRST, _LAST, count)
        above = [first + offset + port for offset in range(0, 20, 10) for port in DRAGOMAN]
        if all(map(_is_free, [*range(first, first + count), *above])):
            return first
    raise NotFit("no free ports were found on 127.0.0.1")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
