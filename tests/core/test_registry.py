from dragoman.core.address import Address
from dragoman.core.model import Presence
from dragoman.core.registry import Registry
from dragoman.core.session import Session

ALICE = Address("alice", "example.org")


def session(resource: str, name: str = "alice") -> Session:
    address = Address(name, "example.org", resource)
    return Session(address, "test", lambda event: None, lambda condition, text: None)


def here(priority: int = 0) -> Presence:
    return Presence(sender=ALICE, recipient=ALICE, priority=priority)


def test_sessions_stand_in_the_order_in_which_they_came() -> None:
    registry = Registry()
    phone, desk = session("phone"), session("desk")
    assert registry.add(phone) is registry.add(desk) is None
    assert registry.sessions(ALICE) == (phone, desk)
    assert list(registry) == [phone, desk]
    assert len(registry) == 2
    assert registry.accounts() == [ALICE]


def test_a_second_session_at_an_address_takes_the_place_of_the_first() -> None:
    registry = Registry()
    old, new = session("phone"), session("phone")
    registry.add(old)
    assert registry.add(new) is old
    assert registry.session(ALICE.at("phone")) is new
    assert len(registry) == 1
    assert not registry.remove(old), "it has been replaced already"
    assert registry.remove(new)
    assert len(registry) == 0 and registry.accounts() == []


def test_only_those_who_sent_presence_are_available_and_only_priorities_from_zero_are_reachable() -> None:
    registry = Registry()
    silent, hidden, open_one = session("silent"), session("hidden"), session("open")
    for each in (silent, hidden, open_one):
        registry.add(each)
    assert registry.set_presence(hidden, here(-1)) is None
    registry.set_presence(open_one, here(0))
    assert registry.available(ALICE) == (hidden, open_one)
    assert registry.reachable(ALICE) == (open_one,)
    assert registry.set_presence(open_one, None) == here(0)
    assert registry.reachable(ALICE) == ()


def test_every_change_raises_the_version_and_no_question_does() -> None:
    registry = Registry()
    phone = session("phone")
    versions = [registry.version]
    for change in (
        lambda: registry.add(phone),
        lambda: registry.set_presence(phone, here()),
        lambda: registry.remove(phone),
    ):
        change()
        versions.append(registry.version)
    assert versions == sorted(set(versions))
    registry.sessions(ALICE), registry.available(ALICE), registry.session(ALICE)
    assert registry.version == versions[-1]


def test_an_answer_stays_as_it_was_while_the_registry_changes() -> None:
    registry = Registry()
    phone = session("phone")
    registry.add(phone)
    before = registry.sessions(ALICE)
    registry.remove(phone)
    assert before == (phone,)


def test_setting_the_presence_of_a_session_that_is_gone_harms_nobody() -> None:
    registry = Registry()
    gone = session("gone")
    registry.set_presence(gone, here())
    assert registry.sessions(ALICE) == () == registry.sessions(Address("bob", "example.org"))
