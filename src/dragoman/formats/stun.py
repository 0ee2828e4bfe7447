"""STUN messages (RFC 8489 §5, §14): bytes to values and back. TURN (RFC 8656) and ICE (RFC 8445) speak with them.

Attributes keep their order and their raw values; the functions below read and write the values that this project uses.
"""

import hashlib
import hmac
import ipaddress
import zlib
from enum import IntEnum
from struct import Struct as Layout
from typing import Final

from msgspec import Struct

MAGIC: Final = 0x2112A442
HEADER_OCTETS: Final = 20
TRANSACTION_OCTETS: Final = 12

_HEADER = Layout("!HHI12s")
_ATTRIBUTE = Layout("!HH")
_ADDRESS = Layout("!xBH")
_FINGERPRINT_MASK = 0x5354554E
_INTEGRITY_OCTETS = 20
_FAMILIES = {1: 4, 2: 16}  # the family's number: octets of an address

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Endpoint = tuple[str, int]
"""An IP address as text, and a port."""


class Kind(IntEnum):
    """The class of a message (RFC 8489 §5)."""

    REQUEST = 0
    INDICATION = 1
    SUCCESS = 2
    ERROR = 3


class Method(IntEnum):
    """What is asked (RFC 8489 §18.1, RFC 8656 §17)."""

    BINDING = 0x001
    ALLOCATE = 0x003
    REFRESH = 0x004
    SEND = 0x006
    DATA = 0x007
    CREATE_PERMISSION = 0x008
    CHANNEL_BIND = 0x009


class Attribute(IntEnum):
    """Attributes that this project knows; those below 0x8000 have to be understood (RFC 8489 §14)."""

    MAPPED_ADDRESS = 0x0001
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    UNKNOWN_ATTRIBUTES = 0x000A
    CHANNEL_NUMBER = 0x000C
    LIFETIME = 0x000D
    XOR_PEER_ADDRESS = 0x0012
    DATA = 0x0013
    REALM = 0x0014
    NONCE = 0x0015
    XOR_RELAYED_ADDRESS = 0x0016
    REQUESTED_ADDRESS_FAMILY = 0x0017
    EVEN_PORT = 0x0018
    REQUESTED_TRANSPORT = 0x0019
    DONT_FRAGMENT = 0x001A
    XOR_MAPPED_ADDRESS = 0x0020
    RESERVATION_TOKEN = 0x0022
    SOFTWARE = 0x8022
    FINGERPRINT = 0x8028


class Malformed(ValueError):
    """These octets are no STUN message, or one of its values is not what its type says."""


class Message(Struct, frozen=True):
    """One message. ``covered`` is how many of its octets stand before MESSAGE-INTEGRITY, None where it has none; what comes
    behind MESSAGE-INTEGRITY is not in ``attributes``, since nobody vouches for it (RFC 8489 §14.5)."""

    method: int
    kind: Kind
    transaction: bytes
    attributes: tuple[tuple[int, bytes], ...] = ()
    covered: int | None = None

    def get(self, attribute: Attribute) -> bytes | None:
        """The first value of a type: later ones are to be ignored (RFC 8489 §14)."""
        return next((value for type, value in self.attributes if type == attribute), None)

    def all(self, attribute: Attribute) -> list[bytes]:
        """All values of a type, in order."""
        return [value for type, value in self.attributes if type == attribute]

    def not_understood(self) -> tuple[int, ...]:
        """Types that had to be understood and are not."""
        known = frozenset(Attribute)
        return tuple(dict.fromkeys(type for type, _ in self.attributes if type < 0x8000 and type not in known))


def looks_like(data: bytes) -> bool:
    """Whether octets begin as a STUN message does, and not as ChannelData, DTLS or RTP (RFC 7983)."""
    return len(data) >= HEADER_OCTETS and data[0] < 4 and data[4:8] == b"\x21\x12\xa4\x42"


