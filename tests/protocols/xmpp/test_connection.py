"""What may come when, without anything behind it (RFC 6120 §4 to §7)."""

import pytest

from dragoman.core.authenticator import AuthenticationFailed
from dragoman.core.errors import ProtocolError
from dragoman.protocols.xmpp.connection import Connection, Stage
from dragoman.protocols.xmpp.requests import (
    AuthAborted,
    AuthAsked,
    BindAsked,
    Ended,
    Greeting,
    Responded,
    ResumeAsked,
    TlsAsked,
)
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.wire import AFTER_LOGIN, BEFORE_LOGIN

HEADER = (
    b"<stream:stream from='alice@example.org' to='example.org' version='1.0' xml:lang='de' xmlns='jabber:client'"
    b" xmlns:stream='http://etherx.jabber.org/streams'>"
)
AUTH = b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>"
BIND = b"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>"


def asked(connection: Connection, data: bytes) -> object:
    connection.receive(data)
    return connection.next()


def at(stage: Stage) -> Connection:
    """A connection that has come so far, in the way that a client does."""
    connection = Connection()
    if stage >= Stage.SECURING:
        asked(connection, HEADER)
        connection.greeted()
    if stage is Stage.AUTHENTICATING:
        asked(connection, AUTH)
        connection.challenged()
    if stage >= Stage.REOPENING:
        asked(connection, AUTH)
        connection.authenticated()
    if stage >= Stage.BINDING:
        asked(connection, HEADER)
        connection.greeted()
    if stage >= Stage.BOUND:
        asked(connection, BIND)
        connection.bound()
    assert connection.stage is stage
    return connection


def test_a_client_goes_from_its_header_to_a_session() -> None:
    connection = Connection()
    assert asked(connection, HEADER) == Greeting("example.org", "alice@example.org", "de")
    connection.greeted()
    assert connection.framer.limits == BEFORE_LOGIN
    assert asked(connection, AUTH) == AuthAsked("PLAIN", b"\x00a\x00b")
    connection.authenticated()
    assert connection.framer.limits == AFTER_LOGIN
    assert isinstance(asked(connection, HEADER), Greeting)
    connection.greeted()
    assert asked(connection, BIND) == BindAsked("b", "r")
    connection.bound()
    assert isinstance(asked(connection, b"<presence/>"), Stanza)
    assert asked(connection, b"</stream:stream>") == Ended()


def test_tls_begins_the_stream_anew_and_forgets_what_came_before() -> None:
    connection = at(Stage.SECURING)
    assert asked(connection, b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + AUTH) == TlsAsked()
    connection.secured()
    assert connection.stage is Stage.OPENING
    assert connection.next() is None
    assert isinstance(asked(connection, HEADER), Greeting)


def test_a_login_may_take_several_steps_and_may_be_given_up() -> None:
    connection = at(Stage.AUTHENTICATING)
    response = b"<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>=</response>"
    assert asked(connection, response) == Responded(b"")
    assert asked(connection, b"<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>") == AuthAborted()
    connection.refused()
    with pytest.raises(AuthenticationFailed):
        asked(connection, response)
    assert asked(connection, AUTH) == AuthAsked("PLAIN", b"\x00a\x00b")


def test_a_session_may_be_resumed_instead_of_bound() -> None:
    connection = at(Stage.BINDING)
    assert asked(connection, b"<resume xmlns='urn:xmpp:sm:3' previd='t' h='7'/>") == ResumeAsked("t", 7)
    assert asked(connection, b"<resume xmlns='urn:xmpp:sm:3'/>") == ResumeAsked("", -1)


@pytest.mark.parametrize("stage", [Stage.SECURING, Stage.AUTHENTICATING, Stage.BINDING])
@pytest.mark.parametrize(
    ("element", "condition"),
    [
        (b"<presence/>", "not-authorized"),
        (b"<message><body>x</body></message>", "not-authorized"),
        (b"<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>", "not-authorized"),
        (b"<enable xmlns='urn:xmpp:sm:3'/>", "not-authorized"),
    ],
)
def test_nothing_else_counts_before_there_is_a_session(stage: Stage, element: bytes, condition: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        asked(at(stage), element)
    assert caught.value.condition == condition


def test_a_closed_connection_hears_nothing() -> None:
    connection = at(Stage.BOUND)
    connection.receive(b"<presence/>")
    connection.close()
    assert connection.next() is None
    assert asked(connection, b"<presence/>") is None
