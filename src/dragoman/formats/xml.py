"""XML elements as values, and writing them down (XML 1.0, Namespaces in XML 1.0). Reading is in :mod:`.xml_parser`."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Union

from msgspec import Struct, field

#: The one namespace whose prefix is bound everywhere; its attributes stand in :attr:`Element.attributes` as ``xml:lang``.
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

# XML 1.0 §2.2: everything outside Char.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_TEXT = re.compile("[<>&\r]")
_IN_ATTRIBUTE = re.compile("[<>&'\"\t\n\r]")
# XML 1.0 §2.3: NameStartChar and NameChar, without the colon (Namespaces in XML §4).
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*")
_RESERVED = (XML_NAMESPACE, "http://www.w3.org/2000/xmlns/")
_REFERENCES = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "'": "&apos;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


class Element(Struct, frozen=True):
    """One element. Names are local names; a namespaced attribute's key is ``{uri}local``, that of the xml namespace
    ``xml:local``. Children are elements and non-empty strings, no two strings side by side where it was parsed.

    A value: nobody changes one after it was made, so that a parsed element may be shared.
    """

    name: str
    namespace: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Union["Element", str]] = field(default_factory=list)

    def get(self, attribute: str, default: str = "") -> str:
        """The value of an attribute."""
        return self.attributes.get(attribute, default)

    @property
    def text(self) -> str:
        """The element's own character data, without that of its child elements."""
        children = self.children
        if len(children) == 1 and isinstance(children[0], str):
            return children[0]
        return "".join(child for child in children if isinstance(child, str))

    @property
    def elements(self) -> Iterator["Element"]:
        """The child elements in their order."""
        return (child for child in self.children if isinstance(child, Element))

    def child(self, name: str, namespace: str | None = None) -> "Element | None":
        """The first child element of a name, in the element's own namespace where none is given."""
        wanted = self.namespace if namespace is None else namespace
        for child in self.elements:
            if child.name == name and child.namespace == wanted:
                return child
        return None

    def child_text(self, name: str, namespace: str | None = None) -> str:
        """The text of the first child element of a name; empty where there is none."""
        child = self.child(name, namespace)
        return child.text if child is not None else ""


def element(name: str, namespace: str, /, *children: Element | str | None, **attributes: str | None) -> Element:
    """Build an element in one expression.

    Attributes and children that are None are left out; an underscore at the end of a keyword is cut (``from_``).
    """
    return Element(
        name,
        namespace,
        {key.rstrip("_"): value for key, value in attributes.items() if value is not None},
        [child for child in children if child is not None and child != ""],
    )


def clean(text: str) -> str:
    """The text without the characters that XML cannot carry: what line protocols let through ends here."""
    return _FORBIDDEN.sub("", text)


def escape(text: str) -> str:
    """Character data ready to stand between tags; ``ValueError`` where XML cannot carry it."""
    _check(text)
    return _IN_TEXT.sub(_reference, text) if _IN_TEXT.search(text) else text


def escape_attribute(text: str) -> str:
    """A value ready to stand in either kind of quotes; ``ValueError`` where XML cannot carry it."""
    _check(text)
    return _IN_ATTRIBUTE.sub(_reference, text) if _IN_ATTRIBUTE.search(text) else text


def serialise(root: Element, default_namespace: str = "") -> str:
    """Write an element so that it can stand where ``default_namespace`` is the default one and no prefix is bound.

    Never recurses. ``ValueError`` where a name or a character is not allowed in XML.
    """
    out: list[str] = []
    # What is still to be written, last first: nodes with the default namespace around them, closing tags with None.
    waiting: list[tuple[Element | str, str | None]] = [(root, default_namespace)]
    while waiting:
        node, scope = waiting.pop()
        if scope is None:
            out.append(f"</{node}>")
        elif isinstance(node, str):
            out.append(escape(node))
        elif not node.children:
            out.append(_open_tag(node, scope) + "/>")
        else:
            out.append(_open_tag(node, scope) + ">")
            waiting.append((node.name, None))
            waiting.extend((child, node.namespace) for child in reversed(node.children))
    return "".join(out)


def _open_tag(node: Element, scope: str) -> str:
    tag = "<" + _checked_name(node.name)
    if node.namespace != scope:
        tag += f" xmlns='{_checked_namespace(node.namespace)}'"
    for number, (key, value) in enumerate(node.attributes.items()):
        tag += _attribute(key, value, number)
    return tag


def _attribute(key: str, value: str, number: int) -> str:
    if key.startswith("{"):
        namespace, _, local = key[1:].rpartition("}")
        prefix = f"n{number}"
        if not namespace:
            raise ValueError("a prefix cannot stand for no namespace")
        declaration = f" xmlns:{prefix}='{_checked_namespace(namespace)}'"
        return f"{declaration} {prefix}:{_checked_name(local)}='{escape_attribute(value)}'"
    name = "xml:" + _checked_name(key[4:]) if key.startswith("xml:") else _checked_name(key)
    if name == "xmlns":
        raise ValueError("a namespace is no attribute")
    return f" {name}='{escape_attribute(value)}'"


@lru_cache(maxsize=1024)
def _checked_name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError("this cannot be a name in XML")
    return name


def _checked_namespace(namespace: str) -> str:
    if namespace in _RESERVED:
        raise ValueError("this namespace cannot be declared")
    return escape_attribute(namespace)


def _check(text: str) -> None:
    if _FORBIDDEN.search(text):
        raise ValueError("XML cannot carry this character")


def _reference(match: re.Match[str]) -> str:
    return _REFERENCES[match.group()]
