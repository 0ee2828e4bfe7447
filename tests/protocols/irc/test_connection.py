from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc.connection import Connection
from dragoman.protocols.irc.line import Line

OFFERED = {"echo-message": "", "sasl": "PLAIN", "cap-notify": ""}


def test_registration_needs_nick_user_and_the_end_of_negotiation() -> None:
    connection = Connection("server", OFFERED)
    connection.nick = "foo"
    assert not connection.is_ready
    connection.user = "foo"
    assert connection.is_ready
    connection.negotiate(("LS", "302"))
    assert not connection.is_ready
    connection.negotiate(("END",))
    assert connection.is_ready
    connection.registered = True
    assert not connection.is_ready


def test_a_client_without_a_nick_is_a_star() -> None:
    connection = Connection("server", OFFERED)
    [line] = connection.negotiate(("LIST",))
    assert line == Line("CAP", ("*", "LIST", ""), "server")


def test_versions_that_are_none_are_the_oldest() -> None:
    for text in ("x", "-1", "9" * 9, "٣٠٢"):
        connection = Connection("server", OFFERED)
        [line] = connection.negotiate(("LS", text))
        assert line.params[-1] == "echo-message sasl cap-notify"


def test_long_listings_have_a_star_in_all_lines_but_the_last_and_fit() -> None:
    many = {name: "" for name in cap.NAMES} | {"sasl": "X" * 300}
    lines = Connection("server", many).negotiate(("LS", "302"))
    assert [line.params[2] for line in lines[:-1]] == ["*"] * (len(lines) - 1)
    assert len(lines[-1].params) == 3
    names = " ".join(line.params[-1] for line in lines).split()
    assert len(names) == len(many)


def test_what_is_new_or_gone_is_told_to_those_who_want_to_know() -> None:
    silent, curious = Connection("server", OFFERED), Connection("server", OFFERED)
    curious.negotiate(("LS", "302"))
    offered = {"echo-message": "", "cap-notify": "", "setname": ""}
    assert silent.offer(offered) == []
    assert [line.params[1:] for line in curious.offer(offered)] == [("DEL", "sasl"), ("NEW", "setname")]


def test_another_value_is_new() -> None:
    connection = Connection("server", OFFERED)
    connection.negotiate(("LS", "302"))
    [line] = connection.offer(OFFERED | {"sasl": "PLAIN,EXTERNAL"})
    assert line.params[1:] == ("NEW", "sasl=PLAIN,EXTERNAL")
