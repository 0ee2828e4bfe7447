"""The ledger of XEP-0198: counters that wrap, and what is not acknowledged yet."""

from hypothesis import given
from hypothesis import strategies as st

from dragoman.protocols.xmpp.stream_management import Ledger


def test_counters_wrap_at_two_to_the_32nd() -> None:
    ledger = Ledger()
    ledger.handled = 2**32 - 1
    ledger.took()
    assert ledger.handled == 0
    ledger._acknowledged = 2**32 - 2
    for number in range(4):
        ledger.put(b"%d" % number, None)
    assert ledger.sent == 2
    assert ledger.acknowledge(2**32 - 1)
    assert ledger.unacknowledged() == [b"1", b"2", b"3"]
    assert ledger.acknowledge(1)
    assert ledger.unacknowledged() == [b"3"]
    assert not ledger.acknowledge(3)
    assert not ledger.acknowledge(2**32)
    assert ledger.acknowledge(2)
    assert len(ledger) == 0


@given(st.lists(st.integers(0, 5), max_size=30))
def test_what_is_acknowledged_goes_and_what_is_not_stays_in_order(steps: list[int]) -> None:
    ledger, waiting, sent = Ledger(), [], 0
    for step in steps:
        for _ in range(step):
            sent += 1
            ledger.put(b"%d" % sent, None)
            waiting.append(b"%d" % sent)
        taken = len(waiting) // 2
        waiting = waiting[taken:]
        assert ledger.acknowledge(sent - len(waiting))
        assert ledger.unacknowledged() == waiting


def test_too_much_is_too_much_by_count_and_by_octets() -> None:
    ledger = Ledger(max_stanzas=2, max_octets=10)
    assert [ledger.put(b"x", None) for _ in range(3)] == [True, True, False]
    ledger = Ledger(max_stanzas=10, max_octets=10)
    assert [ledger.put(b"x" * 5, None) for _ in range(3)] == [True, True, False]
    ledger.acknowledge(2)
    assert ledger.put(b"x", None)
