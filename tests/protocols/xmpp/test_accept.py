"""From the first header to a session, and what ends a stream (RFC 6120 §4 to §7)."""

import base64

import pytest
from tests.protocols.xmpp.talker import HEADER, House, Talker, error, text

from dragoman.core.address import Address
from dragoman.core.endpoint import Channel
from dragoman.core.errors import Condition
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.settings import Settings

SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
TLS = "urn:ietf:params:xml:ns:xmpp-tls"
OPEN_WAY = Channel("192.0.2.1", upgradable=True)


def stream_error(element: Element) -> str:
    assert (element.name, element.namespace) == ("error", "http://etherx.jabber.org/streams")
    return next(element.elements).name


def plain(name: str, password: str = "secret") -> str:
    words = base64.b64encode(f"\x00{name}\x00{password}".encode()).decode()
    return f"<auth xmlns='{SASL}' mechanism='PLAIN'>{words}</auth>"


async def test_every_stream_has_a_header_with_an_id_of_its_own() -> None:
    talker = Talker(House().front)
    await talker.send(HEADER)
    first = talker.raw().decode()
    assert first.startswith("<?xml version='1.0'?><stream:stream from='example.org' id='")
    await talker.send(plain("alice"), HEADER)
    second = talker.raw().decode()
    assert first.partition(" id='")[2][:16] != second.partition(" id='")[2][:16]
    assert "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>" in second
    assert "mechanism" not in second


async def test_the_new_stream_after_a_login_may_come_in_the_same_octets() -> None:
    house = House()
    await house.world.account("alice")
    talker = Talker(house.front)
    bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
    await talker.send(HEADER + plain("alice") + HEADER.removeprefix("<?xml version='1.0'?>") + bind)
    assert talker.heard()[-1].get("type") == "result"


async def test_nothing_is_offered_in_the_clear_but_tls() -> None:
    talker = Talker(House().front, OPEN_WAY)
    (features,) = await talker.ask(HEADER)
    assert text(features).startswith("<features xmlns='http://etherx.jabber.org/streams'><starttls")
    assert features.child("starttls", TLS).child("required") is not None
    assert features.child("mechanisms", SASL) is None
    failed = await talker.one(plain("alice"))
    assert [child.name for child in failed.elements] == ["encryption-required"]


async def test_what_was_pipelined_behind_starttls_is_thrown_away() -> None:
    talker = Talker(House().front, OPEN_WAY)
    await talker.send(HEADER)
    injected = "<iq type='get' id='injected'><query xmlns='jabber:iq:roster'/></iq>"
    assert (await talker.one(f"<starttls xmlns='{TLS}'/>{injected}")).name == "proceed"
    assert talker.wire.securing
    talker.wire.channel = Channel("192.0.2.1", secure=True, bindings={"tls-exporter": b"x"})
    talker.caller.secured(talker.wire.channel)
    (features,) = await talker.ask(HEADER)
    assert features.child("starttls", TLS) is None
    assert [each.text for each in features.child("mechanisms", SASL).elements] == ["WAIT", "PLAIN"]
    binding = features.child("sasl-channel-binding", "urn:xmpp:sasl-cb:0")
    assert [each.get("type") for each in binding.elements] == ["tls-exporter"]


async def test_starttls_is_refused_where_it_was_not_offered() -> None:
    talker = Talker(House().front)
    await talker.send(HEADER)
    assert stream_error(await talker.one(f"<starttls xmlns='{TLS}'/>")) == "unsupported-stanza-type"
    assert not talker.wire.securing


async def test_a_session_belongs_to_whom_the_login_proved() -> None:
    house = House()
    await house.world.account("alice")
    talker = Talker(house.front)
    await talker.send(HEADER.replace(" xml:lang", " from='bob@example.org' xml:lang"), plain("alice"), HEADER)
    bind = "<iq type='set' id='b' from='bob@example.org'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
    (bound,) = await talker.ask(bind)
    address = Address.parse(bound.child("bind", "urn:ietf:params:xml:ns:xmpp-bind").child_text("jid"))
    assert address.bare == Address("alice", "example.org")
    assert address.resource
    await talker.send("<presence from='bob@example.org/x'/>")
    assert stream_error(talker.heard()[-1]) == "invalid-from"


