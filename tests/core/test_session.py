from dragoman.core.address import Address
from dragoman.core.model import Presence
from dragoman.core.session import Session


def test_a_session_knows_its_account_and_its_priority() -> None:
    address = Address("alice", "example.org", "phone")
    session = Session(address, "test", lambda event: None, lambda condition, text: None)
    assert session.account == Address("alice", "example.org")
    assert session.priority == -129, "below every priority that can be sent"
    session.presence = Presence(sender=address, recipient=address, priority=7)
    assert session.priority == 7


def test_two_sessions_are_never_the_same() -> None:
    address = Address("alice", "example.org", "phone")
    one, other = (Session(address, "test", lambda event: None, lambda condition, text: None) for _ in range(2))
    assert one != other
    assert len({one, other}) == 2
