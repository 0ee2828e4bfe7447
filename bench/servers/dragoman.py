"""Dragoman as its own command line starts it, with every feature on; only the limits are off, as for its peers."""

import asyncio
from pathlib import Path

from bench.machine import NotFit
from bench.servers.server import DOMAIN, ITERATIONS, Server, account, verifier
from dragoman.app.place import Place
from dragoman.core.address import Address
from dragoman.core.stores import Credentials, Verifier
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings, open_stores

_XMPP, _IRC = 5222, 6667
_PUTS_OFF = Settings(path="").index_seconds + 0.2

_CONFIG = """\
[auth]
plain_on_loopback = true
[domains."{domain}".policy]
archive = {archive}
"""


def dragoman(program: Path, directory: Path, offset: int, *, accounts: int, archive: bool) -> tuple[Server, Server]:
    """One process on two ports: as an XMPP and as an IRC server. ``program`` is its command; ``offset`` is added to the
    usual port numbers."""
    if not program.exists():
        raise NotFit(f"{program} is missing: run `uv sync`")
    directory.mkdir(mode=0o700, parents=True)
    (directory / "dragoman.toml").write_text(_CONFIG.format(domain=DOMAIN, archive="true" if archive else "false"))
    asyncio.run(_fill(directory, accounts))
    up = (str(program), "--data", str(directory), "up", "--domain", DOMAIN, "--listen", "127.0.0.1")

    def server(dialect: str, port: int) -> Server:
        return Server(
            name="Dragoman, archive durable" if archive else "Dragoman",
            project="Dragoman",
            dialect=dialect,
            port=port + offset,
            rooms=f"rooms.{DOMAIN}",
            archive="sqlite" if archive else "",
            directory=directory,
            command=(*up, "--port-offset", str(offset), "--no-limits"),
            puts_off=_PUTS_OFF if archive else 0.0,
        )

    return server("xmpp", _XMPP), server("irc", _IRC)


async def _fill(directory: Path, accounts: int) -> None:
    """Create the accounts in one go, all with the one verifier that the peers are given, too."""
    keys = verifier()
    credentials = Credentials({"SHA-1": Verifier(keys.salt, ITERATIONS, keys.stored_key, keys.server_key)})
    stores = await open_stores(Settings(str(Place(directory).database)), LoopClock())
    try:
        created = [stores.accounts.create(Address(account(number), DOMAIN), credentials) for number in range(accounts)]
        await asyncio.gather(*created)
    finally:
        await stores.close()
