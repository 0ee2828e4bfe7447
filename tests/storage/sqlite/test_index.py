from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.stores import Entry, Keep
from dragoman.storage.content import words
from dragoman.storage.sqlite.index import merged, name_of, owner_word, reference_to

ALICE, BOB, CAROL = (Address(name, "example.org") for name in ("alice", "bob", "carol"))


@given(st.text())
def test_both_parties_find_a_name_under_the_same_number(name: str) -> None:
    assert name_of(ALICE, BOB, name) == name_of(BOB, ALICE, name)
    assert reference_to(ALICE, BOB, name) == reference_to(BOB, ALICE, name)
    assert 0 <= name_of(ALICE, BOB, name) < 1 << 63  # what SQLite holds
    assert name_of(ALICE, BOB, name) >> 32 != name_of(ALICE, CAROL, name) >> 32


def test_a_name_is_another_number_than_a_reference_to_it() -> None:
    assert name_of(ALICE, BOB, "m1") != reference_to(ALICE, BOB, "m1")


@given(st.integers(min_value=1), st.text())
def test_no_text_has_the_word_of_an_owner(party: int, text: str) -> None:
    assert owner_word(party) not in words(f"{text} {owner_word(party)}")


def test_merged_entries_are_one_for_each_owner_with_all_reasons() -> None:
    entries = [
        Entry(ALICE, BOB, Keep.ARCHIVE),
        Entry(BOB, ALICE, 0),
        Entry(ALICE, CAROL, Keep.OFFLINE),
        Entry(CAROL, ALICE, Keep.OFFLINE),
    ]
    assert merged(entries) == (Entry(ALICE, BOB, Keep.ARCHIVE | Keep.OFFLINE), Entry(CAROL, ALICE, Keep.OFFLINE))
