"""What a stream is cut into: its header, stanzas, its end."""

from msgspec import Struct

from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.stanza import Stanza


class Opened(Struct, frozen=True):
    """The stream's header; ``root`` is its element, without children."""

    root: Element


class Closed(Struct, frozen=True):
    """The stream's end."""


Frame = Opened | Stanza | Closed
