"""The relay for calls, asked for by XMPP (XEP-0215)."""

import pytest
from tests.protocols.xmpp.talker import House, error

from dragoman.features.call_relays import RelayPoint

NAMESPACE = "urn:xmpp:extdisco:2"
RELAY = RelayPoint(b"secret", 3478, 5349, host="turn.example.org")


def ask(payload: str) -> str:
    return f"<iq type='get' id='e' to='example.org'>{payload}</iq>"


async def test_the_relay_is_told_with_credentials_that_expire() -> None:
    alice = await House(relay=RELAY).talker("alice")
    answer = await alice.one(ask(f"<services xmlns='{NAMESPACE}'/>"))
    services = answer.child("services", NAMESPACE)
    assert services is not None
    stun, turn, tcp, tls = services.elements
    assert stun.attributes == {"type": "stun", "transport": "udp", "host": "turn.example.org", "port": "3478"}
    assert (turn.get("type"), turn.get("transport"), turn.get("restricted")) == ("turn", "udp", "1")
    assert turn.get("username").endswith(":alice@example.org")
    assert turn.get("password")
    assert turn.get("expires").endswith("Z")
    assert (tcp.get("transport"), tls.get("type"), tls.get("port")) == ("tcp", "turns", "5349")


async def test_one_type_can_be_asked_for() -> None:
    alice = await House(relay=RELAY).talker("alice")
    answer = await alice.one(ask(f"<services xmlns='{NAMESPACE}' type='turns'/>"))
    services = answer.child("services", NAMESPACE)
    assert services is not None
    assert services.get("type") == "turns"
    assert [each.get("port") for each in services.elements] == ["5349"]


async def test_credentials_are_given_for_a_service_that_is_named() -> None:
    alice = await House(relay=RELAY).talker("alice")
    service = "<service host='turn.example.org' type='turn' transport='tcp'/>"
    answer = await alice.one(ask(f"<credentials xmlns='{NAMESPACE}'>{service}</credentials>"))
    credentials = answer.child("credentials", NAMESPACE)
    assert credentials is not None
    (found,) = credentials.elements
    assert found.get("password")


@pytest.mark.parametrize(
    ("payload", "condition"),
    [
        ("", "bad-request"),
        ("<service host='turn.example.org'/>", "bad-request"),
        ("<service host='elsewhere.example' type='turn'/>", "item-not-found"),
    ],
)
async def test_what_is_not_there_is_refused(payload: str, condition: str) -> None:
    alice = await House(relay=RELAY).talker("alice")
    answer = await alice.one(ask(f"<credentials xmlns='{NAMESPACE}'>{payload}</credentials>"))
    assert error(answer)[1] == condition


async def test_a_server_without_a_relay_does_not_know_the_question() -> None:
    alice = await House().talker("alice")
    assert error(await alice.one(ask(f"<services xmlns='{NAMESPACE}'/>"))) == ("cancel", "service-unavailable")
    info = await alice.one(ask("<query xmlns='http://jabber.org/protocol/disco#info'/>"))
    assert NAMESPACE not in str(info)
