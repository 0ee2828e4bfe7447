import pytest

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import (
    Event,
    Exchange,
    Failure,
    Kind,
    Message,
    Native,
    Presence,
    Signal,
    Step,
    SubscriptionChange,
    Talk,
)
from dragoman.core.registry import Registry
from dragoman.core.router import AccountDestination, Router
from dragoman.core.session import Session

ALICE, BOB = Address("alice", "example.org", "here"), Address("bob", "example.org")


class House:
    """Accounts of one domain and a journal of what happened, in order."""

    def __init__(self) -> None:
        self.journal: list[str] = []
        self.hooks = Hooks()
        self.registry = Registry()
        self.destination = AccountDestination(self.hooks, self.registry)
        self.router = Router(self.hooks)
        self.router.add("example.org", self.destination)
        for name in ("before_routing", "nobody_there", "before_delivery", "undelivered", "after_delivery"):
            getattr(self.hooks, name)(lambda routed, name=name: self.journal.append(name))

    def session(self, resource: str, priority: int | None = 0, protocol: str = "one") -> Session:
        address = BOB.at(resource)
        session = Session(address, protocol, lambda event: self.journal.append(resource), lambda condition, text: None)
        self.registry.add(session)
        if priority is not None:
            self.registry.set_presence(session, Presence(sender=address, recipient=BOB, priority=priority))
        return session

    def targets(self, event: Event) -> list[str]:
        return [session.address.resource for session in self.destination.targets(event)]


def message(to: Address = BOB, kind: Kind = Kind.CHAT) -> Message:
    return Message(sender=ALICE, recipient=to, kind=kind, text="hi")


async def test_a_message_is_made_durable_before_anybody_gets_it_and_copied_after() -> None:
    house = House()
    house.session("desk")
    await house.router.route(message())
    assert house.journal == ["before_routing", "before_delivery", "desk", "after_delivery"]


async def test_nobody_there_is_told_to_those_who_keep_it() -> None:
    house = House()
    await house.router.route(message())
    assert house.journal == ["before_routing", "nobody_there", "before_delivery", "undelivered", "after_delivery"]


async def test_a_session_that_opens_while_the_message_is_committed_gets_it() -> None:
    house = House()

    @house.hooks.before_delivery
    async def commit(routed: Routed) -> None:
        house.session("late")

    await house.router.route(message())
    assert "late" in house.journal and "undelivered" not in house.journal


async def test_a_session_that_opens_while_it_is_asked_whether_the_message_may_wait_gets_it_live() -> None:
    house = House()
    live: list[bool] = []
    house.hooks.before_delivery(lambda routed: live.append(routed.live))

    @house.hooks.nobody_there
    async def look(routed: Routed) -> None:
        house.session("late")

    await house.router.route(message())
    assert live == [True] and house.journal.count("late") == 1 and "undelivered" not in house.journal


async def test_a_session_that_closes_while_the_message_is_committed_does_not() -> None:
    house = House()
    desk = house.session("desk")
    house.hooks.before_delivery(lambda routed: house.registry.remove(desk) and None)
    await house.router.route(message())
    assert "desk" not in house.journal and "undelivered" in house.journal


async def test_what_was_said_before_goes_no_further() -> None:
    house = House()
    house.session("desk")

    @house.hooks.before_delivery
    def known(routed: Routed) -> None:
        routed.duplicate = True

    await house.router.route(message())
    assert house.journal == ["before_routing", "before_delivery"]


async def test_what_was_settled_is_not_delivered_but_is_over() -> None:
    house = House()
    house.session("desk")

    @house.hooks.before_delivery
    def settle(routed: Routed) -> None:
        routed.settled = True

    await house.router.route(message())
    assert house.journal == ["before_routing", "before_delivery", "after_delivery"]


async def test_a_refusal_before_routing_ends_it() -> None:
    house = House()

    @house.hooks.before_routing
    def refuse(routed: Routed) -> None:
        raise Refused(Condition.FORBIDDEN)

    with pytest.raises(Refused):
        await house.router.route(message())
    assert house.journal == ["before_routing"]


async def test_what_a_handler_made_of_the_event_is_what_arrives() -> None:
    house = House()
    desk = house.session("desk")
    heard: list[Event] = []
    desk.deliver = heard.append

    @house.hooks.before_delivery
    def stamp(routed: Routed) -> None:
        routed.event = routed.event.readdressed(archive_id="7")

    said = await house.router.route(message())
    assert heard == [said] and isinstance(said, Talk) and said.archive_id == "7"


async def test_a_domain_that_nobody_receives_for_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        await House().router.route(message(Address("eve", "other.example")))
    assert refused.value.condition is Condition.REMOTE_SERVER_NOT_FOUND


@pytest.mark.spec("RFC 6121", "8.5.2.1.1")
def test_the_account_is_every_session_of_priority_zero_or_more() -> None:
    house = House()
    house.session("phone"), house.session("desk", 5), house.session("hidden", -1), house.session("silent", None)
    assert house.targets(message()) == ["phone", "desk"]


@pytest.mark.spec("RFC 6121", "8.5.3.2.1")
@pytest.mark.parametrize(
    ("event", "targets"),
    [
        (message(BOB.at("desk")), ["desk"]),
        (message(BOB.at("gone")), ["desk"]),
        (message(BOB.at("gone"), Kind.NORMAL), []),
        (message(BOB, Kind.GROUPCHAT), []),
        (message(BOB.at("desk"), Kind.GROUPCHAT), ["desk"]),
        (Failure(sender=ALICE, recipient=BOB, condition=Condition.GONE), []),
        (Failure(sender=ALICE, recipient=BOB.at("gone"), condition=Condition.GONE), []),
        (Signal(sender=ALICE, recipient=BOB.at("gone"), exchange=Exchange.REQUEST), []),
        (Signal(sender=ALICE, recipient=BOB.at("gone")), ["desk"]),
    ],
)
def test_what_is_meant_for_one_session_falls_back_only_where_it_is_talk(event: Event, targets: list[str]) -> None:
    house = House()
    house.session("desk")
    assert house.targets(event) == targets


def test_a_signal_is_for_those_who_speak_its_protocol() -> None:
    house = House()
    house.session("desk"), house.session("phone", protocol="two")
    signal = Signal(sender=ALICE, recipient=BOB, native=Native("two", b""))
    assert house.targets(signal) == ["phone"]
    assert house.targets(signal.readdressed(recipient=BOB.at("desk"))) == []


def test_presence_is_for_those_available_and_requests_for_those_interested_too() -> None:
    house = House()
    house.session("hidden", -1)
    house.session("silent", None).interested = True
    house.session("deaf", None)
    assert house.targets(Presence(sender=ALICE, recipient=BOB)) == ["hidden"]
    request = SubscriptionChange(sender=ALICE, recipient=BOB, step=Step.SUBSCRIBE)
    assert house.targets(request) == ["hidden", "silent"]
