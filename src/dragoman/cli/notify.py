"""Telling systemd what a service does (sd_notify(3)): one datagram to the socket that it names."""

import os
import socket
from collections.abc import Mapping


def notify(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Send a state such as ``READY=1``; False where nobody asked for it."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        # A name that begins with @ stands for one in the kernel's own name space, which begins with NUL.
        datagrams.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
        datagrams.sendall(state.encode())
    return True
