"""What the pattern accepts, expat accepts too, and both read the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.formats.xml_parser import XmlError, parse
from dragoman.protocols.xmpp.pattern import read
from dragoman.protocols.xmpp.stanza import Stanza

COMMON = [
    b"<message to='juliet@example.org/balcony' type='chat' id='m1'><body>Hi</body></message>",
    b'<message type="groupchat" to="r@rooms.example.org" id="7" xml:lang="en"><body>It\'s &lt;3 &amp; more</body></message>',
    "<message to='a@b' from='c@d/e'><body>Grüße, 世界 🎉</body><active xmlns='http://jabber.org/protocol/chatstates'/>"
    "</message>".encode(),
    b"<message to='a@b' id='1'><body>x</body><request xmlns='urn:xmpp:receipts'/><origin-id xmlns='urn:xmpp:sid:0' id='1' />"
    b"<markable xmlns='urn:xmpp:chat-markers:0'/><thread>t1</thread></message>",
    b"<message to='a@b' type='chat'><composing xmlns=\"http://jabber.org/protocol/chatstates\"/>"
    b"<no-store xmlns='urn:xmpp:hints'/></message>",
    b"<message to='a@b' id='2'><received xmlns='urn:xmpp:receipts' id='1'/></message>",
    b"<message xmlns='jabber:client' to='a@b'><body xml:lang='de'>a\n\tb</body><body>c</body><subject></subject></message>",
    b"<presence to='r@rooms.example.org/n'><show>away</show><status>gone</status><priority>-1</priority></presence>",
    b"<iq type='get' id='p' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>",
    b"<iq id='p' to='example.org' type='result'></iq>",
    b"<r xmlns='urn:xmpp:sm:3'/>",
    b"<a xmlns='urn:xmpp:sm:3' h='4294967295' />",
]

LEFT_TO_A_PARSER = [
    b"<message to='a@b'><body>a<b/></body></message>",
    b"<message to='a@b'><body>a</body> </message>",
    b"<message to='a@b' to='c@d'><body>a</body></message>",
    b"<message to='a\" type=\"chat'><body>a</body></message>",
    b"<message to='a@b'><x xmlns='u' a='1' a='2'/></message>",
    b"<message to='a@b'><x xmlns='http://www.w3.org/XML/1998/namespace'/></message>",
    b"<message to='a@b'><x xmlns='http://www.w3.org/2000/xmlns/'/></message>",
    b"<message xmlns='jabber:server' to='a@b'><body>a</body></message>",
    b"<message to='a@b'><p:x/></message>",
    b"<message to='a@b'><x p:y='1'/></message>",
    b"<message to='a&amp;b'><body>a</body></message>",
    b"<message to='a\tb'><body>a</body></message>",
    b"<message to='a@b'><body>a\rb</body></message>",
    b"<message to='a@b'><body>a > b</body></message>",
    b"<message to='a@b'><body>]]></body></message>",
    b"<message to='a@b'><body>&lol;</body></message>",
    b"<message to='a@b'><body>&#65;</body></message>",
    b"<message to='a@b'><body><![CDATA[x]]></body></message>",
    b"<message to='a@b'><!-- x --></message>",
    b"<message to='a@b'><body>\x00</body></message>",
    b"<message to='a@b'><body>\xff</body></message>",
    b"<message to='a@b'><body>\xc0\xaf</body></message>",
    b"<message to='a@b'><body>\xed\xa0\x80</body></message>",
    b"<message to='a@b'><body>\xef\xbf\xbe</body></message>",
    b"<message to='\xef\xbf\xbf'><body></body></message>",
    b"<message to='a@b'><forwarded><message></message></forwarded></message>",
    b"<message to='a@b'>" + b"<a/>" * 17 + b"</message>",
    b"<a xmlns='urn:xmpp:sm:3' h='-1'/>",
    b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGE=</auth>",
    b"<body>a</body>",
    b"",
]


def expected(octets: bytes) -> Stanza:
    """What a parser makes of a stanza, within the stream that every client opens."""
    root = parse(b"<s xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" + octets + b"</s>")
    (element,) = root.elements
    return Stanza(element)


def accepts(octets: bytes) -> bool:
    """Whether the pattern accepts the octets, after expat was found to agree about what they are."""
    found = read(octets, 0, 262_144)
    if found is None:
        return False
    stanza, end = found
    assert stanza.element == expected(octets[:end]).element
    if stanza.element.namespace == "jabber:client":
        again = parse(b"<s xmlns='jabber:client'>" + stanza.content() + b"</s>")
        assert again.children == stanza.element.children
    return True


@pytest.mark.parametrize("octets", COMMON)
def test_the_common_stanza_needs_no_parser(octets: bytes) -> None:
    assert accepts(octets)


@pytest.mark.parametrize("octets", LEFT_TO_A_PARSER)
def test_anything_else_is_left_to_one(octets: bytes) -> None:
    assert not accepts(octets)


def test_a_stanza_is_found_where_it_begins_and_ends() -> None:
    octets = b"".join(COMMON)
    start = len(COMMON[0])
    found = read(octets, start, 1000)
    assert found == (read(COMMON[1], 0, 1000)[0], start + len(COMMON[1]))  # type: ignore[index] # it is accepted above
    assert read(octets, start, len(COMMON[1]) - 1) is None
    assert read(octets, start, len(COMMON[1])) is not None
    assert read(COMMON[0][:-1], 0, 1000) is None


PIECES = [
    *b"<>&'\"/= :;-!?[]\t\r\n\x00\x01\x1f\x7f\x80\xa0\xbe\xbf\xc0\xc2\xe2\xed\xef\xf4\xffabtxyz019".__iter__(),
]
WORDS = [
    b"&amp;", b"&lt;", b"&quot;", b"&#60;", b"&#x0;", b"&lol;", b"&", b"]]>", b"<![CDATA[", b"-->", b"<!--", b"<?x?>",
    b"<a/>", b"<a>", b"</a>", b"</body>", b"<body>", b"</message>", b"<message>", b"/>", b" />", b" x='1'", b' x="1"',
    b" xmlns='urn:x'", b" xmlns=''", b" xmlns:p='urn:p'", b" xml:lang='de'", b" xml:space='x'", b" p:x='1'", b"<p:a/>",
    b" xmlns='http://www.w3.org/XML/1998/namespace'", b" xmlns='http://www.w3.org/2000/xmlns/'", b" to='x'", b" type=\"y\"",
    "é".encode(), "世".encode(), "🎉".encode(), b"\xef\xbf\xbd", b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xc2\x85", b"\xe2\x80\xa8", b"\xf0\x9f\xbf\xbe", b"\xef\xbb\xbf",
]  # fmt: skip


def mutated(seed: random.Random) -> bytes:
    octets = bytearray(seed.choice(COMMON))
    for _ in range(seed.randint(1, 2)):
        at = seed.randrange(len(octets) + 1)
        kind = seed.randrange(6)
        if kind == 0:
            octets[at : at + 1] = bytes([seed.choice(PIECES)])
        elif kind == 1:
            octets[at:at] = bytes([seed.choice(PIECES)])
        elif kind == 2:
            octets[at:at] = seed.choice(WORDS)
        elif kind == 3:
            del octets[at : at + seed.randint(1, 8)]
        elif kind == 4:
            other = seed.choice(COMMON)
            piece = seed.randrange(len(other))
            octets[at:at] = other[piece : piece + seed.randint(1, 40)]
        else:  # between two tags, where a word most often stays well-formed
            places = [index for index, octet in enumerate(octets) if octet in b"<> "]
            at = seed.choice(places or [0])
            octets[at:at] = seed.choice(WORDS)
    return bytes(octets)


def test_nothing_that_is_accepted_is_refused_or_read_differently_by_expat() -> None:
    seed = random.Random(20261122)
    accepted = sum(accepts(mutated(seed)) for _ in range(40_000))
    assert accepted > 3_000  # or the mutations prove nothing


@settings(max_examples=500)
@given(st.sampled_from(COMMON), st.integers(0, 400), st.binary(max_size=6), st.integers(0, 4))
def test_no_octets_anywhere_make_the_two_differ(octets: bytes, at: int, inserted: bytes, cut: int) -> None:
    at %= len(octets)
    accepts(octets[:at] + inserted + octets[at + cut :])


@given(st.text(max_size=30))
def test_no_text_makes_the_two_differ(text: str) -> None:
    octets = text.encode("utf-8", "surrogatepass")
    accepts(b"<message to='" + octets + b"'><body>a</body></message>")
    accepts(b"<message to='a@b'><body>" + octets + b"</body></message>")
    accepts(b"<message to='a@b'><x xmlns='u' y='" + octets + b"'>" + octets + b"</x></message>")


def test_what_expat_refuses_is_refused_here_for_every_octet_in_every_place() -> None:
    for octets in COMMON[:4]:
        for at in range(len(octets)):
            for octet in b"<>&'\" /=\x00\r\t\xff":
                changed = octets[:at] + bytes([octet]) + octets[at + 1 :]
                try:
                    expected(changed)
                except (XmlError, ValueError):
                    assert read(changed, 0, 1000) is None
