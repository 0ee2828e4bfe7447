"""Every condition has its words, and what is written is read as the same."""

import pytest

from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.errors import (
    STANZA_CONDITIONS,
    STREAM_CONDITIONS,
    error_element,
    error_reply,
    read_error,
    stream_error,
)

#: RFC 6120 §4.9.3.
STREAM = {
    "bad-format", "bad-namespace-prefix", "conflict", "connection-timeout", "host-gone", "host-unknown", "improper-addressing",
    "internal-server-error", "invalid-from", "invalid-namespace", "invalid-xml", "not-authorized", "not-well-formed",
    "policy-violation", "remote-connection-failed", "reset", "resource-constraint", "restricted-xml", "see-other-host",
    "system-shutdown", "undefined-condition", "unsupported-encoding", "unsupported-feature", "unsupported-stanza-type",
    "unsupported-version",
}  # fmt: skip


def test_the_tables_are_complete_and_have_only_what_is_defined() -> None:
    assert set(STANZA_CONDITIONS) == set(Condition)
    assert set(STREAM_CONDITIONS.values()) <= STREAM


@pytest.mark.parametrize("condition", Condition)
@pytest.mark.parametrize("remedy", Remedy)
def test_an_error_is_read_as_it_was_written(condition: Condition, remedy: Remedy) -> None:
    error = error_element(Refused(condition, "because", remedy=remedy))
    read = read_error(Element("message", "jabber:client", {"type": "error"}, [error]))
    assert (read.condition, read.remedy, read.text) == (condition, remedy, "because")


def test_an_error_without_words_is_undefined() -> None:
    for children in ([], [Element("error", "jabber:client")], [Element("error", "jabber:client", {"type": "odd"})]):
        assert read_error(Element("iq", "jabber:client", {}, children)).condition is Condition.UNDEFINED_CONDITION


def test_a_reply_goes_back_with_the_id_that_it_had() -> None:
    stanza = Element("iq", "jabber:client", {"to": "a@b", "id": "1", "type": "get"})
    reply = error_reply(stanza, Refused(Condition.GONE), "c@d/e", by="a@b")
    assert reply.attributes == {"type": "error", "to": "c@d/e", "id": "1", "from": "a@b"}
    assert reply.child("error").get("by") == "a@b"


def test_a_stream_error_says_which_limit_it_was() -> None:
    assert [each.name for each in stream_error("policy-violation", "stanza-too-big")] == [
        "policy-violation",
        "stanza-too-big",
    ]
    assert [each.name for each in stream_error("reset", "words")] == ["reset", "text"]
    assert [each.name for each in stream_error("reset", "", Element("own", "urn:x"))] == ["reset", "own"]
