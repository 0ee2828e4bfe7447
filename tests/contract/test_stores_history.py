"""What an archive answers, in every store."""

import pytest
from tests.contract.stores import ALICE, BOB, CAROL, ROOM, ids, message, said, said_in_room

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import (
    Marker,
    Message,
    Reaction,
    Receipt,
    Ref,
    Retraction,
)
from dragoman.core.stores import (
    Archived,
    Keep,
    Page,
    Query,
    Stores,
)


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


class TestRoom:
    async def test_a_rooms_messages_are_the_rooms_own(self, stores: Stores) -> None:
        for number in (1, 2, 3):
            await stores.archive.append(said_in_room(number, f"text {number}"))
        page = await stores.archive.query(Query(owner=ROOM, newest=True, limit=2, words_only=True))
        assert [(archived.id, archived.peer) for archived in page.records] == [(2, ROOM), (3, ROOM)]
        assert ids(await stores.archive.query(Query(owner=ROOM, peer=ROOM, text="text"))) == [1, 2, 3]
