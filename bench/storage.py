"""What the SQLite stores cost: ``python -m bench.storage``. Microseconds of CPU; the disk's own time is shown apart.

The event loop's share (encode, queue, wake the caller) and the writer's (insert, look for duplicates, commit) are paid
while a sender waits; the index is built later, in bulk.
"""

import asyncio
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import Message, Native
from dragoman.core.stores import Entry, Keep, Query, Record
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings, SqliteStores

ACCOUNTS, ROWS, ROUNDS = 400, 4000, 3
CHANCE = random.Random(1)
VOCABULARY = ["".join(CHANCE.choices("abcdefghijklmnop", k=CHANCE.randint(2, 9))) for _ in range(3000)]
PEOPLE = [Address(f"user{number}", "example.org") for number in range(ACCOUNTS)]


def record(number: int) -> Record:
    """About what a client sends: 80 characters, with its own form, to be known again when it is resent. Each person talks
    with sixteen others."""
    place = CHANCE.randrange(ACCOUNTS)
    sender, recipient = PEOPLE[place], PEOPLE[(place + CHANCE.choice(range(1, 9))) % ACCOUNTS]
    if CHANCE.random() < 0.5:
        sender, recipient = recipient, sender
    text = " ".join(CHANCE.choices(VOCABULARY, k=13))
    event = Message(
        sender=sender.at("phone"), recipient=recipient, id=f"m{number:x}", archive_id=id_text(number), text=text,
        native=Native("xmpp", f"<body>{text}</body>".encode()),
    )  # fmt: skip
    entries = Entry(sender, recipient, Keep.ARCHIVE), Entry(recipient, sender, Keep.ARCHIVE)
    return Record(number, event, entries, f"{sender} {recipient} m{number:x}")


async def append(stores: SqliteStores, batch: int, start: int) -> tuple[float, float, float]:
    """CPU on the loop and in the writer, and wall-clock time, for each of ``ROWS`` messages in batches."""
    records = [record(start + number) for number in range(min(ROWS, batch * 100))]
    wall, loop, process = time.perf_counter(), time.thread_time(), time.process_time()
    for place in range(0, len(records), batch):
        await asyncio.gather(*map(stores.archive.append, records[place : place + batch]))
    wall, loop, process = time.perf_counter() - wall, time.thread_time() - loop, time.process_time() - process
    return loop / len(records) * 1e6, (process - loop) / len(records) * 1e6, wall / len(records) * 1e6


async def index(stores: SqliteStores, rows: int, start: int) -> float:
    """CPU to enter each of ``rows`` messages into the index."""
    await asyncio.gather(*(stores.archive.append(record(start + number)) for number in range(rows)))
    process = time.process_time()
    await stores.archive.count(Query(owner=PEOPLE[0], ids=(1,)))  # a read lets the index catch up
    for person in PEOPLE:
        await stores.archive.bounds(person)
    return (time.process_time() - process) / rows * 1e6


async def read(ask: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Wall-clock microseconds of one read: median and 99th percentile of 300."""
    taken = []
    for _ in range(300):
        begun = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - begun) * 1e6)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


async def main() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)  # as the server does
    with tempfile.TemporaryDirectory() as directory:
        stores = SqliteStores(Settings(f"{directory}/bench.db", index_rows=10**9, index_seconds=3600), LoopClock())
        await stores.open()
        start = 1 << 40
        print("append: µs for each message (medians of", ROUNDS, "rounds)")
        print("batch   CPU on the loop   CPU in the writer   wall clock")
        for batch in (1, 10, 50, 200, 1000):
            figures = []
            for _ in range(ROUNDS):
                figures.append(await append(stores, batch, start))
                start += ROWS
                await stores.check()
            loop, writer, wall = (statistics.median(column) for column in zip(*figures, strict=True))
            print(f"{batch:5} {loop:17.1f} {writer:19.1f} {wall:12.1f}")
        print("\nindex: µs of CPU for each message, by how many at once")
        for rows in (500, 2000, 10_000):
            costs = []
            for _ in range(ROUNDS):
                costs.append(await index(stores, rows, start))
                start += rows
            print(f"{rows:5} {statistics.median(costs):17.1f}")
        archive, person = stores.archive, PEOPLE[7]
        reads: dict[str, Callable[[], Awaitable[object]]] = {
            "the newest 50 of an account": lambda: archive.query(Query(owner=person, newest=True)),
            "50 with one peer": lambda: archive.query(Query(owner=person, peer=PEOPLE[9])),
            "a common word": lambda: archive.query(Query(owner=person, text=VOCABULARY[5])),
            "how many in all": lambda: archive.count(Query(owner=person)),
            "one by its sender's id": lambda: archive.find(person, PEOPLE[9], sender_id="m1"),
            "what waits": lambda: archive.waiting(person),
            "conversations": lambda: archive.conversations(person),
            "credentials": lambda: stores.accounts.get(person),
        }
        print(f"\nreads among {await archive.last_id() - (1 << 40)} messages: µs, median and 99th percentile")
        for name, ask in reads.items():
            print(f"{name:30} {'%.0f %.0f' % await read(ask)}")
        await stores.close()


if __name__ == "__main__":
    asyncio.run(main())
