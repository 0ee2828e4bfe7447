import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.model import Affiliation, Event, Message, Native, Reaction, Ref, Retraction, Role

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")
NATIVE = Native("test", b"<body>original</body>")
AnyEvent = Message | Reaction | Retraction


def test_changed_content_drops_the_original_so_that_it_cannot_leak() -> None:
    message = Message(sender=ALICE, recipient=BOB, text="secret", native=NATIVE)
    changed = message.changed(text="***")
    assert (changed.text, changed.native) == ("***", None)
    assert message.text == "secret"


def test_readdressed_content_keeps_the_original() -> None:
    message = Message(sender=ALICE, recipient=BOB, text="hi", native=NATIVE)
    assert message.readdressed(recipient=ALICE).native is NATIVE


def test_affiliations_and_roles_have_a_rank() -> None:
    assert sorted(Affiliation, key=lambda affiliation: affiliation.rank) == list(Affiliation)
    assert sorted(Role, key=lambda role: role.rank) == list(Role)
    assert Affiliation.OUTCAST.rank < 0 == Affiliation.NONE.rank
    assert Role.NONE.rank == 0


@given(st.text(), st.sampled_from([Message, Reaction, Retraction]), st.binary())
def test_an_event_written_down_is_read_back_as_the_same(text: str, kind: type, native: bytes) -> None:
    fields = {"text": text} if kind is Message else {"target": Ref(text)}
    event: Event = kind(sender=ALICE, recipient=BOB, native=Native("test", native), **fields)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=AnyEvent) == event
