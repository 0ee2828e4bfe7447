"""STUN's codec, against the vectors of RFC 5769 and against itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.formats import stun
from dragoman.formats.stun import Attribute, Kind, Malformed, Message

# RFC 5769 §2.1: a request with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY, FINGERPRINT.
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)
# RFC 5769 §2.2 and §2.3: its answers over IPv4 and IPv6.
ANSWER = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
ANSWER_V6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
)
PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"


def test_the_request_of_rfc_5769_is_read_and_its_signature_holds() -> None:
    message = stun.parse(REQUEST)
    assert (message.method, message.kind) == (stun.Method.BINDING, Kind.REQUEST)
    assert message.get(Attribute.USERNAME) == b"evtj:h6vY"
    assert stun.is_signed(REQUEST, message, PASSWORD)
    assert not stun.is_signed(REQUEST, message, b"another password")
    assert message.not_understood() == (0x0024,)  # PRIORITY is ICE's, and has to be understood


@pytest.mark.parametrize(
    ("octets", "address"), [(ANSWER, "192.0.2.1"), (ANSWER_V6, "2001:db8:1234:5678:11:2233:4455:6677")]
)
def test_the_answers_of_rfc_5769_tell_the_address(octets: bytes, address: str) -> None:
    message = stun.parse(octets)
    assert message.kind == Kind.SUCCESS
    assert stun.is_signed(octets, message, PASSWORD)
    value = message.get(Attribute.XOR_MAPPED_ADDRESS)
    assert value is not None
    assert stun.read_xor_address(value, message.transaction) == (address, 32853)
    assert stun.xor_address((address, 32853), message.transaction) == value


def test_one_changed_octet_breaks_the_message_or_its_signature() -> None:
    for at in range(len(REQUEST) - 8):  # FINGERPRINT at the end is no part of what is signed
        changed = bytearray(REQUEST)
        changed[at] ^= 1
        try:
            message = stun.parse(bytes(changed))
        except Malformed:
            continue
        assert not stun.is_signed(bytes(changed), message, PASSWORD)


def test_what_stands_behind_the_signature_is_not_believed() -> None:
    signed = stun.serialise(Message(1, Kind.REQUEST, bytes(12), ((Attribute.USERNAME, b"a"),)), key=b"k")
    forged = Message(1, Kind.REQUEST, bytes(12), (*stun.parse(signed).attributes, (Attribute.LIFETIME, bytes(4))))
    message = stun.parse(stun.serialise(forged))
    assert message.get(Attribute.LIFETIME) is None


attributes = st.lists(
    st.tuples(
        st.integers(0, 0xFFFF).filter(lambda type: type not in {Attribute.MESSAGE_INTEGRITY, Attribute.FINGERPRINT}),
        st.binary(max_size=40),
    ),
    max_size=6,
).map(tuple)
messages = st.builds(
    Message,
    method=st.integers(0, 0xFF),  # RFC 7983 leaves the first octets above 3 to others
    kind=st.sampled_from(Kind),
    transaction=st.binary(min_size=12, max_size=12),
    attributes=attributes,
)


@given(messages, st.booleans())
def test_what_is_written_is_read_again(message: Message, fingerprint: bool) -> None:
    assert stun.parse(stun.serialise(message, fingerprint=fingerprint)) == message


@given(messages, st.binary(min_size=1, max_size=20))
def test_what_is_signed_is_signed_by_that_key_alone(message: Message, key: bytes) -> None:
    octets = stun.serialise(message, key=key, fingerprint=True)
    read = stun.parse(octets)
    assert stun.is_signed(octets, read, key)
    assert not stun.is_signed(octets, read, key + b"x")


@given(st.binary(max_size=80), st.binary(max_size=60))
def test_garbage_is_malformed_and_nothing_else(garbage: bytes, body: bytes) -> None:
    for data in (garbage, b"\0\1" + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12) + body):
        try:
            message = stun.parse(data)
        except Malformed:
            continue
        for _, value in message.attributes:
            for read in (lambda value: stun.read_xor_address(value, bytes(12)), stun.read_error_code):
                try:
                    read(value)
                except Malformed:
                    pass


def test_an_error_code_is_written_and_read() -> None:
    assert stun.error_code(438, "Stale Nonce") == b"\0\0\x04\x26Stale Nonce"
    assert stun.read_error_code(b"\0\0\x04\x26Stale Nonce") == (438, "Stale Nonce")
