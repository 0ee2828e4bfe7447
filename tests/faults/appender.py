"""A process to be killed: senders who append to an archive as fast as they are acknowledged.

``python -m tests.faults.appender DATABASE NEXT...``: where each sender goes on. On standard output: ``sent NAME`` before
each append, ``kept NAME`` when it returned.
"""

import asyncio
import os
import sys
from collections.abc import Sequence

from tests.contract.stores import ALICE, BOB, said

from dragoman.core.model import Message
from dragoman.core.stores import Keep, Stores
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings, open_stores


def tell(line: str) -> None:
    """Written at once, past any buffer that would die with the process."""
    os.write(1, f"{line}\n".encode())


class Senders:
    def __init__(self, stores: Stores, last_id: int) -> None:
        self.stores = stores
        self.id = last_id

    async def send(self, sender: int, number: int) -> None:
        while True:
            name = f"{sender}-{number}"
            self.id += 1
            event = Message(sender=ALICE, recipient=BOB, id=name, text=f"hello {name}")
            tell(f"sent {name}")
            keeps = Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE
            await self.stores.archive.append(said(self.id, event, keeps=keeps, dedup=name))
            tell(f"kept {name}")
            number += 1

    async def read(self) -> None:
        while True:
            waiting = await self.stores.archive.waiting(BOB, limit=50)
            await self.stores.archive.delivered(BOB, [archived.id for archived in waiting])
            await asyncio.sleep(0.005)


async def main(path: str, starts: Sequence[int]) -> None:
    stores = await open_stores(Settings(path, index_rows=200, checkpoint_pages=100), LoopClock())
    senders = Senders(stores, await stores.archive.last_id())
    sending = [senders.send(sender, number) for sender, number in enumerate(starts)]
    await asyncio.gather(*sending, senders.read())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], [int(number) for number in sys.argv[2:]]))
