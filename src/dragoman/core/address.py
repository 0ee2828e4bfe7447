"""Addresses: ``local@domain/resource`` (RFC 7622), prepared once at each border and compared only when prepared."""

from functools import lru_cache

from msgspec import Struct

from dragoman.core.errors import Condition, Refused
from dragoman.formats import precis

#: RFC 7622 §3: each part has at most 1023 octets.
MAX_PART_BYTES = 1023


class Address(Struct, frozen=True, omit_defaults=True, array_like=True, order=True, cache_hash=True):
    """One party: an account, a room (with the occupant's nickname as resource), a session, or a server.

    Make one from text with :meth:`parse`; the constructor trusts that its parts are prepared.
    """

    local: str
    domain: str
    resource: str = ""

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read and prepare an address; ``Refused(jid-malformed)`` where RFC 7622 does not allow it."""
        return _parse(text)

    @classmethod
    def of(cls, local: str, domain: str, resource: str = "") -> "Address":
        """Prepare the three parts given apart, e.g. a user name and a configured domain."""
        try:
            prepared = cls(
                precis.local(local) if local else "",
                precis.domain(domain),
                precis.resource(resource) if resource else "",
            )
        except ValueError as error:
            raise Refused(Condition.JID_MALFORMED, str(error)) from error
        if max(map(_octets, (prepared.local, prepared.domain, prepared.resource))) > MAX_PART_BYTES:
            raise Refused(Condition.JID_MALFORMED, "a part of the address is longer than 1023 octets")
        return prepared

    @property
    def bare(self) -> "Address":
        """The same without the resource."""
        return Address(self.local, self.domain) if self.resource else self

    def at(self, resource: str) -> "Address":
        """The same with another, already prepared, resource."""
        return Address(self.local, self.domain, resource)

    def __str__(self) -> str:
        return _text(self)


def _octets(part: str) -> int:
    return len(part) if part.isascii() else len(part.encode())


@lru_cache(maxsize=65536)
def _parse(text: str) -> Address:
    bare, slash, resource = text.partition("/")
    local, at, domain = bare.rpartition("@") if bare.count("@") == 1 else ("", "", bare)
    if (slash and not resource) or (at and not local) or not domain or "@" in domain:
        raise Refused(Condition.JID_MALFORMED, "an empty or doubled part in the address")
    return Address.of(local, domain, resource)


@lru_cache(maxsize=65536)
def _text(address: Address) -> str:
    text = f"{address.local}@{address.domain}" if address.local else address.domain
    return f"{text}/{address.resource}" if address.resource else text
