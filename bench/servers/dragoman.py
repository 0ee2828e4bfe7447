"""Dragoman as its own command line starts it, with every feature on; only the limits are off, as for its peers."""

import shutil
import sys
from pathlib import Path

from bench.machine import NotFit
from bench.servers.server import DOMAIN, Server

_XMPP, _IRC = 5222, 6667


def dragoman(directory: Path, offset: int, *, accounts: int, archive: bool) -> tuple[Server, Server]:
    """One process on two ports: as an XMPP and as an IRC server. ``offset`` is added to the usual port numbers."""
    directory.mkdir(parents=True)
    program = str(Path(sys.executable).with_name("dragoman"))
    if shutil.which(program) is None:
        raise NotFit("the command `dragoman` is not installed beside this Python: run `uv sync`")
    up = (program, "--data", str(directory), "up", "--domain", DOMAIN, "--listen", "127.0.0.1")
    return tuple(  # type: ignore[return-value]  # two dialects, two servers
        Server(
            name="Dragoman, archive durable" if archive else "Dragoman",
            project="Dragoman",
            dialect=dialect,
            port=port + offset,
            rooms=f"rooms.{DOMAIN}",
            archive="sqlite" if archive else "",
            directory=directory,
            command=(*up, "--port-offset", str(offset), "--no-limits"),
            environment={} if archive else {"DRAGOMAN_ARCHIVE": "off"},
        )
        for dialect, port in (("xmpp", _XMPP), ("irc", _IRC))
    )
