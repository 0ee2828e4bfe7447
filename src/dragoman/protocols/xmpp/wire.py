"""Cutting complete stanzas out of a stream of octets, and reading them (RFC 6120 §4, §11).

No parser is kept for a connection. A scanner that knows only tags, quotes and CDATA finds where a stanza ends, looking at each
octet once; what it cut is then read by :mod:`.pattern` or, whole and on its own, by expat. All limits count raw octets,
before anything else looks at them.
"""

import re
from enum import Enum
from functools import lru_cache

from dragoman.core.errors import ProtocolError
from dragoman.formats.xml import Element
from dragoman.formats.xml_limits import Limits
from dragoman.formats.xml_parser import XmlError, check_beginning, parse
from dragoman.protocols.xmpp import pattern, sasl
from dragoman.protocols.xmpp.frames import Closed, Frame, Opened
from dragoman.protocols.xmpp.namespaces import BIND
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.stream_header import USUAL, read_header

#: Until the client has logged in: enough for any login, and for nothing else.
BEFORE_LOGIN = Limits(octets=8_192, depth=32, elements=32)
#: RFC 6120 §13.12 asks for at least 10,000 octets.
AFTER_LOGIN = Limits(octets=262_144, depth=64)


class _Inside(Enum):
    """Where in an element the scanner stopped."""

    CONTENT = 0
    TAG = 1
    QUOTE = 2
    DOUBLE_QUOTE = 3
    CDATA = 4


_SPACE = re.compile(rb"[ \t\r\n]*+")
_TAG_STOPS = re.compile(rb"[<>\"']")
_QUOTES = {_Inside.QUOTE: b"'", _Inside.DOUBLE_QUOTE: b'"'}
_CDATA = b"<![CDATA["
_BINDS = BIND.encode()
_SHORT = 200  # octets: whoever fills the memory of short elements fills no more than this


