"""One complete element of a stream, as it was read."""

from msgspec import Struct

from dragoman.formats.xml import Element, serialise
from dragoman.protocols.xmpp.namespaces import CLIENT


class Stanza(Struct, frozen=True):
    """A top-level element, stanza or not.

    ``inner`` are the octets of its children where they were validated as they are; see :meth:`content`.
    """

    element: Element
    inner: bytes | None = None

    def content(self) -> bytes:
        """The children, ready to be written wherever ``jabber:client`` is the default namespace and no prefix is bound."""
        return self.inner if self.inner is not None else serialise_all(self.element.children)


def serialise_all(children: list[Element | str]) -> bytes:
    """Elements side by side, written for a place where ``jabber:client`` is the default namespace.

    Text between them is left out: a stanza has none of its own (RFC 6120 §8.1).
    """
    return "".join(serialise(child, CLIENT) for child in children if isinstance(child, Element)).encode()
