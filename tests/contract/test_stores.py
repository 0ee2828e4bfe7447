"""What every store must do: each sentence of ``core/stores.py``, over memory and over SQLite."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.contract.stores import ALICE, BOB, CAROL, ROOM, SetClock, message, said, said_in_room

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import (
    Affiliation,
    Marker,
    Message,
    Native,
    OccupantView,
    Reaction,
    Receipt,
    Ref,
    Retraction,
    Role,
    Span,
    Step,
    SubscriptionChange,
    Tombstone,
)
from dragoman.core.stores import (
    AppPassword,
    Archived,
    Credentials,
    Entry,
    Keep,
    Mask,
    Page,
    Query,
    Record,
    RoomConfig,
    RoomRecord,
    RosterItem,
    Stores,
    Verifier,
)
from dragoman.storage import Settings, open_stores

CREDENTIALS = Credentials({"SHA-256": Verifier(b"salt\x00", 4096, b"\xff" * 32, b"\x00" * 32)}, created_at=1.5)
DAY = 86400.0


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> AsyncIterator[Stores]:
    settings = Settings(str(tmp_path / "dragoman.db")) if request.param == "sqlite" else None
    opened = await open_stores(settings, clock)
    yield opened
    assert await opened.check() == []
    await opened.close()


def ids(page: Page | list[Archived]) -> list[int]:
    return [archived.id for archived in (page.records if isinstance(page, Page) else page)]


class TestAccounts:
    async def test_an_account_is_there_as_it_was_created(self, stores: Stores) -> None:
        assert await stores.accounts.create(ALICE, CREDENTIALS) is True
        assert await stores.accounts.get(ALICE) == CREDENTIALS
        assert await stores.accounts.get(BOB) is None

    async def test_creating_an_account_twice_changes_nothing(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        assert await stores.accounts.create(ALICE, Credentials({})) is False
        assert await stores.accounts.get(ALICE) == CREDENTIALS

    async def test_credentials_are_replaced_only_where_there_is_an_account(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        suspended = Credentials({}, enabled=False)
        assert await stores.accounts.replace(ALICE, suspended) is True
        assert await stores.accounts.get(ALICE) == suspended
        assert await stores.accounts.replace(BOB, suspended) is False
        assert await stores.accounts.get(BOB) is None

    async def test_an_account_goes_with_all_that_is_its_own(self, stores: Stores) -> None:
        for account in (ALICE, BOB):
            await stores.accounts.create(account, CREDENTIALS)
            await stores.accounts.add_app_password(account, AppPassword("1", "sip", "desk", b"x", 1.0))
            await stores.rosters.put(account, RosterItem(CAROL, listed=True))
            await stores.blocks.add(account, [CAROL])
            await stores.markers.set(account, CAROL, 7.0)
        await stores.archive.append(said(1, keeps=(Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE)))
        assert await stores.accounts.remove(ALICE) is True
        assert await stores.accounts.get(ALICE) is None
        assert await stores.accounts.app_passwords(ALICE) == []
        assert await stores.rosters.load(ALICE) == []
        assert await stores.blocks.load(ALICE) == []
        assert await stores.markers.get(ALICE, CAROL) is None
        assert ids(await stores.archive.query(Query(owner=ALICE))) == []
        # Nothing of the other's is gone.
        assert len(await stores.accounts.app_passwords(BOB)) == len(await stores.rosters.load(BOB)) == 1
        assert await stores.blocks.load(BOB) == [CAROL]
        assert await stores.markers.get(BOB, CAROL) == 7.0
        assert ids(await stores.archive.query(Query(owner=BOB))) == [1]
        assert ids(await stores.archive.waiting(BOB)) == [1]

    async def test_who_takes_the_name_of_a_removed_account_inherits_nothing(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        await stores.archive.append(said(1))
        await stores.archive.append(said(2, message(2, sender=ALICE, recipient=CAROL), keeps=(Keep.ARCHIVE, 0)))
        await stores.accounts.remove(ALICE)
        await stores.accounts.create(ALICE, CREDENTIALS)
        assert await stores.archive.count(Query(owner=ALICE)) == 0
        assert await stores.archive.find(ALICE, None, id=2) is None
        assert await stores.archive.replace(2, message(2)) is False  # nobody had it any more

    async def test_there_is_nothing_to_remove_where_there_is_no_account(self, stores: Stores) -> None:
        await stores.archive.append(said(1))
        assert await stores.accounts.remove(ALICE) is False
        assert ids(await stores.archive.query(Query(owner=ALICE))) == [1]

    async def test_accounts_of_a_domain_come_in_pages_by_name(self, stores: Stores) -> None:
        for name in ("zoe", "alice", "émile", "bob"):
            await stores.accounts.create(Address(name, "example.org"), CREDENTIALS)
        await stores.accounts.create(CAROL, CREDENTIALS)
        first = await stores.accounts.page("example.org", limit=2)
        assert [account.local for account in first] == ["alice", "bob"]
        rest = await stores.accounts.page("example.org", after="bob")
        assert [account.local for account in rest] == ["zoe", "émile"]
        assert await stores.accounts.page("example.org", after="émile") == []
        assert await stores.accounts.count("example.org") == 4
        assert await stores.accounts.count("example.com") == 0

    async def test_app_passwords_come_and_go(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        desk, mobile = (AppPassword(id, "sip", "phone", b"\x00\xff", 2.5) for id in ("a", "b"))
        await stores.accounts.add_app_password(ALICE, mobile)
        await stores.accounts.add_app_password(ALICE, desk)
        assert await stores.accounts.app_passwords(ALICE) == [desk, mobile]
        assert await stores.accounts.remove_app_password(ALICE, "a") is True
        assert await stores.accounts.remove_app_password(ALICE, "a") is False
        assert await stores.accounts.app_passwords(ALICE) == [mobile]
        assert await stores.accounts.app_passwords(BOB) == []


class TestRosters:
    async def test_items_come_whole_and_in_the_order_of_their_addresses(self, stores: Stores) -> None:
        ask = SubscriptionChange(
            sender=CAROL, recipient=ALICE, step=Step.SUBSCRIBE, status="hi", native=Native("xmpp", b"\xff")
        )
        items = [
            RosterItem(Address("bob", "example.org"), "Bob", ("Friends", "Work"), to=True, from_=True, listed=True),
            RosterItem(Address("carol", "example.net"), request=ask, version=3),
            RosterItem(Address("", "gateway.example.org"), removed=True, version=9),
        ]
        for item in items:
            await stores.rosters.put(ALICE, item)
        assert await stores.rosters.load(ALICE) == sorted(items, key=lambda item: item.contact)
        assert await stores.rosters.load(BOB) == []

    async def test_an_item_replaces_the_one_of_the_same_contact(self, stores: Stores) -> None:
        await stores.rosters.put(ALICE, RosterItem(BOB, "Bob"))
        await stores.rosters.put(ALICE, RosterItem(BOB, "Robert", version=2))
        assert await stores.rosters.load(ALICE) == [RosterItem(BOB, "Robert", version=2)]

    async def test_a_forgotten_item_leaves_no_trace(self, stores: Stores) -> None:
        await stores.rosters.put(ALICE, RosterItem(BOB))
        await stores.rosters.forget(ALICE, BOB)
        await stores.rosters.forget(ALICE, CAROL)
        assert await stores.rosters.load(ALICE) == []


class TestBlocks:
    async def test_addresses_are_blocked_once_each_and_unblocked(self, stores: Stores) -> None:
        whole_domain, session = Address("", "spam.example"), BOB.at("phone/2 @home")
        await stores.blocks.add(ALICE, [BOB, whole_domain])
        await stores.blocks.add(ALICE, [BOB, session])
        assert await stores.blocks.load(ALICE) == sorted([BOB, whole_domain, session])
        await stores.blocks.remove(ALICE, [BOB, CAROL])
        assert await stores.blocks.load(ALICE) == sorted([whole_domain, session])
        assert await stores.blocks.load(BOB) == []
        await stores.blocks.add(ALICE, [])
        assert len(await stores.blocks.load(ALICE)) == 2


class TestRooms:
    RECORD = RoomRecord(
        ROOM,
        RoomConfig(title="Team", password="sécret", max_occupants=9, members_only=True),
        affiliations=((ALICE, Affiliation.OWNER, "", "al"), (BOB, Affiliation.OUTCAST, "spam", "")),
        masks=(Mask("ban", "*!*@evil.example", "alice", 3.5),),
        subject="Today\n☂",
        subject_author="alice",
        subject_at=2.25,
        created_at=1.0,
    )

    async def test_a_room_is_loaded_as_it_was_saved_last(self, stores: Stores) -> None:
        assert await stores.rooms.load(ROOM) is None
        await stores.rooms.save(RoomRecord(ROOM))
        await stores.rooms.save(self.RECORD)
        assert await stores.rooms.load(ROOM) == self.RECORD

    async def test_a_removed_room_takes_its_archive_with_it(self, stores: Stores) -> None:
        await stores.rooms.save(self.RECORD)
        await stores.archive.append(said_in_room(1))
        await stores.archive.append(said(2))
        assert await stores.rooms.remove(ROOM) is True
        assert await stores.rooms.remove(ROOM) is False
        assert await stores.rooms.load(ROOM) is None
        assert await stores.archive.count(Query(owner=ROOM)) == 0
        assert await stores.archive.count(Query(owner=ALICE)) == 1

    async def test_all_rooms_of_a_domain(self, stores: Stores) -> None:
        others = [RoomRecord(Address(name, "rooms.example.org")) for name in ("a", "z")]
        for record in (self.RECORD, *others, RoomRecord(Address("team", "rooms.example.net"))):
            await stores.rooms.save(record)
        assert await stores.rooms.all("rooms.example.org") == [others[0], self.RECORD, others[1]]
        assert await stores.rooms.all("example.org") == []


class TestAppend:
    async def test_a_message_comes_back_as_it_was_with_everything_its_own_protocol_needs(self, stores: Stores) -> None:
        event = Message(
            sender=ALICE.at("phone"), recipient=BOB, id="m1", archive_id=id_text(1), text="Grüße\x00 \U0001f600",
            markup=(Span(0, 5, "bold"),), native=Native("xmpp", b"<body>\x00\xff</body>"), hints=5, thread="t",
            occupant=OccupantView("al", affiliation=Affiliation.OWNER, role=Role.MODERATOR, account=ALICE),
            sent_at=1.25, corrects=Ref("m0", id_text(9)),
        )  # fmt: skip
        assert await stores.archive.append(said(1, event)) == 1
        for owner, peer in ((ALICE, BOB), (BOB, ALICE)):
            assert await stores.archive.query(Query(owner=owner)) == Page((Archived(1, peer, event),), True)

    async def test_callers_go_on_in_the_order_in_which_they_called(self, stores: Stores) -> None:
        went_on: list[int] = []

        async def send(number: int) -> None:
            await stores.archive.append(said(number))
            went_on.append(number)

        await asyncio.gather(*map(send, range(1, 200)))
        assert went_on == list(range(1, 200))
        assert ids(await stores.archive.query(Query(owner=BOB, limit=500))) == went_on

    async def test_a_resent_message_gets_the_id_of_the_first_and_is_not_added(self, stores: Stores) -> None:
        assert await stores.archive.append(said(1, dedup="alice bob m1")) == 1
        assert await stores.archive.append(said(2, dedup="alice bob m1")) == 1
        assert await stores.archive.append(said(3, dedup="alice bob m2")) == 3
        assert await stores.archive.append(said(4)) == 4
        assert await stores.archive.append(said(5)) == 5
        assert ids(await stores.archive.query(Query(owner=BOB))) == [1, 3, 4, 5]
        # And again, when the index has the first.
        assert await stores.archive.append(said(6, dedup="alice bob m1")) == 1
        assert ids(await stores.archive.query(Query(owner=BOB))) == [1, 3, 4, 5]
        assert await stores.archive.find(BOB, None, id=6) is None

    async def test_a_message_resent_while_the_first_is_on_its_way_is_known_too(self, stores: Stores) -> None:
        sends = [stores.archive.append(said(number, dedup="same")) for number in (1, 2, 3)]
        assert await asyncio.gather(*sends) == [1, 1, 1]
        assert ids(await stores.archive.query(Query(owner=ALICE))) == [1]
        assert await stores.archive.waiting_count(BOB) == 0

    async def test_a_resent_message_does_not_wait_twice(self, stores: Stores) -> None:
        keeps = Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE
        await stores.archive.append(said(1, keeps=keeps, dedup="same"))
        await stores.archive.append(said(2, keeps=keeps, dedup="same"))
        assert await stores.archive.waiting_count(BOB) == 1
        assert await stores.archive.find(BOB, None, sender_id="m2") is None

    async def test_a_dedup_name_is_known_for_seven_days(self, stores: Stores, clock: SetClock) -> None:
        await stores.archive.append(said(1, dedup="name"))
        clock.advance(7 * DAY - 60)
        assert await stores.archive.append(said(2, dedup="name")) == 1
        clock.advance(120)
        assert await stores.archive.append(said(3, dedup="name")) == 3
        assert await stores.archive.append(said(4, dedup="name")) == 3

    async def test_a_dedup_name_outlives_its_message(self, stores: Stores) -> None:
        await stores.archive.append(said(1, dedup="name"))
        await stores.archive.expire(before=100)
        assert await stores.archive.append(said(2, dedup="name")) == 1
        assert await stores.archive.count(Query(owner=ALICE)) == 0

    async def test_an_id_may_come_late(self, stores: Stores) -> None:
        for number in (1, 5, 3):
            await stores.archive.append(said(number))
        assert ids(await stores.archive.query(Query(owner=ALICE))) == [1, 3, 5]
        await stores.archive.append(said(4))
        await stores.archive.append(said(2))
        assert ids(await stores.archive.query(Query(owner=ALICE, text="hello"))) == [1, 2, 3, 4, 5]
        assert await stores.archive.last_id() == 5

    @pytest.mark.parametrize("read_before", [False, True])
    async def test_an_id_that_is_kept_already_gets_more_owners(self, stores: Stores, *, read_before: bool) -> None:
        event = message(1)
        await stores.archive.append(said(1, event, keeps=(Keep.ARCHIVE, 0)))
        if read_before:
            assert ids(await stores.archive.query(Query(owner=ALICE))) == [1]
        assert await stores.archive.append(Record(1, message(1, "other"), (Entry(BOB, ALICE, Keep.OFFLINE),))) == 1
        assert await stores.archive.waiting(BOB) == [Archived(1, ALICE, event)]
        assert await stores.archive.count(Query(owner=BOB)) == 0
        assert ids(await stores.archive.query(Query(owner=ALICE, text="hello"))) == [1]

    async def test_a_message_to_oneself_is_one_entry(self, stores: Stores) -> None:
        event = message(1, recipient=ALICE)
        entries = Entry(ALICE, ALICE, Keep.ARCHIVE), Entry(ALICE, ALICE, Keep.OFFLINE)
        await stores.archive.append(Record(1, event, entries))
        assert await stores.archive.query(Query(owner=ALICE)) == Page((Archived(1, ALICE, event),), True)
        assert await stores.archive.waiting(ALICE) == [Archived(1, ALICE, event)]

    async def test_a_message_in_nobodys_history_leaves_its_dedup_name_only(self, stores: Stores) -> None:
        assert await stores.archive.append(said(1, keeps=(0, 0), dedup="name")) == 1
        assert await stores.archive.append(said(2, dedup="name")) == 1
        assert await stores.archive.replace(1, message(1)) is False
        assert await stores.archive.last_id() == 1


class TestQuery:
    @pytest.fixture(autouse=True)
    async def conversation(self, stores: Stores) -> None:
        for number in range(1, 11):
            peer = CAROL if number % 3 == 0 else BOB
            await stores.archive.append(said(number, message(number, f"word{number} common", recipient=peer)))

    async def test_the_first_page_is_the_oldest(self, stores: Stores) -> None:
        page = await stores.archive.query(Query(owner=ALICE, limit=4))
        assert (ids(page), page.complete) == ([1, 2, 3, 4], False)

    async def test_the_newest_page_is_in_the_order_of_ids_too(self, stores: Stores) -> None:
        page = await stores.archive.query(Query(owner=ALICE, limit=4, newest=True))
        assert (ids(page), page.complete) == ([7, 8, 9, 10], False)

    async def test_pages_follow_each_other_without_gap_or_overlap(self, stores: Stores) -> None:
        seen: list[int] = []
        page = Page((), False)
        while not page.complete:
            page = await stores.archive.query(Query(owner=ALICE, after=seen[-1] if seen else 0, limit=3))
            seen += ids(page)
        assert seen == list(range(1, 11))
        page = Page((), False)
        while not page.complete:
            page = await stores.archive.query(Query(owner=ALICE, before=seen[0], limit=3, newest=True))
            seen = ids(page) + seen if seen[0] > 1 else seen
            if not ids(page):
                break
        assert seen == list(range(1, 11))

    async def test_both_ends_of_a_range_are_outside_it(self, stores: Stores) -> None:
        assert ids(await stores.archive.query(Query(owner=ALICE, after=3, before=7))) == [4, 5, 6]
        page = await stores.archive.query(Query(owner=ALICE, after=3, before=7, limit=3))
        assert page.complete is True

    async def test_only_what_was_said_with_one_peer(self, stores: Stores) -> None:
        assert ids(await stores.archive.query(Query(owner=ALICE, peer=CAROL))) == [3, 6, 9]
        page = await stores.archive.query(Query(owner=ALICE, peer=CAROL, newest=True, limit=2))
        assert (ids(page), page.complete) == ([6, 9], False)
        assert ids(await stores.archive.query(Query(owner=ALICE, peer=ROOM))) == []

    async def test_exactly_the_ids_asked_for_that_are_there(self, stores: Stores) -> None:
        assert ids(await stores.archive.query(Query(owner=ALICE, ids=(9, 2, 2, 77)))) == [2, 9]
        assert ids(await stores.archive.query(Query(owner=BOB, ids=(9, 2)))) == [2]
        assert ids(await stores.archive.query(Query(owner=ALICE, peer=CAROL, ids=(9, 2)))) == [9]
        assert ids(await stores.archive.query(Query(owner=ALICE, ids=(9, 2), text="word2"))) == [2]
        page = await stores.archive.query(Query(owner=ALICE, ids=(9, 2, 5), limit=2, newest=True))
        assert (ids(page), page.complete) == ([5, 9], False)

    async def test_a_limit_of_nothing_tells_whether_there_is_anything(self, stores: Stores) -> None:
        assert await stores.archive.query(Query(owner=ALICE, limit=0)) == Page((), False)
        assert await stores.archive.query(Query(owner=ALICE, limit=0, newest=True, ids=(1,))) == Page((), False)
        assert await stores.archive.query(Query(owner=ROOM, limit=0)) == Page((), True)

    async def test_count_knows_no_limit(self, stores: Stores) -> None:
        count = stores.archive.count
        assert await count(Query(owner=ALICE, limit=1)) == 10
        assert await count(Query(owner=ALICE, peer=BOB, after=4, limit=1)) == 4
        assert await count(Query(owner=ALICE, text="common word6", limit=0)) == 1
        assert await count(Query(owner=ALICE, peer=CAROL, text="common")) == 3
        assert await count(Query(owner=ALICE, ids=(1, 2, 99))) == 2

    async def test_nobody_sees_what_is_not_theirs(self, stores: Stores) -> None:
        assert ids(await stores.archive.query(Query(owner=CAROL))) == [3, 6, 9]
        assert ids(await stores.archive.query(Query(owner=CAROL, text="common"))) == [3, 6, 9]
        assert await stores.archive.find(CAROL, None, id=1) is None
        assert await stores.archive.find(CAROL, None, sender_id="m1") is None

    async def test_only_messages_where_only_words_are_wanted(self, stores: Stores) -> None:
        target = Ref("m1", id_text(1))
        await stores.archive.append(said(11, Reaction(sender=ALICE, recipient=BOB, target=target, emojis=("👍",))))
        await stores.archive.append(said(12, Marker(sender=ALICE, recipient=BOB, target=target)))
        assert ids(await stores.archive.query(Query(owner=ALICE, after=9))) == [10, 11, 12]
        assert ids(await stores.archive.query(Query(owner=ALICE, after=9, words_only=True))) == [10]
        assert ids(await stores.archive.query(Query(owner=ALICE, peer=BOB, after=9, words_only=True))) == [10]
        assert ids(await stores.archive.query(Query(owner=ALICE, ids=(10, 12), words_only=True))) == [10]
        assert await stores.archive.count(Query(owner=ALICE, words_only=True)) == 10


class TestSearch:
    TEXTS = ("The quick brown fox", "Crème brûlée, twice!", "ВЕЛИКИЙ fox_trot", "你好世界", "", "_1 42", "straße")

    @pytest.fixture(autouse=True)
    async def texts(self, stores: Stores) -> None:
        for number, text in enumerate(self.TEXTS, 1):
            await stores.archive.append(said(number, message(number, text)))

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("fox", [1, 3]),
            ("FOX quick", [1]),
            ("fox twice", []),
            ("creme BRULEE", [2]),
            ("великий", [3]),
            ("世 你", [4]),
            ("世界", [4]),
            ("42", [6]),
            ("STRASSE", [7]),
            ("qui", []),
            ('"fox" OR twice*', []),
            ("brown NOT fox", []),
            ("NEAR(fox)", []),
            ("'; DROP TABLE message; --", []),
            ("fox\x00", [1, 3]),
        ],
    )
    async def test_all_words_must_be_there_in_any_case_and_order(
        self, stores: Stores, text: str, found: list[int]
    ) -> None:
        assert ids(await stores.archive.query(Query(owner=ALICE, text=text))) == found
        assert ids(await stores.archive.query(Query(owner=BOB, text=text, newest=True))) == found
        assert await stores.archive.count(Query(owner=BOB, text=text)) == len(found)

    async def test_a_text_without_words_asks_for_nothing_more(self, stores: Stores) -> None:
        assert len(ids(await stores.archive.query(Query(owner=ALICE, text="?!")))) == len(self.TEXTS)

    async def test_the_subject_is_searched_too(self, stores: Stores) -> None:
        event = Message(sender=ALICE, recipient=BOB, subject="Minutes", text="attached")
        await stores.archive.append(said(9, event))
        assert ids(await stores.archive.query(Query(owner=BOB, text="minutes attached"))) == [9]

    async def test_a_search_has_pages_and_ranges(self, stores: Stores) -> None:
        for number in range(20, 30):
            recipient = CAROL if number % 2 else BOB
            await stores.archive.append(said(number, message(number, "needle", recipient=recipient)))
        page = await stores.archive.query(Query(owner=ALICE, text="needle", after=21, before=27, limit=3))
        assert (ids(page), page.complete) == ([22, 23, 24], False)
        page = await stores.archive.query(Query(owner=ALICE, text="needle", limit=2, newest=True))
        assert (ids(page), page.complete) == ([28, 29], False)
        assert ids(await stores.archive.query(Query(owner=ALICE, peer=CAROL, text="needle", after=25))) == [27, 29]

    async def test_nobody_can_search_as_somebody_else(self, stores: Stores) -> None:
        for owner_word in ("_1", "_2", "_3"):
            assert ids(await stores.archive.query(Query(owner=CAROL, text=f"{owner_word} fox"))) == []

    async def test_a_very_long_search_is_answered(self, stores: Stores) -> None:
        text = " ".join(f"word{number}" for number in range(3000))
        assert ids(await stores.archive.query(Query(owner=ALICE, text=text))) == []


class TestFind:
    async def test_a_message_is_found_by_its_id(self, stores: Stores) -> None:
        await stores.archive.append(said(7))
        assert await stores.archive.find(BOB, ALICE, id=7) == Archived(7, ALICE, message(7))
        assert await stores.archive.find(BOB, None, id=7) == Archived(7, ALICE, message(7))
        assert await stores.archive.find(BOB, CAROL, id=7) is None
        assert await stores.archive.find(BOB, None, id=8) is None
        assert await stores.archive.find(BOB, None) is None

    @pytest.mark.parametrize("read_before", [False, True])
    async def test_the_newest_of_those_that_their_senders_call_the_same(
        self, stores: Stores, *, read_before: bool
    ) -> None:
        for number, recipient in ((1, BOB), (2, BOB), (3, CAROL)):
            event = Message(sender=ALICE, recipient=recipient, id="same", text=str(number))
            await stores.archive.append(said(number, event))
            await stores.archive.append(said(number + 10, message(number + 10, recipient=recipient)))
            if read_before:
                await stores.archive.count(Query(owner=ALICE))
        found = await stores.archive.find(ALICE, None, sender_id="same")
        assert found is not None
        assert found.id == 3
        found = await stores.archive.find(ALICE, BOB, sender_id="same")
        assert found is not None
        assert found.id == 2
        assert await stores.archive.find(ALICE, None, sender_id="other") is None
        assert await stores.archive.find(ALICE, None, sender_id="") is None

    async def test_what_only_waits_is_not_in_the_history(self, stores: Stores) -> None:
        await stores.archive.append(said(1, keeps=(0, Keep.OFFLINE)))
        assert await stores.archive.find(BOB, None, id=1) is None
        assert await stores.archive.find(BOB, None, sender_id="m1") is None
        assert await stores.archive.count(Query(owner=BOB)) == 0
        assert await stores.archive.bounds(BOB) is None
        assert await stores.archive.conversations(BOB) == []


class TestAbout:
    async def test_everything_that_refers_to_a_message_oldest_first(self, stores: Stores) -> None:
        by_server, by_sender, other = Ref("", id_text(1)), Ref("m1", ""), Ref("m2", id_text(2))
        talk = [
            message(1),
            message(2),
            Message(sender=ALICE, recipient=BOB, text="better", corrects=by_sender),
            Reaction(sender=BOB, recipient=ALICE, target=Ref("m1", id_text(1)), emojis=("👍",)),
            Receipt(sender=BOB, recipient=ALICE, target=by_server),
            Marker(sender=BOB, recipient=ALICE, target=by_sender),
            Retraction(sender=ALICE, recipient=BOB, target=by_server),
            Reaction(sender=BOB, recipient=ALICE, target=other, emojis=("👎",)),
            message(9),
            Receipt(sender=BOB, recipient=ALICE, target=Ref("m1", id_text(2))),
        ]
        for number, event in enumerate(talk, 1):
            await stores.archive.append(said(number, event))
        assert ids(await stores.archive.about(ALICE, 1)) == [3, 4, 5, 6, 7]
        assert await stores.archive.about(BOB, 1) == [Archived(n, ALICE, talk[n - 1]) for n in (3, 4, 5, 6, 7)]
        assert ids(await stores.archive.about(BOB, 2)) == [8, 10]
        assert await stores.archive.about(BOB, 9) == []
        assert await stores.archive.about(CAROL, 1) == []

    async def test_the_same_name_in_another_conversation_means_another_message(self, stores: Stores) -> None:
        await stores.archive.append(said(1, Message(sender=ALICE, recipient=BOB, id="same", text="x")))
        await stores.archive.append(said(2, Message(sender=ALICE, recipient=CAROL, id="same", text="x")))
        await stores.archive.append(said(3, Receipt(sender=CAROL, recipient=ALICE, target=Ref("same"))))
        assert ids(await stores.archive.about(ALICE, 1)) == []
        assert ids(await stores.archive.about(ALICE, 2)) == [3]


class TestReplace:
    @pytest.mark.parametrize("read_before", [False, True])
    async def test_a_tombstone_takes_the_place_and_the_words_are_gone(
        self, stores: Stores, *, read_before: bool
    ) -> None:
        await stores.archive.append(said(1, message(1, "secret"), keeps=(Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE)))
        await stores.archive.append(said(2, message(2, "secret")))
        if read_before:
            assert await stores.archive.count(Query(owner=BOB, text="secret")) == 2
        tombstone = Tombstone(sender=ALICE, recipient=BOB, archive_id=id_text(1), at=5.0, retracted_by=id_text(2))
        assert await stores.archive.replace(1, tombstone) is True
        for owner, peer in ((ALICE, BOB), (BOB, ALICE)):
            assert await stores.archive.find(owner, peer, id=1) == Archived(1, peer, tombstone)
            assert ids(await stores.archive.query(Query(owner=owner, text="secret"))) == [2]
            assert ids(await stores.archive.query(Query(owner=owner))) == [1, 2]
            assert ids(await stores.archive.query(Query(owner=owner, words_only=True))) == [2]
            assert await stores.archive.find(owner, None, sender_id="m1") is None
        assert await stores.archive.waiting(BOB) == [Archived(1, ALICE, tombstone)]

    async def test_words_that_come_instead_are_found(self, stores: Stores) -> None:
        await stores.archive.append(said(1, Retraction(sender=ALICE, recipient=BOB, target=Ref("m0"))))
        await stores.archive.replace(1, message(1, "found"))
        assert ids(await stores.archive.query(Query(owner=BOB, text="found", words_only=True))) == [1]
        assert ids([found for found in [await stores.archive.find(BOB, None, sender_id="m1")] if found]) == [1]

    async def test_there_is_nothing_to_replace_where_there_is_no_message(self, stores: Stores) -> None:
        assert await stores.archive.replace(1, message(1)) is False
        assert await stores.archive.count(Query(owner=ALICE)) == 0


class TestBoundsAndConversations:
    @pytest.fixture(autouse=True)
    async def talk(self, stores: Stores) -> None:
        for number, recipient in ((3, BOB), (4, CAROL), (6, BOB), (7, ROOM), (9, CAROL)):
            await stores.archive.append(said(number, message(number, recipient=recipient)))
        await stores.archive.append(said(12, message(12, sender=BOB, recipient=ALICE), keeps=(0, Keep.OFFLINE)))

    async def test_the_first_and_the_last_id_of_a_history(self, stores: Stores) -> None:
        assert await stores.archive.bounds(ALICE) == (3, 9)
        assert await stores.archive.bounds(ALICE, BOB) == (3, 6)
        assert await stores.archive.bounds(BOB) == (3, 6)
        assert await stores.archive.bounds(ALICE, Address("dave", "example.org")) is None
        assert await stores.archive.bounds(Address("dave", "example.org")) is None

    async def test_conversations_by_their_last_message_the_one_longest_ago_first(self, stores: Stores) -> None:
        assert await stores.archive.conversations(ALICE) == [(BOB, 6), (ROOM, 7), (CAROL, 9)]
        assert await stores.archive.conversations(ALICE, limit=2) == [(BOB, 6), (ROOM, 7)]
        assert await stores.archive.conversations(Address("dave", "example.org")) == []

    async def test_only_what_lies_in_the_range_counts(self, stores: Stores) -> None:
        assert await stores.archive.conversations(ALICE, after=3, before=7) == [(CAROL, 4), (BOB, 6)]
        assert await stores.archive.conversations(ALICE, after=7) == [(CAROL, 9)]
        assert await stores.archive.conversations(ALICE, before=4) == [(BOB, 3)]


class TestWaiting:
    KEEPS = Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE

    async def test_what_waits_comes_oldest_first(self, stores: Stores) -> None:
        for number in (1, 2, 3):
            await stores.archive.append(said(number, keeps=self.KEEPS))
        await stores.archive.append(said(4))
        assert ids(await stores.archive.waiting(BOB)) == [1, 2, 3]
        assert ids(await stores.archive.waiting(BOB, limit=2)) == [1, 2]
        assert await stores.archive.waiting(ALICE) == []
        assert await stores.archive.waiting_count(BOB) == 3

    async def test_it_sees_appends_that_were_only_called(self, stores: Stores) -> None:
        append = asyncio.ensure_future(stores.archive.append(said(1, keeps=self.KEEPS)))
        await asyncio.sleep(0)
        assert ids(await stores.archive.waiting(BOB)) == [1]
        assert await append == 1

    async def test_the_count_follows_each_append(self, stores: Stores) -> None:
        for number in range(1, 6):
            await stores.archive.append(said(number, keeps=(0, Keep.OFFLINE)))
            assert await stores.archive.waiting_count(BOB) == number
        await stores.archive.delivered(BOB, [1, 2])
        assert await stores.archive.waiting_count(BOB) == 3

    async def test_delivered_messages_wait_no_longer_and_stay_in_the_history(self, stores: Stores) -> None:
        for number in (1, 2):
            await stores.archive.append(said(number, keeps=self.KEEPS))
        await stores.archive.delivered(BOB, [1, 77])
        assert ids(await stores.archive.waiting(BOB)) == [2]
        assert ids(await stores.archive.query(Query(owner=BOB))) == [1, 2]
        await stores.archive.delivered(BOB, [])
        await stores.archive.delivered(ALICE, [2])
        assert ids(await stores.archive.waiting(BOB)) == [2]
        assert ids(await stores.archive.query(Query(owner=ALICE))) == [1, 2]

    async def test_what_is_in_nobodys_history_goes_when_it_is_delivered(self, stores: Stores) -> None:
        await stores.archive.append(said(1, keeps=(0, Keep.OFFLINE)))
        await stores.archive.delivered(BOB, [1])
        assert await stores.archive.waiting(BOB) == []
        assert await stores.archive.replace(1, message(1)) is False

    @pytest.mark.parametrize("read_before", [False, True])
    async def test_a_kept_message_can_be_made_to_wait(self, stores: Stores, *, read_before: bool) -> None:
        await stores.archive.append(said(1))
        if read_before:
            await stores.archive.count(Query(owner=BOB))
        await stores.archive.mark_waiting(BOB, 1)
        assert await stores.archive.waiting_count(BOB) == 1
        await stores.archive.mark_waiting(BOB, 1)
        assert await stores.archive.waiting(BOB) == [Archived(1, ALICE, message(1))]
        assert await stores.archive.waiting_count(BOB) == 1

    @pytest.mark.parametrize("read_before", [False, True])
    async def test_it_may_wait_for_somebody_who_does_not_keep_it(self, stores: Stores, *, read_before: bool) -> None:
        await stores.archive.append(said(1, keeps=(Keep.ARCHIVE, 0)))
        if read_before:
            await stores.archive.count(Query(owner=ALICE))
        await stores.archive.mark_waiting(BOB, 1)
        assert await stores.archive.waiting(BOB) == [Archived(1, ALICE, message(1))]
        assert await stores.archive.count(Query(owner=BOB)) == 0
        await stores.archive.expire(before=2)
        assert await stores.archive.waiting(BOB) == []

    async def test_a_message_that_is_not_kept_cannot_wait(self, stores: Stores) -> None:
        await stores.archive.mark_waiting(BOB, 1)
        assert await stores.archive.waiting(BOB) == []
        assert await stores.archive.waiting_count(BOB) == 0


class TestExpire:
    async def test_everything_older_goes_and_is_counted(self, stores: Stores) -> None:
        for number in range(1, 8):
            await stores.archive.append(said(number, keeps=(Keep.ARCHIVE, Keep.OFFLINE)))
        assert await stores.archive.expire(before=5) == 4
        assert ids(await stores.archive.query(Query(owner=ALICE))) == [5, 6, 7]
        assert ids(await stores.archive.query(Query(owner=ALICE, text="hello"))) == [5, 6, 7]
        assert ids(await stores.archive.waiting(BOB)) == [5, 6, 7]
        assert await stores.archive.find(ALICE, None, sender_id="m1") is None
        assert await stores.archive.expire(before=5) == 0
        assert await stores.archive.expire(before=100) == 3
        assert await stores.archive.bounds(ALICE) is None

    async def test_dedup_names_older_than_seven_days_go(self, stores: Stores, clock: SetClock) -> None:
        await stores.archive.append(said(1, dedup="old"))
        clock.advance(6 * DAY)
        await stores.archive.append(said(2, dedup="young"))
        clock.advance(2 * DAY)
        assert await stores.archive.expire(before=0) == 0
        assert await stores.archive.append(said(3, dedup="old")) == 3
        assert await stores.archive.append(said(4, dedup="young")) == 2


class TestLastId:
    async def test_it_is_the_largest_ever_given(self, stores: Stores) -> None:
        assert await stores.archive.last_id() == 0
        await stores.archive.append(said(5))
        await stores.archive.append(said(9, keeps=(0, Keep.OFFLINE)))
        assert await stores.archive.last_id() == 9
        await stores.archive.delivered(BOB, [9])
        assert await stores.archive.last_id() == 9
        await stores.archive.expire(before=100)
        assert await stores.archive.last_id() == 9


class TestMarkers:
    async def test_a_marker_moves_forward_and_never_back(self, stores: Stores) -> None:
        assert await stores.markers.get(ALICE, BOB) is None
        assert await stores.markers.set(ALICE, BOB, 10.5) == 10.5
        assert await stores.markers.set(ALICE, BOB, 4.0) == 10.5
        assert await stores.markers.get(ALICE, BOB) == 10.5
        assert await stores.markers.set(ALICE, BOB, 11.0) == 11.0
        assert await stores.markers.get(ALICE, CAROL) is None


class TestRoom:
    async def test_a_rooms_messages_are_the_rooms_own(self, stores: Stores) -> None:
        for number in (1, 2, 3):
            await stores.archive.append(said_in_room(number, f"text {number}"))
        page = await stores.archive.query(Query(owner=ROOM, newest=True, limit=2, words_only=True))
        assert [(archived.id, archived.peer) for archived in page.records] == [(2, ROOM), (3, ROOM)]
        assert ids(await stores.archive.query(Query(owner=ROOM, peer=ROOM, text="text"))) == [1, 2, 3]


async def test_everything_is_still_there_after_closing_and_opening(stores: Stores) -> None:
    await stores.accounts.create(ALICE, CREDENTIALS)
    await stores.rosters.put(ALICE, RosterItem(BOB))
    await stores.markers.set(ALICE, BOB, 1.0)
    await stores.archive.append(said(1, keeps=(Keep.ARCHIVE, Keep.OFFLINE), dedup="name"))
    await stores.close()
    await stores.open()
    assert await stores.accounts.get(ALICE) == CREDENTIALS
    assert await stores.rosters.load(ALICE) == [RosterItem(BOB)]
    assert await stores.markers.get(ALICE, BOB) == 1.0
    assert ids(await stores.archive.query(Query(owner=ALICE, text="hello"))) == [1]
    assert ids(await stores.archive.waiting(BOB)) == [1]
    assert await stores.archive.append(said(2, dedup="name")) == 1
    assert await stores.archive.last_id() == 1