def parse(data: bytes) -> Message:
    """The message of a whole datagram or frame. ``Malformed``: wrong lengths, magic, padding or fingerprint."""
    if not looks_like(data):
        raise Malformed("no STUN header")
    type, length, _, transaction = _HEADER.unpack_from(data)
    if length % 4 or length != len(data) - HEADER_OCTETS:
        raise Malformed("the length in the header is wrong")
    attributes: list[tuple[int, bytes]] = []
    covered, at = None, HEADER_OCTETS
    while at < len(data):
        name, size = _ATTRIBUTE.unpack_from(data, at)
        value = data[at + 4 : at + 4 + size]
        if len(value) != size:
            raise Malformed("an attribute ends behind the message")
        if name == Attribute.FINGERPRINT:
            _check_fingerprint(data, at, value)
        elif name == Attribute.MESSAGE_INTEGRITY and covered is None:
            covered = at
            attributes.append((name, value))
        elif covered is None:
            attributes.append((name, value))
        at += 4 + size + -size % 4
    method = type & 0x000F | (type & 0x00E0) >> 1 | (type & 0x3E00) >> 2
    kind = Kind((type & 0x0010) >> 4 | (type & 0x0100) >> 7)
    return Message(method, kind, transaction, tuple(attributes), covered)


def serialise(message: Message, *, key: bytes | None = None, fingerprint: bool = False) -> bytes:
    """The octets of a message; with a ``key`` it ends in MESSAGE-INTEGRITY, with ``fingerprint`` in FINGERPRINT."""
    body = b"".join(_attribute(type, value) for type, value in message.attributes)
    if key is not None:
        covered = _header(message, len(body) + 4 + _INTEGRITY_OCTETS) + body
        body += _attribute(Attribute.MESSAGE_INTEGRITY, hmac.digest(key, covered, hashlib.sha1))
    if fingerprint:
        checked = zlib.crc32(_header(message, len(body) + 8) + body) ^ _FINGERPRINT_MASK
        body += _attribute(Attribute.FINGERPRINT, checked.to_bytes(4, "big"))
    return _header(message, len(body)) + body


def is_signed(data: bytes, message: Message, key: bytes) -> bool:
    """Whether MESSAGE-INTEGRITY was made with ``key`` (RFC 8489 §14.5); ``data`` is what ``message`` was parsed from."""
    at, found = message.covered, message.get(Attribute.MESSAGE_INTEGRITY)
    if at is None or found is None:
        return False
    length = at + 4 + _INTEGRITY_OCTETS - HEADER_OCTETS
    made = hmac.digest(key, data[:2] + length.to_bytes(2, "big") + data[4:at], hashlib.sha1)
    return hmac.compare_digest(made, found)


def xor_address(endpoint: Endpoint, transaction: bytes) -> bytes:
    """The value of an XOR-...-ADDRESS attribute (RFC 8489 §14.2)."""
    address, port = ipaddress.ip_address(endpoint[0]), endpoint[1]
    packed = address.packed
    family = 1 if len(packed) == 4 else 2
    return _ADDRESS.pack(family, port ^ MAGIC >> 16) + _masked(packed, transaction)


def read_xor_address(value: bytes, transaction: bytes) -> Endpoint:
    """The address and port in an XOR-...-ADDRESS attribute."""
    if len(value) < 8 or len(value) != 4 + _FAMILIES.get(value[1], -1):
        raise Malformed("no address")
    _, port = _ADDRESS.unpack_from(value)
    return str(ipaddress.ip_address(_masked(value[4:], transaction))), port ^ MAGIC >> 16


def error_code(code: int, reason: str) -> bytes:
    """The value of ERROR-CODE (RFC 8489 §14.8)."""
    return bytes((0, 0, code // 100, code % 100)) + reason.encode()


def read_error_code(value: bytes) -> tuple[int, str]:
    """The number and the reason in an ERROR-CODE."""
    if len(value) < 4 or not 3 <= value[2] & 7 <= 6 or value[3] > 99:
        raise Malformed("no error code")
    return (value[2] & 7) * 100 + value[3], value[4:].decode("utf-8", "replace")


def _header(message: Message, length: int) -> bytes:
    method, kind = message.method, message.kind
    type = (method & 0x000F) | (method & 0x0070) << 1 | (method & 0x0F80) << 2 | (kind & 1) << 4 | (kind & 2) << 7
    return _HEADER.pack(type, length, MAGIC, message.transaction)


def _attribute(type: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(type, len(value)) + value + bytes(-len(value) % 4)


def _masked(packed: bytes, transaction: bytes) -> bytes:
    mask = MAGIC.to_bytes(4, "big") + transaction
    return bytes(octet ^ other for octet, other in zip(packed, mask, strict=False))


def _check_fingerprint(data: bytes, at: int, value: bytes) -> None:
    if at + 8 != len(data) or len(value) != 4:
        raise Malformed("FINGERPRINT is not the last attribute")
    if int.from_bytes(value, "big") != zlib.crc32(data[:at]) ^ _FINGERPRINT_MASK:
        raise Malformed("FINGERPRINT does not fit")