async def test_a_login_may_begin_without_words_and_be_aborted() -> None:
    talker = Talker(House().front)
    await talker.send(HEADER)
    assert (
        text(await talker.one(f"<auth xmlns='{SASL}' mechanism='WAIT'/>")) == f"<challenge xmlns='{SASL}'>=</challenge>"
    )
    assert text(await talker.one(f"<abort xmlns='{SASL}'/>")) == f"<failure xmlns='{SASL}'><aborted/></failure>"
    await talker.send(f"<auth xmlns='{SASL}' mechanism='WAIT'/>")
    words = base64.b64encode(b"\x00alice\x00secret").decode()
    assert (await talker.one(f"<response xmlns='{SASL}'>{words}</response>")).name == "success"


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        (plain("alice", "wrong"), "not-authorized"),
        (f"<auth xmlns='{SASL}' mechanism='PLAIN'>not base64!</auth>", "incorrect-encoding"),
        (f"<auth xmlns='{SASL}' mechanism='PLAIN'>====</auth>", "incorrect-encoding"),
        (f"<auth xmlns='{SASL}' mechanism='X-NONE'/>", "invalid-mechanism"),
        (f"<auth xmlns='{SASL}'/>", "invalid-mechanism"),
        (f"<response xmlns='{SASL}'>AAAA</response>", "malformed-request"),
        (f"<success xmlns='{SASL}'/>", "malformed-request"),
    ],
)
async def test_a_login_that_fails_says_why_and_may_be_tried_again(words: str, condition: str) -> None:
    talker = Talker(House().front)
    await talker.send(HEADER)
    failure = await talker.one(words)
    assert (failure.name, failure.namespace, [child.name for child in failure.elements]) == (
        "failure",
        SASL,
        [condition],
    )
    assert (await talker.one(plain("alice"))).name == "success"


async def test_five_failures_end_the_stream() -> None:
    talker = Talker(House().front)
    await talker.send(HEADER)
    for _ in range(4):
        await talker.send(plain("alice", "wrong"))
    assert not talker.wire.closed
    failure, broken = await talker.ask(plain("alice", "wrong"))
    assert (failure.name, stream_error(broken)) == ("failure", "policy-violation")
    assert talker.wire.closed


@pytest.mark.parametrize(
    ("octets", "condition"),
    [
        ("GET / HTTP/1.1\r\n\r\n", "not-well-formed"),
        ("\x00\x01\x02", "not-well-formed"),
        (HEADER.replace("example.org", "example.net"), "host-unknown"),
        (HEADER.replace("to='example.org'", "to='@'"), "host-unknown"),
        (HEADER.replace(" version='1.0' xml", " xml"), "unsupported-version"),
        (HEADER.replace("xmlns='jabber:client'", "xmlns='jabber:server'"), "invalid-namespace"),
        (HEADER.replace("http://etherx.jabber.org/streams", "urn:other"), "invalid-namespace"),
        (HEADER + "<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>", "not-authorized"),
        (HEADER + "<message to='bob@example.org'><body>x</body></message>", "not-authorized"),
        (HEADER + "<presence/>", "not-authorized"),
        (HEADER + "<anything xmlns='urn:x'/>", "unsupported-stanza-type"),
        (HEADER + plain("alice") + HEADER + "<presence/>", "not-authorized"),
        (HEADER + "<a>" * 33, "policy-violation"),
        (HEADER + "<a b='" + "x" * 9_000, "policy-violation"),
        (HEADER + "<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>", "restricted-xml"),
        (HEADER + "<x>&y;</x>", "not-well-formed"),
    ],
)
async def test_bad_input_before_a_session_gets_the_specified_error_and_a_close(
    octets: str, condition: str | None
) -> None:
    house = House()
    await house.world.account("alice")
    for pieces in ([octets], list(octets)):
        talker = Talker(house.front)
        await talker.send(*pieces)
        written = talker.raw().decode()
        assert written.startswith("<?xml version='1.0'?><stream:stream ")
        assert written.endswith("</stream:stream>")
        assert talker.wire.closed
        assert f"<stream:error><{condition} " in written
        assert len(house.services.registry) == 0


async def test_a_stanza_that_is_too_big_says_so() -> None:
    house = House()
    talker = await house.talker("alice")
    broken = await talker.one("<message><body>" + "x" * 300_000)
    assert [child.name for child in broken.elements] == ["policy-violation", "stanza-too-big"]
    await house.lose(talker)
    assert len(house.services.registry) == 0


