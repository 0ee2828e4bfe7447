"""Whatever is asked of them, in whatever order: SQLite answers as memory does."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.contract.stores import SetClock

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import Message, Reaction, Receipt, Ref, Retraction, Talk
from dragoman.core.stores import Credentials, Entry, Keep, Query, Record, RoomRecord, RosterItem, Stores
from dragoman.storage import MemoryStores, Settings, SqliteStores

PARTIES = [Address(name, "x.org") for name in "abc"] + [Address("room", "rooms.x.org")]
WORDS = ["one", "Two", "drei", "четыре", "五"]

parties = st.sampled_from(PARTIES)
keeps = st.sampled_from([0, Keep.ARCHIVE, Keep.OFFLINE, Keep.ARCHIVE | Keep.OFFLINE])
numbers = st.integers(min_value=1, max_value=40)
texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
names = st.sampled_from(["", "n1", "n2", "n3"])
refs = st.builds(Ref, names, st.one_of(st.just(""), numbers.map(id_text)))


def talk(text: str, kind: str, sender: Address, recipient: Address, id: str, ref: Ref) -> Talk:
    if kind == "message":
        return Message(sender=sender, recipient=recipient, id=id, text=text, corrects=ref if ref.id else None)
    kinds: dict[str, type[Reaction | Receipt | Retraction]] = {
        "reaction": Reaction, "receipt": Receipt, "retraction": Retraction,
    }  # fmt: skip
    return kinds[kind](sender=sender, recipient=recipient, id=id, target=ref)


events = st.builds(
    talk, texts, st.sampled_from(["message", "message", "reaction", "receipt", "retraction"]), parties, parties,
    names, refs,
)  # fmt: skip
queries = st.builds(
    Query,
    owner=parties, peer=st.none() | parties, after=st.just(0) | numbers, before=st.just(0) | numbers,
    ids=st.lists(numbers, max_size=3).map(tuple), text=texts, limit=st.integers(0, 5),
    newest=st.booleans(), words_only=st.booleans(),
)  # fmt: skip


class StoresAgree(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.mkdtemp()
        self.clock = SetClock()
        self.runner = asyncio.Runner()
        self.memory: Stores = MemoryStores(self.clock)
        self.sqlite: Stores = SqliteStores(Settings(f"{self.directory}/a.db", index_rows=4), self.clock)
        self.next = 1

    @initialize()
    def open(self) -> None:
        self.runner.run(self.sqlite.open())

    def teardown(self) -> None:
        self.runner.run(self.sqlite.close())
        self.runner.close()
        shutil.rmtree(self.directory)

    def both(self, ask: Callable[[Stores], Awaitable[Any]]) -> Any:
        async def run(stores: Stores) -> Any:
            return await ask(stores)

        expected, found = self.runner.run(run(self.memory)), self.runner.run(run(self.sqlite))
        assert found == expected
        return found

    @rule(
        event=events, keep=st.tuples(keeps, keeps), dedup=names, jump=st.sampled_from([1, 1, 1, 3]),
        late=st.none() | numbers,
    )  # fmt: skip
    def append(self, event: Talk, keep: tuple[int, int], dedup: str, jump: int, late: int | None) -> None:
        id = late if late is not None and late < self.next else self.next
        self.next = max(self.next, id + jump)
        sender, recipient = event.sender, event.recipient
        entries = Entry(sender, recipient, keep[0]), Entry(recipient, sender, keep[1])
        record = Record(id, event, entries if sender != recipient else entries[:1], dedup)
        self.both(lambda stores: stores.archive.append(record))

    @rule(query=queries)
    def query(self, query: Query) -> None:
        self.both(lambda stores: stores.archive.query(query))

    @rule(query=queries)
    def count(self, query: Query) -> None:
        self.both(lambda stores: stores.archive.count(query))

    @rule(owner=parties, peer=st.none() | parties, id=numbers)
    def find(self, owner: Address, peer: Address | None, id: int) -> None:
        self.both(lambda stores: stores.archive.find(owner, peer, id=id))

    @rule(owner=parties, peer=st.none() | parties, name=names)
    def find_named(self, owner: Address, peer: Address | None, name: str) -> None:
        self.both(lambda stores: stores.archive.find(owner, peer, sender_id=name))

    @rule(owner=parties, id=numbers)
    def about(self, owner: Address, id: int) -> None:
        self.both(lambda stores: stores.archive.about(owner, id))

    @rule(id=numbers, event=events)
    def replace(self, id: int, event: Talk) -> None:
        self.both(lambda stores: stores.archive.replace(id, event))

    @rule(owner=parties, peer=st.none() | parties)
    def bounds(self, owner: Address, peer: Address | None) -> None:
        self.both(lambda stores: stores.archive.bounds(owner, peer))

    @rule(owner=parties, after=st.just(0) | numbers, before=st.just(0) | numbers, limit=st.integers(0, 3))
    def conversations(self, owner: Address, after: int, before: int, limit: int) -> None:
        self.both(
            lambda stores: stores.archive.conversations(owner, after=after, before=before, limit=limit)
        )  # fmt: skip

    @rule(owner=parties, id=numbers)
    def mark_waiting(self, owner: Address, id: int) -> None:
        self.both(lambda stores: stores.archive.mark_waiting(owner, id))

    @rule(owner=parties, limit=st.integers(0, 3))
    def waiting(self, owner: Address, limit: int) -> None:
        self.both(lambda stores: stores.archive.waiting(owner, limit=limit))

    @rule(owner=parties)
    def waiting_count(self, owner: Address) -> None:
        self.both(lambda stores: stores.archive.waiting_count(owner))

    @rule(owner=parties, ids=st.lists(numbers, max_size=4))
    def delivered(self, owner: Address, ids: list[int]) -> None:
        self.both(lambda stores: stores.archive.delivered(owner, ids))

    @rule(before=numbers)
    def expire(self, before: int) -> None:
        self.both(lambda stores: stores.archive.expire(before=before))

    @rule(days=st.sampled_from([1, 3, 8]))
    def wait(self, days: int) -> None:
        self.clock.advance(days * 86400)

    @rule(account=parties)
    def create(self, account: Address) -> None:
        self.both(lambda stores: stores.accounts.create(account, Credentials({})))

    @rule(account=parties)
    def remove(self, account: Address) -> None:
        self.both(lambda stores: stores.accounts.remove(account))

    @rule()
    def remove_room(self) -> None:
        self.both(lambda stores: stores.rooms.save(RoomRecord(PARTIES[-1])))
        self.both(lambda stores: stores.rooms.remove(PARTIES[-1]))

    @rule(account=parties, contact=parties, name=names)
    def put(self, account: Address, contact: Address, name: str) -> None:
        self.both(lambda stores: stores.rosters.put(account, RosterItem(contact, name)))

    @rule(account=parties, contact=parties)
    def forget(self, account: Address, contact: Address) -> None:
        self.both(lambda stores: stores.rosters.forget(account, contact))

    @rule(account=parties, peer=parties, moment=st.floats(0, 100))
    def mark_read(self, account: Address, peer: Address, moment: float) -> None:
        self.both(lambda stores: stores.markers.set(account, peer, moment))

    @rule(account=parties)
    def load(self, account: Address) -> None:
        self.both(lambda stores: stores.rosters.load(account))
        self.both(lambda stores: stores.accounts.get(account))

    @precondition(lambda self: self.next > 5)
    @rule()
    def reopen(self) -> None:
        self.runner.run(self.sqlite.close())
        self.runner.run(self.sqlite.open())

    @invariant()
    def last_id(self) -> None:
        self.both(lambda stores: stores.archive.last_id())

    @precondition(lambda self: self.next % 4 == 0)
    @invariant()
    def check(self) -> None:
        assert self.runner.run(self.sqlite.check()) == []


TestStoresAgree = StoresAgree.TestCase
TestStoresAgree.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
