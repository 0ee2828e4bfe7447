"""The relay's rules (RFC 8489, RFC 8656), without a socket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.relay import ALICE, BOB, PEER, REALM, UDP, World, code

from dragoman.formats import stun
from dragoman.formats.stun import Attribute, Endpoint, Kind, Message, Method
from dragoman.media.allocation import Client


@pytest.fixture
def world() -> World:
    return World()


def test_a_binding_request_is_told_its_address_unasked_for_proof(world: World) -> None:
    answer = world.bare(Method.BINDING)
    value = answer.get(Attribute.XOR_MAPPED_ADDRESS)
    assert value is not None
    assert stun.read_xor_address(value, answer.transaction) == ALICE.address


def test_who_proves_nothing_is_given_realm_and_nonce(world: World) -> None:
    answer = world.bare(Method.ALLOCATE, UDP)
    assert code(answer) == 401
    assert answer.get(Attribute.REALM) == REALM.encode()
    assert answer.get(Attribute.NONCE)
    assert world.relays.opened == []


def test_a_nonce_is_for_one_address_and_for_an_hour(world: World) -> None:
    nonce = world.bare(Method.REFRESH).get(Attribute.NONCE) or b""
    proof = (
        (Attribute.USERNAME, b"9999999999:alice"),
        (Attribute.REALM, REALM.encode()),
        (Attribute.NONCE, nonce),
    )
    request = stun.serialise(Message(Method.ALLOCATE, Kind.REQUEST, bytes(12), (UDP, *proof)), key=b"wrong")
    assert code(stun.parse(world.say(request)[0])) == 401  # the nonce held, the signature did not
    assert code(stun.parse(world.say(request, BOB)[0])) == 438
    world.watch.at += 3601
    assert code(stun.parse(world.say(request)[0])) == 438


def test_an_allocation_lives_until_it_is_not_refreshed(world: World) -> None:
    relay = world.allocate()
    world.watch.at += 599
    assert code(world.ask(Method.REFRESH)) == 0
    world.watch.at += 599
    world.turn.expire()
    assert not relay.closed
    world.watch.at += 2
    world.turn.expire()
    assert relay.closed
    assert code(world.ask(Method.REFRESH)) == 437


@pytest.mark.parametrize(("asked", "given"), [(1, 600), (1200, 1200), (1 << 31, 3600)])
def test_a_lifetime_is_kept_between_the_usual_one_and_an_hour(world: World, asked: int, given: int) -> None:
    answer = world.ask(Method.ALLOCATE, UDP, (Attribute.LIFETIME, asked.to_bytes(4, "big")))
    assert answer.get(Attribute.LIFETIME) == given.to_bytes(4, "big")


def test_a_lifetime_of_nothing_ends_it(world: World) -> None:
    relay = world.allocate()
    assert code(world.ask(Method.REFRESH, (Attribute.LIFETIME, bytes(4)))) == 0
    assert relay.closed


def test_a_request_that_comes_twice_gets_the_same_relay_and_another_one_is_refused(world: World) -> None:
    first = world.ask(Method.ALLOCATE, UDP, transaction=b"twelve bytes")
    again = world.ask(Method.ALLOCATE, UDP, transaction=b"twelve bytes")
    assert first.get(Attribute.XOR_RELAYED_ADDRESS) == again.get(Attribute.XOR_RELAYED_ADDRESS)
    assert len(world.relays.opened) == 1
    assert code(world.ask(Method.ALLOCATE, UDP)) == 437


def test_an_allocation_is_its_owners(world: World) -> None:
    world.allocate()
    assert code(world.ask(Method.REFRESH, user="mallory")) == 441


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((), 400),
        (((Attribute.REQUESTED_TRANSPORT, b"\x06\0\0\0"),), 442),
        (((Attribute.REQUESTED_TRANSPORT, b"\x11"),), 400),
        ((UDP, (Attribute.REQUESTED_ADDRESS_FAMILY, b"\x03\0\0\0")), 440),
        ((UDP, (Attribute.DONT_FRAGMENT, b"")), 420),
        ((UDP, (Attribute.EVEN_PORT, b"\x80")), 508),
        ((UDP, (Attribute.RESERVATION_TOKEN, bytes(8))), 508),
        ((UDP, (0x7ABC, b"")), 420),
    ],
)
def test_what_cannot_be_allocated_is_refused_by_its_number(
    world: World, pairs: tuple[tuple[int, bytes], ...], expected: int
) -> None:
    assert code(world.ask(Method.ALLOCATE, *pairs)) == expected
    assert world.relays.opened == []


def test_an_even_port_and_an_address_of_six_are_given(world: World) -> None:
    world.ask(Method.ALLOCATE, UDP, (Attribute.EVEN_PORT, b"\0"))
    assert world.relays.opened[-1].address[1] % 2 == 0
    world.ask(Method.ALLOCATE, UDP, (Attribute.REQUESTED_ADDRESS_FAMILY, b"\x02\0\0\0"), client=BOB)
    assert ":" in world.relays.opened[-1].address[0]


def test_one_user_and_all_users_get_only_so_many() -> None:
    world = World(allocations_per_user=2, allocations=3)
    clients = [Client(("198.51.100.7", port), 1) for port in range(5)]
    world.allocate(clients[0])
    world.allocate(clients[1])
    assert code(world.ask(Method.ALLOCATE, UDP, client=clients[2])) == 486
    world.allocate(clients[3], user="bob")
    assert code(world.ask(Method.ALLOCATE, UDP, client=clients[4], user="carol")) == 508


def test_nothing_passes_without_a_permission_either_way(world: World) -> None:
    relay = world.allocate()
    world.indicate(b"hello", PEER)
    assert relay.sent == []
    relay.heard(b"spam", PEER)
    assert not any(data.endswith(b"spam") for data, _ in world.inbox)
    assert code(world.permit(PEER)) == 0
    world.indicate(b"hello", PEER)
    assert relay.sent == [(b"hello", PEER)]
    relay.heard(b"answer", (PEER[0], 9))  # a permission is for a host, with all its ports
    message = stun.parse(world.inbox[-1][0])
    assert (message.method, message.get(Attribute.DATA)) == (Method.DATA, b"answer")
    world.watch.at += 301
    world.indicate(b"late", PEER)
    assert len(relay.sent) == 1


def test_a_channel_saves_the_header_both_ways(world: World) -> None:
    relay = world.allocate()
    assert code(world.bind(0x4001, PEER)) == 0
    world.say(b"\x40\x01\0\x05hello\0\0\0")
    assert relay.sent == [(b"hello", PEER)]
    relay.heard(b"answer", PEER)
    assert world.inbox[-1] == (b"\x40\x01\0\x06answer", ALICE)


def test_a_stream_gets_its_frames_padded(world: World) -> None:
    stream = Client(("198.51.100.7", 4001), 9, is_stream=True)
    relay = world.allocate(stream)
    world.bind(0x4001, PEER, stream)
    relay.heard(b"answer", PEER)
    assert world.inbox[-1] == (b"\x40\x01\0\x06answer\0\0", stream)
    world.turn.lost(stream)
    assert relay.closed


def test_a_channel_and_its_peer_belong_together(world: World) -> None:
    world.allocate()
    assert code(world.bind(0x4001, PEER)) == 0
    assert code(world.bind(0x4001, PEER)) == 0
    assert code(world.bind(0x4001, (PEER[0], 1))) == 400
    assert code(world.bind(0x4002, PEER)) == 400
    assert code(world.bind(0x7FFF, (PEER[0], 1))) == 400
    world.watch.at += 599  # as long as the allocation, and its channel, nearly last
    assert code(world.ask(Method.REFRESH)) == 0
    world.watch.at += 2
    assert code(world.bind(0x4002, PEER)) == 0


@pytest.mark.parametrize(
    "peer",
    [
        ("127.0.0.1", 22),
        ("10.1.2.3", 80),
        ("169.254.169.254", 80),
        ("192.168.0.1", 443),
        ("224.0.0.1", 1),
        ("0.0.0.0", 1),
        ("93.184.215.14", 5222),  # the relay's own public address
    ],
)
def test_private_networks_and_the_machine_itself_are_out_of_reach(peer: Endpoint) -> None:
    world = World()
    world.relays.host = "203.0.113.200"
    world.allocate()
    world.relays.host = "93.184.215.14"
    assert code(world.permit(peer)) == 403
    assert code(world.bind(0x4001, peer)) == 403


def test_two_clients_of_one_relay_reach_each_other_and_no_service_beside_it(world: World) -> None:
    mine, theirs = world.allocate(), world.allocate(BOB, user="bob")
    assert code(world.permit(theirs.address)) == 0
    assert code(world.bind(0x4001, mine.address, BOB, "bob")) == 0
    world.indicate(b"hello", theirs.address)
    assert world.inbox[-1] == (b"\x40\x01\0\x05hello", BOB)
    world.indicate(b"let me in", (theirs.address[0], 22))
    assert mine.sent == []


def test_an_owner_can_open_it_to_private_networks() -> None:
    world = World(allow_private_peers=True)
    relay = world.allocate()
    assert code(world.permit(("10.1.2.3", 9))) == 0
    world.indicate(b"hello", ("10.1.2.3", 9))
    assert relay.sent == [(b"hello", ("10.1.2.3", 9))]


def test_addresses_of_another_family_are_no_peers(world: World) -> None:
    world.allocate()
    assert code(world.permit(("2606:2800:220::1", 9))) == 443


def test_one_client_has_only_so_many_peers(world: World) -> None:
    world.allocate()
    for number in range(64):
        world.watch.at += 0.1
        assert code(world.permit((f"93.184.216.{number + 1}", 9))) == 0
    assert code(world.permit(("93.184.217.1", 9))) == 508
    assert code(world.permit(("93.184.216.1", 9))) == 0


def test_nobody_carries_more_than_its_share() -> None:
    world = World(bytes_per_second=1000)
    relay = world.allocate()
    world.permit(PEER)
    for _ in range(20):
        world.indicate(bytes(100), PEER)
    assert len(relay.sent) == 10
    world.watch.at += 0.5
    for _ in range(20):
        world.indicate(bytes(100), PEER)
    assert len(relay.sent) == 15


def test_strangers_get_only_so_many_answers_since_their_address_may_be_forged(world: World) -> None:
    request = stun.serialise(Message(Method.BINDING, Kind.REQUEST, bytes(12)))
    answers = [world.say(request) for _ in range(100)]
    assert sum(map(len, answers)) == 50
    assert world.say(request, BOB)
    world.watch.at += 1
    assert world.say(request)


def test_a_method_that_nobody_knows_is_a_bad_request(world: World) -> None:
    assert code(world.ask(0x00A)) == 400


def test_a_peer_that_is_no_address_is_a_bad_request(world: World) -> None:
    world.allocate()
    assert code(world.ask(Method.CREATE_PERMISSION)) == 400
    for value in (b"", b"\0\1\0\0abc", b"\0\3\0\0abcd", bytes(20)):
        assert code(world.ask(Method.CREATE_PERMISSION, (Attribute.XOR_PEER_ADDRESS, value))) == 400
        assert code(world.ask(Method.CHANNEL_BIND, (Attribute.XOR_PEER_ADDRESS, value))) == 400


@given(st.binary(max_size=100))
def test_garbage_is_not_answered_and_breaks_nothing(garbage: bytes) -> None:
    world = World()
    relay = world.allocate()
    world.say(garbage)
    for kind in (b"\0\1", b"\0\x16", b"\0\3"):
        head = kind + (len(garbage) // 4 * 4).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12)
        world.say(head + garbage[: len(garbage) // 4 * 4])
    world.say(b"\x40\x01" + garbage)
    assert relay.sent == []
    assert list(world.turn.allocations) == [ALICE]