class Framer:
    """Octets in, frames out, one at a time, since a frame may change how the next one is to be read."""

    __slots__ = (
        "_at",
        "_data",
        "_declarations",
        "_depth",
        "_doubt",
        "_elements",
        "_inside",
        "_name",
        "_start",
        "limits",
    )

    def __init__(self, limits: Limits = BEFORE_LOGIN) -> None:
        self.limits = limits
        self._data: bytes | bytearray = b""
        self._name = b""  # of the stream's root as it was written; empty until the header came
        self._declarations = USUAL
        self._start = 0  # where the frame begins that is being cut
        self._fresh()

    def _fresh(self) -> None:
        self._at = self._start  # how far the scanner has looked
        self._depth = self._elements = 0
        self._inside = _Inside.CONTENT
        self._doubt = 1  # octets at which an unfinished element is looked at

    def restart(self) -> None:
        """A new header follows (RFC 6120 §4.3.3); what was received behind it already is kept."""
        self._name = b""
        self._declarations = USUAL

    def discard(self) -> None:
        """Forget what was received and not yet read: it came in the clear, before TLS (RFC 6120 §5.4.3.3)."""
        self._data = b""
        self._start = 0
        self._fresh()
        self.restart()

    def feed(self, data: bytes) -> None:
        """Take more octets."""
        if not self._data:
            self._data = data
        elif isinstance(self._data, bytearray):
            self._data += data
        else:
            self._data = bytearray(self._data) + data

    def next(self) -> Frame | None:
        """The next frame, None where more octets are needed; ``ProtocolError`` with a stream condition."""
        if not self._data:
            return None
        try:
            return self._next()
        except XmlError as error:
            raise ProtocolError(error.condition, error.text) from None

    def _next(self) -> Frame | None:
        data = self._data
        if self._at == self._start:
            if data[self._start : self._start + 1] != b"<" and not self._skip_space(data):
                return None
            if not self._name:
                return self._header()
            if isinstance(data, bytes):
                read = pattern.read(data, self._start, self.limits.octets)
                if read is not None:
                    # The scanner has not begun: there is no more of it to forget.
                    self._start = self._at = read[1]
                    if read[1] == len(data):
                        self._data, self._start, self._at = b"", 0, 0
                    return read[0]
        end = self._scan()
        if end is None:
            self._wait()
            return None
        raw = bytes(self._data[self._start : end])
        self._check_length(len(raw))
        self._consume(end)
        if raw.startswith(b"</"):
            return self._closed(raw)
        whole = pattern.read(raw, 0, len(raw))
        return whole[0] if whole is not None and whole[1] == len(raw) else self._parse(raw)

    def _skip_space(self, data: bytes | bytearray) -> bool:
        """White space keeps the way open (RFC 6120 §4.6.1); False where there is nothing else."""
        space = _SPACE.match(data, self._start)
        assert space is not None
        self._start = self._at = space.end()
        if self._start < len(data):
            return True
        self._consume(self._start)
        return False

    def _consume(self, end: int) -> None:
        if end >= len(self._data):
            self._data, end = b"", 0
        elif isinstance(self._data, bytearray):
            self._data, end = bytes(self._data[end:]), 0
        self._start = end
        self._fresh()

    def _wait(self) -> None:
        """Keep only what is not read yet, and not too much of it."""
        if self._start:
            self._data = self._data[self._start :]
            self._at -= self._start
            self._start = 0
        self._check_length(len(self._data))
        if len(self._data) >= self._doubt and self._name:
            # The scanner counts tags and does not look at their names; at each doubling, so that drops cost no more.
            self._doubt = 2 * len(self._data)
            limits = _inside_stream(self.limits, self._declarations)
            check_beginning(b"<s%b>%b" % (self._declarations, bytes(self._data)), limits)

    def _check_length(self, octets: int) -> None:
        if octets > self.limits.octets:
            raise ProtocolError("policy-violation", "stanza-too-big")

    # -- the stream's own tags --------------------------------------------------------------------------------------

    def _header(self) -> Opened | None:
        header = read_header(bytes(self._data[self._start :]), self.limits)
        if header is None:
            self._at = self._start  # looked at as a whole again: a header is short
            return None
        self._name, self._declarations = header.name, header.declarations
        self._consume(self._start + header.end)
        return Opened(header.root)

    def _closed(self, raw: bytes) -> Closed:
        if raw[2:-1].rstrip(b" \t\r\n") != self._name:
            raise ProtocolError("not-well-formed", "the end of something else")
        return Closed()

    # -- reading one element ------------------------------------------------------------------------------------------

    def _parse(self, raw: bytes) -> Stanza:
        words = sasl.read(raw)
        if words is not None:
            return Stanza(words)
        if len(raw) <= _SHORT and (raw.startswith(b"<presence") or _BINDS in raw):
            return _parsed_before(raw, self._declarations, self.limits)
        return _parsed(raw, self._declarations, self.limits)

    # -- finding its end ----------------------------------------------------------------------------------------------

    def _scan(self) -> int | None:
        """Where the element that begins at ``_start`` ends, None where more octets are needed."""
        data, length = self._data, len(self._data)
        while self._at < length:
            if self._inside is _Inside.CONTENT:
                if not self._enter_tag(data):
                    return None
            elif self._inside is _Inside.TAG:
                stop = _TAG_STOPS.search(data, self._at)
                if stop is None:
                    self._at = length
                    return None
                self._at = stop.end()
                if self._stopped_at(stop.group()) and self._depth == 0:
                    return self._at
            elif not self._leave(data):
                return None
        return None

    def _enter_tag(self, data: bytes | bytearray) -> bool:
        """Go on to the next tag or CDATA section; False where more octets are needed."""
        bracket = data.find(b"<", self._at)
        if self._depth == 0 and bracket != self._start:
            raise ProtocolError("bad-format", "text between stanzas")
        self._at = bracket if bracket >= 0 else len(data)
        following = data[self._at + 1 : self._at + 2]
        if not following:
            return False
        if following == b"/":
            self._depth -= 1
        elif following == b"?":
            raise ProtocolError("restricted-xml")
        elif following == b"!":
            return self._enter_cdata(data)
        else:
            self._depth += 1
            self._elements += 1
            if self._depth > self.limits.depth or self._elements > self.limits.elements:
                raise ProtocolError("policy-violation", "too many elements or levels")
        self._inside = _Inside.TAG
        self._at += 2
        return True

    def _enter_cdata(self, data: bytes | bytearray) -> bool:
        head = data[self._at : self._at + len(_CDATA)]
        if not _CDATA.startswith(head) or self._depth == 0:
            raise ProtocolError("restricted-xml")
        if len(head) < len(_CDATA):
            return False
        self._inside = _Inside.CDATA
        self._at += len(_CDATA)
        return True

    def _stopped_at(self, mark: bytes) -> bool:
        """Whether a tag ended here."""
        if mark == b">":
            # "/" right before, and not as the "</" of a closing tag, which has been counted already.
            if self._data[self._at - 2 : self._at - 1] == b"/" and self._data[self._at - 3 : self._at - 2] != b"<":
                self._depth -= 1
            self._depth = max(self._depth, 0)  # below is the stream's own end
            self._inside = _Inside.CONTENT
            return True
        if mark == b"<":
            raise ProtocolError("not-well-formed", "a tag in a tag")
        self._inside = _Inside.QUOTE if mark == b"'" else _Inside.DOUBLE_QUOTE
        return False

    def _leave(self, data: bytes | bytearray) -> bool:
        """Go on behind a quoted value or a CDATA section; False where more octets are needed."""
        quote = _QUOTES.get(self._inside)
        if quote is not None:
            end = data.find(quote, self._at)
            self._at = end + 1 if end >= 0 else len(data)
            self._inside = _Inside.TAG if end >= 0 else self._inside
            return end >= 0
        end = data.find(b"]]>", self._at)
        # The last two octets may be the beginning of the end.
        self._at = end + 3 if end >= 0 else max(self._at, len(data) - 2)
        self._inside = _Inside.CONTENT if end >= 0 else self._inside
        return end >= 0


def _parsed(raw: bytes, declarations: bytes, limits: Limits) -> Stanza:
    """One element as expat reads it in a stream whose header has those declarations."""
    root = parse(b"<s%b>%b</s>" % (declarations, raw), _inside_stream(limits, declarations))
    if len(root.children) != 1 or not isinstance(root.children[0], Element):
        raise ProtocolError("not-well-formed", "not one element")
    return Stanza(root.children[0])


#: What programs say in the same octets again and again, when they bind and show themselves. Nothing else is remembered:
#: it might be a secret.
_parsed_before = lru_cache(maxsize=256)(_parsed)


def _inside_stream(limits: Limits, declarations: bytes) -> Limits:
    return Limits(limits.octets + 1024 + len(declarations), limits.depth + 1, limits.elements + 1)
