"""RFC 6121 appendix A."""

import pytest
from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.model import Step, SubscriptionChange
from dragoman.core.stores import RosterItem
from dragoman.core.subscription import INBOUND, OUTBOUND, State, receive, send, state

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")


def item(name: State) -> RosterItem:
    asked = SubscriptionChange(sender=BOB, recipient=ALICE, step=Step.SUBSCRIBE)
    flags = name.value.split()
    return RosterItem(
        BOB,
        to="to" in flags,
        from_="from" in flags,
        asked="out" in flags,
        request=asked if "in" in flags else None,
        listed=True,
    )


def change(step: Step) -> SubscriptionChange:
    return SubscriptionChange(sender=BOB, recipient=ALICE, step=step, status="please")


def test_both_tables_are_complete() -> None:
    assert len(OUTBOUND) == len(INBOUND) == len(State) * len(Step)


@pytest.mark.parametrize("name", list(State))
def test_an_item_stands_for_the_state_it_was_made_for(name: State) -> None:
    assert state(item(name)) is name


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("name", list(State))
def test_sending_moves_as_the_outbound_table_says(name: State, step: Step) -> None:
    after, passes = send(item(name), step)
    assert state(after) is OUTBOUND[name, step].state
    assert passes is OUTBOUND[name, step].passes


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("name", list(State))
def test_receiving_moves_as_the_inbound_table_says(name: State, step: Step) -> None:
    after, passes, answer = receive(item(name), change(step))
    assert state(after) is INBOUND[name, step].state
    assert passes is INBOUND[name, step].passes
    assert (answer is Step.SUBSCRIBED) == (step is Step.SUBSCRIBE and "from" in name.value)


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        (State.NONE, Step.SUBSCRIBE, State.NONE_OUT),
        (State.FROM, Step.SUBSCRIBE, State.FROM_OUT),
        (State.TO_IN, Step.SUBSCRIBED, State.BOTH),
        (State.BOTH, Step.UNSUBSCRIBE, State.FROM),
        (State.FROM_OUT, Step.UNSUBSCRIBED, State.NONE_OUT),
    ],
)
def test_outbound_steps_that_everybody_knows(start: State, step: Step, end: State) -> None:
    assert state(send(item(start), step)[0]) is end


def test_a_grant_before_the_request_is_kept_and_answers_it() -> None:
    approved, passes = send(RosterItem(BOB), Step.SUBSCRIBED)
    assert approved.approved and not passes
    after, told, answer = receive(approved, change(Step.SUBSCRIBE))
    assert after.from_ and not after.approved and not told and answer is Step.SUBSCRIBED


def test_a_grant_given_beforehand_can_be_withdrawn() -> None:
    approved, _ = send(RosterItem(BOB), Step.SUBSCRIBED)
    withdrawn, passes = send(approved, Step.UNSUBSCRIBED)
    assert not withdrawn.approved and not passes


def test_a_request_is_kept_with_all_that_was_written() -> None:
    after, _, _ = receive(RosterItem(BOB), change(Step.SUBSCRIBE))
    assert after.request is not None and after.request.status == "please"
    assert not after.listed


def test_asking_puts_the_contact_on_the_list() -> None:
    after, _ = send(RosterItem(BOB), Step.SUBSCRIBE)
    assert after == replace(RosterItem(BOB), asked=True, listed=True)
