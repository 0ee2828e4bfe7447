"""Which IP addresses are somebody on the Internet, and which lead back into a private network or this machine.

Whoever lets strangers name an address to connect to asks this first: relays and fetchers of links.
"""

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 §2.5.5.1, deprecated
_TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")  # RFC 2765 §2.1
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")  # RFC 3879
_MORE_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # RFC 6890
            "100.64.0.0/10",  # RFC 6598, shared address space
            "192.0.0.0/24",  # RFC 6890
            "192.88.99.0/24",  # RFC 7526, 6to4 relays
            "198.18.0.0/15",  # RFC 2544
        ),
    )
)


def is_public(address: IPAddress) -> bool:
    """Whether packets to an address go to one host on the Internet. An IPv6 address that carries an IPv4 address (mapped,
    6to4, Teredo, NAT64) is as public as the one that it carries, as a gateway may lead there."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = _carried(address)
        return all(is_public(inner) for inner in carried) if carried else _is_public_v6(address)
    return address.is_global and not address.is_multicast and not any(address in network for network in _MORE_V4)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and address not in _SITE_LOCAL
        and address.scope_id is None
    )


def _carried(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses inside an IPv6 address."""
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if any(address in network for network in (*_NAT64, _TRANSLATED)):
        return [ipaddress.IPv4Address(address.packed[-4:])]
    if address in _COMPATIBLE and int(address) > 1:
        return [ipaddress.IPv4Address(address.packed[-4:])]
    return []
