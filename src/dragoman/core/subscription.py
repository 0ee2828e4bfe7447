"""Who sees whose presence: the tables of RFC 6121 appendix A, as a table.

A subscription, seen from one account, is in one of nine states. Each of the four steps moves it, differently when the
account sends the step (outbound) and when it is sent one (inbound).
"""

from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from dragoman.core.model import Step, SubscriptionChange
from dragoman.core.stores import RosterItem


class State(Enum):
    """RFC 6121 §A.1: ``to`` means that the account sees the contact, ``from`` that the contact sees the account, ``out``
    and ``in`` that a request waits on the other or on this side."""

    NONE = ""
    NONE_OUT = "out"
    NONE_IN = "in"
    NONE_OUT_IN = "out in"
    TO = "to"
    TO_IN = "to in"
    FROM = "from"
    FROM_OUT = "from out"
    BOTH = "to from"


class Move(Struct, frozen=True):
    """What a step does: the state behind it, and whether it goes on to the other side (or to the account's clients)."""

    state: State
    passes: bool


#: RFC 6121 §A.2 and §A.3: a cell is ``+`` where the step passes and ``-`` where it stops, then the new state if it changes.
_OUTBOUND = """
              subscribe      unsubscribe  subscribed   unsubscribed
NONE          +NONE_OUT      +            -            -
NONE_OUT      +              +NONE        -            -
NONE_IN       +NONE_OUT_IN   +            +FROM        +NONE
NONE_OUT_IN   +              +NONE_IN     +FROM_OUT    +NONE_OUT
TO            +              +NONE        -            -
TO_IN         +              +NONE_IN     +BOTH        +TO
FROM          +FROM_OUT      +            -            +NONE
FROM_OUT      +              +FROM        -            +NONE_OUT
BOTH          +              +FROM        -            +TO
"""
_INBOUND = """
              subscribe      unsubscribe  subscribed   unsubscribed
NONE          +NONE_IN       -            -            -
NONE_OUT      +NONE_OUT_IN   -            +TO          +NONE
NONE_IN       -              +NONE        -            -
NONE_OUT_IN   -              +NONE_OUT    +TO_IN       +NONE_IN
TO            +TO_IN         -            -            +NONE
TO_IN         -              +TO          -            +NONE_IN
FROM          -              +NONE        -            -
FROM_OUT      -              +NONE_OUT    +BOTH        +FROM
BOTH          -              +TO          -            +FROM
"""


def _table(text: str) -> dict[tuple[State, Step], Move]:
    head, *rows = (line.split() for line in text.strip().splitlines())
    return {
        (State[name], Step(step)): Move(State[cell[1:] or name], cell[0] == "+")
        for name, *cells in rows
        for step, cell in zip(head, cells, strict=True)
    }


OUTBOUND = _table(_OUTBOUND)
INBOUND = _table(_INBOUND)


def state(item: RosterItem) -> State:
    """The state that a contact list's item stands for."""
    flags = {"to": item.to, "from": item.from_, "out": item.asked, "in": item.request is not None}
    return State(" ".join(name for name in ("to", "from", "out", "in") if flags[name]))


def send(item: RosterItem, step: Step) -> tuple[RosterItem, bool]:
    """The account sends a step: its item afterwards, and whether the step goes to the contact.

    A grant before any request is a pre-approval (RFC 6121 §3.4): it stays here until the request comes.
    """
    move = OUTBOUND[state(item), step]
    item = _moved(item, move.state, None)
    if step is Step.SUBSCRIBED and not move.passes and not item.from_:
        item = replace(item, approved=True)
    if step is Step.UNSUBSCRIBED or item.from_:
        item = replace(item, approved=False)
    return (replace(item, listed=True) if step in (Step.SUBSCRIBE, Step.SUBSCRIBED) else item), move.passes


def receive(item: RosterItem, change: SubscriptionChange) -> tuple[RosterItem, bool, Step | None]:
    """A step reaches the account: its item afterwards, whether its clients are told, and what the server answers at once.

    The answers are ``subscribed`` where the contact is subscribed already or was approved beforehand (RFC 6121 §3.1.3).
    """
    if change.step is Step.SUBSCRIBE:
        if item.from_:
            return item, False, Step.SUBSCRIBED
        if item.approved:
            return replace(item, from_=True, approved=False, listed=True), False, Step.SUBSCRIBED
    move = INBOUND[state(item), change.step]
    return _moved(item, move.state, change), move.passes, None


def _moved(item: RosterItem, new: State, change: SubscriptionChange | None) -> RosterItem:
    flags = new.value.split()
    request = (item.request or change) if "in" in flags else None
    return replace(item, to="to" in flags, from_="from" in flags, asked="out" in flags, request=request)