@pytest.mark.parametrize(
    ("octets", "condition"),
    [
        (b"<message to='a@b'><body>\xff</body></message>", "not-well-formed"),
        (b"<message to='a@b'><body>\x00</body></message>", "not-well-formed"),
        (b"<message to='a@b'><body>&lol9;</body></message>", "not-well-formed"),
        (b"<message to='a@b'><!-- x --></message>", "restricted-xml"),
        (b"<message to='a@b'><?x y?></message>", "restricted-xml"),
        (b"<message to='a@b'><p:x/></message>", "bad-namespace-prefix"),
        (b"<a>" * 200_000, "policy-violation"),
        (b"<unknown/>", "unsupported-stanza-type"),
        (b"<x xmlns='urn:x'/>", "unsupported-stanza-type"),
        (b"<a xmlns='urn:xmpp:sm:3' h='1'/>", "unsupported-stanza-type"),
        (b"<r xmlns='urn:xmpp:sm:3'/>", "unsupported-stanza-type"),
        (b"text", "bad-format"),
        (b"<presence from='bob@example.org'/>", "invalid-from"),
        (b"<presence from='@'/>", "invalid-from"),
    ],
)
async def test_bad_input_in_a_session_ends_only_that_session(octets: bytes, condition: str) -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(octets)
    assert stream_error(alice.heard()[-1]) == condition
    assert alice.wire.closed
    await house.lose(alice)
    assert [str(session.address) for session in house.services.registry] == ["bob@example.org/here"]
    assert (await bob.one("<iq type='get' id='1' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>")).get(
        "type"
    ) == "result"


async def test_a_million_octets_one_by_one_cost_one_stanza() -> None:
    house = House()
    talker = await house.talker("alice")
    octets = b"<message to='bob@example.org'><body>" + b"x" * 1_000_000
    sent = 0
    for index in range(len(octets)):
        await talker.receive(octets[index : index + 1])
        sent = index
        if talker.wire.closed:
            break
    assert sent == 262_144
    assert stream_error(talker.heard()[-1]) == "policy-violation"


async def test_a_client_closes_its_stream() -> None:
    house = House()
    talker = await house.talker("alice")
    await talker.send("</stream:stream>")
    assert talker.raw().endswith(b"</stream:stream>")
    assert talker.wire.closed
    assert len(house.services.registry) == 0


async def test_a_resource_that_is_taken_goes_to_the_newer_client() -> None:
    house = House()
    older = await house.talker("alice", "phone")
    newer = Talker(house.front)
    await newer.login("alice", "phone")
    assert stream_error(older.heard()[-1]) == "conflict"
    assert older.wire.closed
    await house.lose(older)
    assert [session.address for session in house.services.registry] == [newer.address]
    pong = await newer.one("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>")
    assert pong.get("type") == "result"


async def test_a_resource_that_cannot_be_is_refused_and_another_may_be_tried() -> None:
    house = House()
    await house.world.account("alice")
    talker = Talker(house.front)
    await talker.send(HEADER, plain("alice"), HEADER)
    bind = "<iq type='set' id='b{}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{}</resource></bind></iq>"
    assert error(await talker.one(bind.format(1, "&#x200e;\u00ad"))) == ("modify", "jid-malformed")
    assert error(await talker.one(bind.format(2, "x" * 1024))) == ("modify", "jid-malformed")
    assert (await talker.one(bind.format(3, "ok"))).get("type") == "result"


async def test_the_network_and_the_end_of_the_server_are_told_in_xmpps_words() -> None:
    house = House()
    alice, bob, stranger = await house.talker("alice"), await house.talker("bob"), Talker(house.front)
    alice.caller.drain("the server is stopping")
    assert stream_error(alice.heard()[-1]) == "system-shutdown"
    bob.caller.failed(Condition.INTERNAL_SERVER_ERROR, "")
    assert stream_error(bob.heard()[-1]) == "internal-server-error"
    stranger.caller.failed(Condition.POLICY_VIOLATION, "too slow")
    assert stranger.raw().startswith(b"<?xml version='1.0'?><stream:stream from='example.org'")
    assert all(talker.wire.closed for talker in (alice, bob, stranger))


async def test_tls_may_be_left_to_the_client_by_the_owner() -> None:
    talker = Talker(House(settings=Settings(tls_required=False)).front, OPEN_WAY)
    (features,) = await talker.ask(HEADER)
    assert features.child("starttls", TLS).child("required") is None
    assert features.child("mechanisms", SASL) is not None


async def test_the_old_session_request_is_answered() -> None:
    talker = await House().talker("alice")
    asked = "<iq type='set' id='s'{}><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>"
    assert (await talker.one(asked.format(""))).get("type") == "result"
    assert (await talker.one(asked.format(" to='example.org'"))).get("type") == "result"
