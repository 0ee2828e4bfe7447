"""The test of the tests: what counts as the same, and what does not."""

import pytest
from tests.stage.matching import Mismatch, expect, matches
from tests.stage.reading import CLOSED, STREAM_END, Node, StanzaReader, read_xml


def stanza(text: str) -> Node:
    node = read_xml(text)[0]
    assert isinstance(node, Node)
    return node


def same(expected: str, heard: str) -> bool:
    return matches("xmpp", expected, stanza(heard), {}) is not None


def test_the_order_of_attributes_and_the_prefix_of_a_namespace_mean_nothing() -> None:
    assert same("<message to='a' from='b'/>", "<message from='b' to='a'/>")
    assert same("<a xmlns='urn:x'/>", "<p:a xmlns:p='urn:x'/>")


def test_another_namespace_is_another_element() -> None:
    assert not same("<body>Hi</body>", "<body xmlns='urn:x'>Hi</body>")


def test_further_attributes_and_children_need_an_ellipsis() -> None:
    assert not same("<message/>", "<message id='1'/>")
    assert same("<message ...></message>", "<message id='1'/>")
    assert not same("<message><body>Hi</body></message>", "<message><body>Hi</body><x/></message>")
    assert same("<message><body>Hi</body>...</message>", "<message><body>Hi</body><x/></message>")


def test_each_expected_child_needs_one_of_its_own() -> None:
    assert not same("<q><i/><i/></q>", "<q><i/></q>")
    assert same("<q><i n='1'/><i n='2'/></q>", "<q><i n='2'/><i n='1'/></q>")


def test_text_is_compared_to_the_character() -> None:
    assert not same("<body>Hi</body>", "<body>Hi </body>")
    assert same("<body>Hi...</body>", "<body>Hi, all</body>")
    assert same("<body>...</body>", "<body/>")


def test_a_kept_value_must_come_again() -> None:
    kept = matches("xmpp", "<a id='{one}'/>", stanza("<a id='7'/>"), {})
    assert kept == {"one": "7"}
    assert matches("irc", "@msgid={one} TAGMSG bob", "@msgid=7 :a TAGMSG bob", kept) is not None
    assert matches("irc", "@msgid={one} TAGMSG bob", "@msgid=8 :a TAGMSG bob", kept) is None


def test_lines_are_compared_by_their_parts() -> None:
    assert matches("irc", ":a!a@h PRIVMSG bob Hi", ":a!a@h PRIVMSG bob :Hi", {}) is not None
    assert matches("irc", "PRIVMSG bob Hi", "@time=1 :a PRIVMSG bob :Hi", {}) is not None
    assert matches("irc", "@a=1 PRIVMSG bob Hi", "@a=1;b=2 :a PRIVMSG bob :Hi", {}) is None
    assert matches("irc", "@a=1;... PRIVMSG bob Hi", "@a=1;b=2 :a PRIVMSG bob :Hi", {}) is not None
    assert matches("irc", "433 * bob ...", ":h 433 * bob :is in use", {}) is not None
    assert matches("irc", "433 * bob", ":h 433 * bob :is in use", {}) is None


def test_what_is_heard_too_much_or_in_another_order_is_a_mismatch() -> None:
    heard = [stanza("<a/>"), stanza("<b/>")]
    expect("xmpp", ["<a/>", "<b/>"], heard, {})
    expect("xmpp", ["...", "<b/>"], heard, {})
    for expected in (["<b/>", "<a/>"], ["<a/>"], [], ["<a/>", "<b/>", "<c/>"]):
        with pytest.raises(Mismatch):
            expect("xmpp", expected, heard, {})


def test_a_mismatch_shows_what_was_expected_and_what_was_heard() -> None:
    with pytest.raises(Mismatch) as info:
        expect("irc", ["PRIVMSG bob :Hi"], ["PRIVMSG bob :Ho"], {}, "bob")
    assert "-PRIVMSG bob :Hi" in str(info.value) and "+PRIVMSG bob :Ho" in str(info.value)


def test_a_stream_is_cut_into_header_stanzas_and_end_wherever_the_chunks_end() -> None:
    text = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    text += "id='1'><message><body>Hé</body></message> <r xmlns='urn:xmpp:sm:3'/></stream:stream>"
    reader, found = StanzaReader(), []
    for octet in text.encode():
        found += reader.feed(bytes([octet]))
    header, message, request, end = found
    assert isinstance(header, Node) and header.attributes == {"id": "1"}
    assert message == stanza("<message><body>Hé</body></message>")
    assert request == stanza("<r xmlns='urn:xmpp:sm:3'/>")
    assert end == STREAM_END
    assert matches("xmpp", CLOSED, CLOSED, {}) is not None
