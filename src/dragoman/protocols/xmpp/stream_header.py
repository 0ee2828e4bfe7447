"""The header of a stream, which no XML document would call whole (RFC 6120 §4.7)."""

import re
from functools import lru_cache

from dragoman.core.errors import ProtocolError
from dragoman.formats.possessive import GROUP
from dragoman.formats.xml import Element
from dragoman.formats.xml_limits import Limits
from dragoman.formats.xml_parser import parse
from dragoman.protocols.xmpp.namespaces import CLIENT, STREAM

_HEADER = re.compile(
    rb"(?:<\?xml[ \t\r\n][^<>]*\?>)?[ \t\r\n]*+<([^ \t\r\n<>/'\"!?=]++)"
    rb"((?:[^<>'\"]++|'[^'<]*+'|\"[^\"<]*+\")*%b)>" % GROUP.encode()
)
_PAIR = re.compile(rb"([^ \t\r\n=]++)[ \t\r\n]*=[ \t\r\n]*(?:'([^']*)'|\"([^\"]*)\")")
#: What nearly every client declares; one for all of them.
USUAL = f" xmlns='{CLIENT}' xmlns:stream='{STREAM}'".encode()


class Header:
    """``name`` is the root's as it was written, ``declarations`` its namespaces as attributes, ``end`` where it ends."""

    __slots__ = ("declarations", "end", "name", "root")

    def __init__(self, root: Element, name: bytes, declarations: bytes, end: int) -> None:
        self.root = root
        self.name = name
        self.declarations = declarations
        self.end = end


def read_header(data: bytes, limits: Limits) -> Header | None:
    """The header at the beginning of ``data``, None where more octets are needed.

    ``ProtocolError`` where it can be none, ``XmlError`` where it is not well-formed.
    """
    match = _HEADER.match(data)
    if (match.end() if match is not None else len(data)) > limits.octets:
        raise ProtocolError("policy-violation", "stanza-too-big")
    if match is None:
        if b"<!" in data:
            raise ProtocolError("restricted-xml")
        if not data.startswith(b"<") or data.count(b"<") > 1 + data.startswith(b"<?"):
            raise ProtocolError("not-well-formed")
        return None
    return _read(match[0], match[1], match[2], limits)


@lru_cache(maxsize=64)
def _read(header: bytes, name: bytes, attributes: bytes, limits: Limits) -> Header:
    """One header for all who open their streams with the same octets, as the clients of one kind do."""
    root = parse(header + b"</" + name + b">", limits)
    return Header(root, name, _declarations(attributes), len(header))


def _declarations(attributes: bytes) -> bytes:
    """The header's namespace declarations, which hold for every stanza in the stream (RFC 6120 §4.8.5)."""
    found = {name: single or double for name, single, double in _PAIR.findall(attributes) if name.startswith(b"xmlns")}
    # RFC 6120 §4.8.3: the content namespace is the default one, and this is how clients are told from servers.
    if found.get(b"xmlns") != CLIENT.encode():
        raise ProtocolError("invalid-namespace", f"the default namespace has to be {CLIENT}")
    written = b"".join(b" %b='%b'" % (name, found[name].replace(b"'", b"&apos;")) for name in sorted(found))
    return USUAL if written == USUAL else written
