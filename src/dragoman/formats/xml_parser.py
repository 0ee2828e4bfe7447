"""Reading XML strictly: whole documents from memory, as UTF-8, without any of XML's machinery beyond elements.

What RFC 6120 §11.1 forbids (DTDs, entities, processing instructions, comments) is refused, and so is what costs more than it
should: see :class:`Limits`. The work is done by expat; one parser lives for one document, so that nothing can leak from one
to another and nothing is kept for a connection that is silent.
"""

from typing import Any
from xml.parsers import expat

from dragoman.formats.xml import XML_NAMESPACE, Element
from dragoman.formats.xml_limits import Limits

# Between a namespace and a name: a character that no XML document can contain, so that no name can be forged.
_SEPARATOR = "\x01"
_XML_PREFIX = XML_NAMESPACE + _SEPARATOR


class XmlError(Exception):
    """Not acceptable. ``condition`` is a stream error of RFC 6120 §4.9.3: not-well-formed, bad-namespace-prefix,
    restricted-xml, unsupported-encoding, policy-violation."""

    def __init__(self, condition: str, text: str = "") -> None:
        super().__init__(condition, text)
        self.condition = condition
        self.text = text


def parse(document: bytes, limits: Limits = Limits()) -> Element:  # noqa: B008 - frozen
    """Read one document, whole; ``XmlError`` where it is not well-formed or not allowed."""
    if len(document) > limits.octets:
        raise XmlError("policy-violation", "too many octets")
    _check_encoding(document)
    builder = _Builder(limits)
    _feed(builder, document, whole=True)
    return builder.root()


def check_beginning(document: bytes, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
    """``XmlError`` where no document that begins like this can ever be acceptable."""
    _feed(_Builder(limits), document, whole=False)


def _feed(builder: "_Builder", document: bytes, *, whole: bool) -> None:
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    parser.buffer_text = True
    parser.buffer_size = max(len(document), 1)  # so that no text is ever cut in two
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartNamespaceDeclHandler = builder.namespace
    parser.XmlDeclHandler = _declaration
    parser.StartDoctypeDeclHandler = _restricted
    parser.EntityDeclHandler = _restricted
    parser.ProcessingInstructionHandler = _restricted
    parser.CommentHandler = _restricted
    try:
        parser.Parse(document, whole)
    except expat.ExpatError as error:
        unbound = error.code == expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]
        raise XmlError("bad-namespace-prefix" if unbound else "not-well-formed", str(error)) from None


class _Builder:
    """Gathers elements; the first entry of the stack only holds the root."""

    __slots__ = ("_elements", "_limits", "_namespaces", "_stack")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._stack = [Element("")]
        self._elements = 0
        self._namespaces = 0

    def root(self) -> Element:
        root = self._stack[0].children[0]
        assert isinstance(root, Element)
        return root

    def start(self, name: str, attributes: dict[str, str]) -> None:
        limits = self._limits
        self._elements += 1
        if self._elements > limits.elements or len(self._stack) > limits.depth or len(attributes) > limits.attributes:
            raise XmlError("policy-violation", "too many elements, levels or attributes")
        namespace, _, local = name.rpartition(_SEPARATOR)
        if namespace == XML_NAMESPACE:
            raise XmlError("restricted-xml", "the xml namespace has no elements")
        for key in attributes:
            if _SEPARATOR in key:
                attributes = {_attribute_key(key): value for key, value in attributes.items()}
                break
        node = Element(local, namespace, attributes)
        self._stack[-1].children.append(node)
        self._stack.append(node)

    def end(self, name: str) -> None:
        self._stack.pop()

    def characters(self, text: str) -> None:
        self._stack[-1].children.append(text)

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces += 1
        if self._namespaces > self._limits.namespaces:
            raise XmlError("policy-violation", "too many namespaces")


def _attribute_key(key: str) -> str:
    if key.startswith(_XML_PREFIX):
        return "xml:" + key[len(_XML_PREFIX) :]
    namespace, separator, local = key.rpartition(_SEPARATOR)
    return f"{{{namespace}}}{local}" if separator else key


def _check_encoding(document: bytes) -> None:
    """Expat looks for UTF-16 whatever encoding it was given: by a byte order mark, or a NUL beside the first ``<``."""
    try:
        document.decode()
    except UnicodeDecodeError:
        raise XmlError("not-well-formed", "not UTF-8") from None
    # RFC 6120 §11.6: no byte order mark.
    if b"\x00" in document or document.startswith(b"\xef\xbb\xbf"):
        raise XmlError("not-well-formed", "a character that XML cannot carry")


def _declaration(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
        raise XmlError("unsupported-encoding")


def _restricted(*_: Any) -> None:
    raise XmlError("restricted-xml")
