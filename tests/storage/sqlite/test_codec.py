import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.model import Message, Native, Reaction, Ref, Talk, Tombstone
from dragoman.core.stores import Entry
from dragoman.storage.sqlite.codec import (
    address_of,
    pack_entries,
    pack_event,
    pack_name,
    unpack_entries,
    unpack_event,
)

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org", "phone")
part = st.text(st.characters(blacklist_characters="@/", blacklist_categories=("Cs",)), min_size=1)


@given(st.one_of(st.just(""), part), part, st.text(st.characters(blacklist_categories=("Cs",))))
def test_an_address_is_the_same_after_it_was_text(local: str, domain: str, resource: str) -> None:
    address = Address(local, domain, resource)
    assert address_of(str(address)) == address


@pytest.mark.parametrize(
    "event",
    [
        Message(sender=ALICE, recipient=BOB, text="Grüße", native=Native("xmpp", b"\x00\xff"), hints=6),
        Reaction(sender=ALICE, recipient=BOB, target=Ref("m1", "0"), emojis=("👍",)),
        Tombstone(sender=ALICE, recipient=BOB, at=1.5),
    ],
)
def test_an_event_is_the_same_after_it_was_kept(event: Talk) -> None:
    assert unpack_event(pack_event(event)) == event


def test_a_field_that_is_not_known_does_no_harm() -> None:
    kept = msgspec.msgpack.decode(pack_event(Message(sender=ALICE, recipient=BOB, text="hi")))
    kept["of_a_later_version"] = [1, 2, 3]
    assert unpack_event(msgspec.msgpack.encode(kept)) == Message(sender=ALICE, recipient=BOB, text="hi")


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x80", b"\x81\xa4type\xa7Nothing"])
def test_what_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack_event(data)


def test_text_that_is_no_unicode_is_refused_before_it_reaches_the_writer() -> None:
    with pytest.raises(ValueError):
        pack_event(Message(sender=ALICE, recipient=BOB, text="\ud800"))


def test_entries_are_the_same_after_they_were_kept() -> None:
    entries = Entry(ALICE, BOB.bare, 1), Entry(BOB.bare, ALICE, 3)
    assert unpack_entries(pack_entries(entries)) == entries


def test_dedup_names_of_a_conversation_are_neighbours_and_all_are_different() -> None:
    first, second, other = (pack_name(name) for name in ("alice bob m1", "alice bob m2", "alice carol m1"))
    assert first is not None and second is not None and other is not None
    assert len({first, second, other}) == 3
    assert {len(first), len(second), len(other)} == {16}
    assert first[:4] == second[:4] != other[:4]
    assert pack_name("") is None
