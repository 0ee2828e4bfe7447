"""Whatever pieces the octets come in, the same stanzas are cut out of them; and nothing is let in that costs too much."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.errors import ProtocolError
from dragoman.formats.xml import Element
from dragoman.formats.xml_limits import Limits
from dragoman.protocols.xmpp.frames import Closed, Frame, Opened
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.wire import AFTER_LOGIN, BEFORE_LOGIN, Framer

HEADER = (
    b"<?xml version='1.0'?><stream:stream to='example.org' version='1.0' xmlns='jabber:client'"
    b" xmlns:stream='http://etherx.jabber.org/streams'>"
)
STREAM = (
    HEADER + b"\n<message to='a@b'><body>one</body></message> \r\n\t"
    b"<message to=\"a>b\"><body>t<![CDATA[<w>]]]]>o</body><x xmlns='urn:x' a='/'><x b='/>'/></x></message>"
    + "<presence/><iq id='é'><q xmlns='u' >\u20ac</q ></iq ><r xmlns='urn:xmpp:sm:3'/>".encode()
    + b"<stream:features/></stream:stream>"
)


def frames(*pieces: bytes, limits: Limits = AFTER_LOGIN) -> list[Frame]:
    framer = Framer(limits)
    found: list[Frame] = []
    for piece in pieces:
        framer.feed(piece)
        while (frame := framer.next()) is not None:
            found.append(frame)
    return found


def condition(*pieces: bytes, limits: Limits = AFTER_LOGIN) -> str:
    with pytest.raises(ProtocolError) as caught:
        frames(*pieces, limits=limits)
    return caught.value.condition


def test_a_stream_becomes_its_frames() -> None:
    opened, one, two, presence, iq, request, prefixed, closed = frames(STREAM)
    assert isinstance(opened, Opened)
    assert opened.root == Element("stream", "http://etherx.jabber.org/streams", {"to": "example.org", "version": "1.0"})
    assert one == Stanza(
        Element("message", "jabber:client", {"to": "a@b"}, [Element("body", "jabber:client", {}, ["one"])]),
        b"<body>one</body>",
    )
    assert isinstance(two, Stanza)
    assert two.element.attributes == {"to": "a>b"}
    assert two.element.child_text("body") == "t<w>]]o"
    assert two.content() == b"<body>t&lt;w&gt;]]o</body><x xmlns='urn:x' a='/'><x b='/&gt;'/></x>"
    assert presence == Stanza(Element("presence", "jabber:client"))
    assert isinstance(iq, Stanza)
    assert iq.element.child_text("q", "u") == "€"
    assert request == Stanza(Element("r", "urn:xmpp:sm:3"))
    assert prefixed == Stanza(Element("features", "http://etherx.jabber.org/streams"))
    assert closed == Closed()


def test_octet_by_octet_makes_no_difference() -> None:
    assert frames(*(STREAM[index : index + 1] for index in range(len(STREAM)))) == frames(STREAM)


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_pieces_make_no_difference(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert frames(*(STREAM[a:b] for a, b in itertools.pairwise(edges))) == frames(STREAM)


def test_prefixes_of_the_header_hold_in_its_stanzas_and_do_not_leave_them() -> None:
    header = HEADER.replace(b" xmlns:", b" xmlns:x='urn:it\"s' xmlns:", 1)
    (_, stanza) = frames(header + b"<message><x:a x:b='1'/></message>")
    assert isinstance(stanza, Stanza)
    assert stanza.element.children == [Element("a", 'urn:it"s', {'{urn:it"s}b': "1"})]
    assert stanza.content() == b"<a xmlns='urn:it&quot;s' xmlns:n0='urn:it&quot;s' n0:b='1'/>"


def test_a_prefix_that_was_declared_on_the_stanza_itself_does_not_leave_it() -> None:
    (_, stanza) = frames(HEADER + b"<message xmlns:x='urn:x'><x:a/></message>")
    assert isinstance(stanza, Stanza)
    assert stanza.content() == b"<a xmlns='urn:x'/>"


def test_what_looks_like_a_declaration_inside_a_value_is_none() -> None:
    header = HEADER.replace(b" to=", b" id=\" xmlns:evil='urn:evil'\" to=", 1)
    assert condition(header + b"<message><evil:a/></message>") == "bad-namespace-prefix"


def test_after_a_restart_a_new_header_comes_with_or_without_a_declaration() -> None:
    framer = Framer()
    framer.feed(HEADER + HEADER + b"<a xmlns='u'/>")
    assert isinstance(framer.next(), Opened)
    framer.restart()
    assert isinstance(framer.next(), Opened)
    assert isinstance(framer.next(), Stanza)
    framer.restart()
    framer.feed(b"\n" + HEADER[21:])
    assert isinstance(framer.next(), Opened)


def test_what_came_before_tls_is_thrown_away() -> None:
    framer = Framer()
    framer.feed(HEADER + b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><iq id='injected'/><iq")
    assert isinstance(framer.next(), Opened)
    assert isinstance(framer.next(), Stanza)
    framer.discard()
    assert framer.next() is None
    framer.feed(HEADER)
    assert isinstance(framer.next(), Opened)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"GET / HTTP/1.1\r\n", "not-well-formed"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "not-well-formed"),
        (HEADER.decode().encode("utf-16"), "not-well-formed"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?>" + HEADER[21:], "unsupported-encoding"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + HEADER, "restricted-xml"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>" + HEADER, "restricted-xml"),
        (b"<!-- hello -->" + HEADER, "restricted-xml"),
        (b"<a <b>", "not-well-formed"),
        (HEADER[:-1] + b"/>", "not-well-formed"),
        (b"<a b=c>", "not-well-formed"),
        (b"<stream:stream xmlns='jabber:client'>", "bad-namespace-prefix"),
        (HEADER.replace(b"jabber:client", b"jabber:server"), "invalid-namespace"),
        (HEADER.replace(b" xmlns='jabber:client'", b""), "invalid-namespace"),
        (HEADER + b"text", "bad-format"),
        (HEADER + b"<iq/>\xff", "bad-format"),
        (HEADER + b"<![CDATA[text]]>", "restricted-xml"),
        (HEADER + b"<message><!-- hidden --></message>", "restricted-xml"),
        (HEADER + b"<message><!ENTITY a 'b'></message>", "restricted-xml"),
        (HEADER + b"<message><?php run ?></message>", "restricted-xml"),
        (HEADER + b"<?xml version='1.0'?>", "restricted-xml"),
        (HEADER + b"<message><body>&lol;</body></message>", "not-well-formed"),
        (HEADER + b"<message><body>&#0;</body></message>", "not-well-formed"),
        (HEADER + b"<message><body>\x00</body></message>", "not-well-formed"),
        (HEADER + b"<message><body>\xc3</body></message>", "not-well-formed"),
        (HEADER + b"<message><body>\xed\xa0\x80</body></message>", "not-well-formed"),
        (HEADER + b"<message><body>\xef\xbf\xbf</body></message>", "not-well-formed"),
        (HEADER + b"<message><body>]]></body></message>", "not-well-formed"),
        (HEADER + b"<message><body></message></body>", "not-well-formed"),
        (HEADER + b"<message to='a' to='b'/>", "not-well-formed"),
        (HEADER + b"<message to='a<b'/>", "not-well-formed"),
        (HEADER + b"<message to='a\"/>\"'/ <", "not-well-formed"),
        (HEADER + b"<message <body>", "not-well-formed"),
        (HEADER + b"<>", "not-well-formed"),
        (HEADER + b"</message>", "not-well-formed"),
        (HEADER + b"</>", "not-well-formed"),
        (HEADER + b"<message><x:a/></message>", "bad-namespace-prefix"),
    ],
)
def test_what_is_not_a_stream_of_plain_xml_is_refused(octets: bytes, expected: str) -> None:
    if octets.endswith(b"<>"):
        octets += b"<a/>"
    assert condition(octets) == expected
    assert condition(*(octets[index : index + 1] for index in range(len(octets)))) == expected


def test_before_login_eight_kibioctets_and_32_elements_are_all() -> None:
    long = b"<message><body>" + b"x" * 8_192 + b"</body></message>"
    many = b"<message>" + b"<a/>" * 32 + b"</message>"
    for octets in (long, long[:-20], many, many[:-10], b"<a>" * 33):
        assert condition(HEADER + octets, limits=BEFORE_LOGIN) == "policy-violation"
    assert len(frames(HEADER + long + many, limits=AFTER_LOGIN)) == 3
    assert condition(b"<stream:stream a='" + b"x" * 8_192, limits=BEFORE_LOGIN) == "policy-violation"
    assert condition(b"<stream:stream a='" + b"x" * 8_192 + b"'>", limits=BEFORE_LOGIN) == "policy-violation"


def test_a_stanza_of_10_000_octets_is_always_read() -> None:
    body = b"<message><body>" + b"x" * (10_000 - 32) + b"</body></message>"
    assert len(body) == 10_000
    assert len(frames(HEADER + body)) == 2


def test_a_stanza_that_never_ends_is_cut_off_at_the_limit() -> None:
    framer = Framer(AFTER_LOGIN)
    framer.feed(HEADER)
    framer.next()
    fed = 0
    with pytest.raises(ProtocolError) as caught:
        for octets in [b"<message to='", *[b"x" * 64] * 20_000]:
            framer.feed(octets)
            fed += len(octets)
            framer.next()
    assert caught.value.condition == "policy-violation"
    assert AFTER_LOGIN.octets < fed <= AFTER_LOGIN.octets + 64


def test_a_dripped_stanza_is_looked_at_once() -> None:
    """The scanner never goes back by more than a few octets, wherever it was interrupted."""
    framer = Framer(AFTER_LOGIN)
    framer.feed(HEADER)
    framer.next()
    behind = 0
    for octets in (b"<message a='", b"x" * 3_000, b"'><body>", b"y" * 3_000, b"<![CDATA[", b"z" * 3_000):
        for index in range(len(octets)):
            framer.feed(octets[index : index + 1])
            assert framer.next() is None
            behind = max(behind, len(framer._data) - framer._at)
    assert behind < 9


def test_two_hundred_thousand_nested_elements_end_at_the_sixty_fifth() -> None:
    assert condition(HEADER + b"<a>" * 200_000) == "policy-violation"
    assert len(frames(HEADER + b"<a>" * 64 + b"</a>" * 64)) == 2
    assert condition(HEADER + b"<a>" * 65) == "policy-violation"


def test_white_space_between_stanzas_is_no_more_than_a_sign_of_life() -> None:
    assert len(frames(HEADER, b" ", b"\n" * 100_000, b"<a xmlns='u'/>", b" ")) == 2


def test_a_silent_connection_keeps_no_octets() -> None:
    framer = Framer()
    framer.feed(HEADER + b"<a xmlns='u'/> ")
    while framer.next() is not None:
        pass
    assert framer._data == b""


@given(st.binary(max_size=80))
def test_garbage_only_ever_breaks_the_protocol(garbage: bytes) -> None:
    for octets in (garbage, HEADER + garbage, HEADER + b"<a " + garbage, HEADER + b"<a>" + garbage + b"</a>"):
        try:
            frames(octets)
        except ProtocolError:
            pass


def test_the_end_of_something_else_is_found_out_before_the_element_is_whole() -> None:
    with pytest.raises(ProtocolError, match="not-well-formed"):
        frames(HEADER + b"<message><body>Hi</message>")


def test_a_stanza_that_may_still_become_whole_is_waited_for() -> None:
    whole = "<message><body a='1'>Hé</body></message>".encode()
    for cut in range(1, len(whole)):
        framer = Framer(AFTER_LOGIN)
        framer.feed(HEADER + whole[:cut])
        assert isinstance(framer.next(), Opened)
        assert framer.next() is None
        framer.feed(whole[cut:])
        assert isinstance(framer.next(), Stanza)
