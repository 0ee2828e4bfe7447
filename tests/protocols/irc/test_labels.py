from dragoman.protocols.irc.labels import LabelledResponse
from dragoman.protocols.irc.line import Line


def finished(*lines: Line) -> list[Line]:
    response = LabelledResponse("abc")
    response.lines = list(lines)
    return response.finished("server", "b1")


def test_no_answer_is_an_ack() -> None:
    assert finished() == [Line("ACK", source="server", tags={"label": "abc"})]


def test_one_line_has_the_label_itself() -> None:
    assert finished(Line("PONG", ("x",), tags={"time": "t"})) == [
        Line("PONG", ("x",), tags={"label": "abc", "time": "t"})
    ]


def test_several_lines_are_a_batch_whose_beginning_has_the_label() -> None:
    assert finished(Line("A"), Line("B", tags={"time": "t"})) == [
        Line("BATCH", ("+b1", "labeled-response"), "server", {"label": "abc"}),
        Line("A", tags={"batch": "b1"}),
        Line("B", tags={"batch": "b1", "time": "t"}),
        Line("BATCH", ("-b1",), "server"),
    ]


def test_an_answer_that_is_one_batch_already_gets_the_label() -> None:
    page = [Line("BATCH", ("+h", "chathistory", "#c")), Line("PRIVMSG", tags={"batch": "h"}), Line("BATCH", ("-h",))]
    assert finished(*page) == [Line("BATCH", ("+h", "chathistory", "#c"), tags={"label": "abc"}), *page[1:]]


def test_a_batch_among_other_lines_is_nested() -> None:
    nested = finished(Line("A"), Line("BATCH", ("+h", "x")), Line("BATCH", ("-h",)))
    assert nested[2] == Line("BATCH", ("+h", "x"), tags={"batch": "b1"})
    assert nested[3] == Line("BATCH", ("-h",))
