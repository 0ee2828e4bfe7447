"""Searching an archive by words, in every store."""

import pytest
from tests.contract.stores import ALICE, BOB, CAROL, ids, message, said

from dragoman.core.model import (
    Message,
)
from dragoman.core.stores import (
    Query,
    Stores,
)


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
