from hypothesis import given
from hypothesis import strategies as st
from tests.faults.history import Run, Said, Verdict, judge

A1, A2, A3 = (Said("alice+bob", "alice", name) for name in ("1", "2", "3"))
B1 = Said("alice+bob", "bob", "1")
MEMBERS = {"alice+bob": frozenset({"alice", "bob"})}


def kinds(verdict: Verdict) -> dict[str, int]:
    return {kind: len(found) for kind, found in vars(verdict).items() if found}


def run(**changes: object) -> Run:
    perfect = Run(
        sent=[A1, B1, A2, A3],
        acknowledged=[A1, B1, A2],
        received={"alice": [A1, B1, A2], "bob": [A1, B1, A2]},
        archived=[A1, B1, A2],
        members=dict(MEMBERS),
    )
    for name, value in changes.items():
        setattr(perfect, name, value)
    return perfect


def test_a_run_in_which_everything_went_well_is_clean() -> None:
    verdict = judge(run())
    assert verdict.clean
    assert str(verdict) == "lost 0, duplicated in the archive 0, duplicated at a client 0, reordered 0, phantom 0"


def test_what_was_never_acknowledged_may_be_lost_or_kept() -> None:
    assert judge(run(archived=[A1, B1, A2, A3])).clean
    assert judge(run(sent=[A1, B1, A2, A3, A3], archived=[A1, B1, A2])).clean


def test_an_acknowledged_message_that_the_archive_lacks_is_lost() -> None:
    assert kinds(judge(run(archived=[A1, A2]))) == {"lost": 1}


def test_an_acknowledged_message_that_a_member_never_received_is_lost() -> None:
    assert kinds(judge(run(received={"alice": [A1, B1, A2], "bob": [A1, B1]}))) == {"lost": 1}
    assert kinds(judge(run(received={"alice": [A1, B1, A2]}))) == {"lost": 3}


def test_clients_are_not_looked_at_where_no_members_are_given() -> None:
    assert judge(run(received={}, members={})).clean


def test_a_message_twice_in_the_archive_is_a_duplicate_there() -> None:
    assert kinds(judge(run(archived=[A1, B1, A2, A2]))) == {"duplicated_in_archive": 1}


def test_a_message_twice_at_a_client_is_a_duplicate_there() -> None:
    received = {"alice": [A1, B1, A2], "bob": [A1, A1, B1, A1, A2]}
    assert kinds(judge(run(received=received))) == {"duplicated_at_client": 1}


def test_the_archive_keeps_each_senders_order() -> None:
    backwards = {"alice": [A2, B1, A1], "bob": [A2, B1, A1]}
    assert kinds(judge(run(archived=[A2, B1, A1], received=backwards))) == {"reordered": 1}


def test_between_senders_the_archives_order_is_the_order() -> None:
    received = {"alice": [B1, A1, A2], "bob": [B1, A1, A2]}
    assert judge(run(archived=[B1, A1, A2], received=received)).clean


def test_every_client_sees_the_archives_order() -> None:
    received = {"alice": [A1, B1, A2], "bob": [B1, A1, A2]}
    assert kinds(judge(run(received=received))) == {"reordered": 1}


def test_a_resend_does_not_move_a_message() -> None:
    assert judge(run(sent=[A1, B1, A2, A3, A1])).clean


def test_what_nobody_sent_is_a_phantom() -> None:
    other = Said("alice+bob", "alice", "9")
    received = {"alice": [A1, B1, A2, other], "bob": [A1, B1, A2]}
    assert kinds(judge(run(archived=[A1, B1, A2, other], received=received))) == {"phantom": 2}


def test_what_reaches_a_stranger_is_a_phantom() -> None:
    received = {"alice": [A1, B1, A2], "bob": [A1, B1, A2], "carol": [A2]}
    verdict = judge(run(received=received))
    assert kinds(verdict) == {"phantom": 1}
    assert "carol, for whom it was not" in str(verdict)


MESSAGES = [Said("room", sender, str(number)) for sender in ("a", "b") for number in range(5)]


@given(st.permutations(MESSAGES), st.sampled_from(MESSAGES))
def test_any_single_fault_in_a_perfect_run_is_found(order: list[Said], victim: Said) -> None:
    def perfect() -> Run:
        return Run(list(order), list(order), {"c": list(order)}, list(order), {"room": frozenset({"c"})})

    assert judge(perfect()).clean
    without = [said for said in order if said != victim]
    fault = perfect()
    fault.archived = without
    assert judge(fault).lost
    fault = perfect()
    fault.received["c"] = without
    assert judge(fault).lost
    fault = perfect()
    fault.received["c"].append(victim)
    assert judge(fault).duplicated_at_client
    fault = perfect()
    fault.sent = without
    assert judge(fault).phantom
    fault = perfect()
    place = order.index(victim)
    if place:
        fault.received["c"][place - 1 : place + 1] = [victim, order[place - 1]]
        assert judge(fault).reordered
