"""How messages come into an archive, wait, and leave it, in every store."""

import asyncio

import pytest
from tests.contract.stores import ALICE, BOB, SetClock, ids, message, said

from dragoman.core.clock import id_text
from dragoman.core.model import (
    Affiliation,
    Message,
    Native,
    OccupantView,
    Ref,
    Retraction,
    Role,
    Span,
    Tombstone,
)
from dragoman.core.stores import (
    Archived,
    Entry,
    Keep,
    Page,
    Query,
    Record,
    Stores,
)


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


DAY = 86400.0


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
