from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc.capabilities import Negotiation, lines_of


def offered() -> Negotiation:
    return Negotiation({"echo-message": "", "sasl": "PLAIN", "sts": "port=6697", "cap-notify": ""})


def test_version_302_gets_values_and_is_told_of_changes() -> None:
    negotiation = offered()
    assert negotiation.offers(302) == ["echo-message", "sasl=PLAIN", "sts=port=6697", "cap-notify"]
    assert negotiation.enabled == cap.CAP_NOTIFY


def test_older_versions_get_names_without_policies() -> None:
    assert offered().offers(301) == ["echo-message", "sasl", "cap-notify"]


def test_one_unknown_name_refuses_all_of_a_request() -> None:
    negotiation = offered()
    assert not negotiation.request(["echo-message", "unknown"])
    assert negotiation.enabled == 0
    assert negotiation.request(["echo-message", "sasl"])
    assert negotiation.request(["-echo-message"])
    assert negotiation.active() == ["sasl"]


def test_sts_is_no_capability_to_ask_for() -> None:
    assert not offered().request(["sts"])


def test_302_cannot_give_up_cap_notify() -> None:
    negotiation = offered()
    negotiation.offers(302)
    assert not negotiation.request(["-cap-notify"])
    assert negotiation.enabled & cap.CAP_NOTIFY


def test_other_offers_are_new_or_gone_and_what_is_gone_is_off() -> None:
    negotiation = offered()
    negotiation.request(["sasl"])
    new, gone = negotiation.offer({"echo-message": "", "cap-notify": "", "setname": ""})
    assert (new, gone) == (["setname"], ["sasl", "sts"])
    assert negotiation.enabled == 0


def test_words_are_put_into_lines_that_fit() -> None:
    assert lines_of(["aa", "bb", "cc"], 5) == ["aa bb", "cc"]
    assert lines_of([], 5) == [""]
