"""Elements are values, and what is written down is read back as the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.formats.xml import Element, clean, element, escape, escape_attribute, serialise
from dragoman.formats.xml_parser import XmlError, parse

_ALLOWED = st.characters(
    exclude_categories=("Cs",), exclude_characters="".join(map(chr, range(32))) + "\ufffe\uffff"
) | st.sampled_from("\t\n\r")
TEXT = st.text(_ALLOWED, min_size=1, max_size=12)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.\-]{0,8}", fullmatch=True).filter(lambda name: name != "xmlns")
NAMESPACES = st.sampled_from(["", "jabber:client", "urn:x", "http://jabber.org/protocol/muc#user", "a & 'b'"])
KEYS = NAMES | NAMES.map("{urn:attribute}".__add__) | NAMES.map("{it's}".__add__) | st.just("xml:lang")


def _merged(children: list[Element | str]) -> list[Element | str]:
    merged: list[Element | str] = []
    for child in children:
        if isinstance(child, str) and merged and isinstance(merged[-1], str):
            merged[-1] += child
        else:
            merged.append(child)
    return merged


def _elements(children: st.SearchStrategy[list[Element | str]]) -> st.SearchStrategy[Element]:
    attributes = st.dictionaries(KEYS, st.text(_ALLOWED, max_size=8), max_size=4)
    return st.builds(Element, NAMES, NAMESPACES, attributes, children.map(_merged))


ELEMENTS = st.recursive(
    _elements(st.lists(TEXT, max_size=1)),
    lambda inner: _elements(st.lists(inner | TEXT, max_size=4)),
    max_leaves=12,
)


@given(ELEMENTS)
def test_what_is_written_is_read_back_as_the_same(tree: Element) -> None:
    assert parse(serialise(tree).encode()) == tree


@given(ELEMENTS, NAMESPACES.filter(bool))
def test_it_may_stand_in_another_default_namespace(tree: Element, scope: str) -> None:
    outer = parse(f"<o xmlns='{escape_attribute(scope)}'>{serialise(tree, scope)}</o>".encode())
    assert outer.children == [tree]


@given(st.text(), st.text())
def test_no_text_gets_out_of_its_place(text: str, value: str) -> None:
    tree = element("a", "urn:x", clean(text), element("b", "urn:x", id=clean(value)), c=clean(value))
    assert parse(serialise(tree).encode()) == tree


@given(st.text())
def test_clean_keeps_all_that_xml_can_carry_and_nothing_else(text: str) -> None:
    escape(clean(text))
    assert clean(clean(text)) == clean(text)
    assert clean("a\x00b\x1bc\ufffed\r\n\te") == "abcd\r\n\te"


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_characters_that_xml_forbids_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        escape(text)
    with pytest.raises(ValueError):
        escape_attribute(text)
    with pytest.raises(ValueError):
        serialise(Element("a", "", {}, [text]))


@pytest.mark.parametrize(
    "tree",
    [
        Element("a b"),
        Element("a>", "x"),
        Element(""),
        Element("x:y"),
        Element("a", "", {"b c": "d"}),
        Element("a", "", {"xmlns": "d"}),
        Element("a", "", {"{}b": "d"}),
        Element("a", "", {"{urn:x}b='": "d"}),
        Element("a", "http://www.w3.org/XML/1998/namespace"),
        Element("a", "http://www.w3.org/2000/xmlns/"),
    ],
)
def test_names_that_are_none_are_refused(tree: Element) -> None:
    with pytest.raises(ValueError):
        serialise(tree)


def test_the_bytes_are_as_expected() -> None:
    tree = element("message", "jabber:client", element("body", "jabber:client", "a<b & ]]>\r"), to="o'hara@example.org")
    assert serialise(tree, "jabber:client") == (
        "<message to='o&apos;hara@example.org'><body>a&lt;b &amp; ]]&gt;&#13;</body></message>"
    )


def test_a_very_deep_tree_is_written_without_recursion() -> None:
    tree = Element("leaf")
    for _ in range(100_000):
        tree = Element("a", "", {}, [tree])
    assert serialise(tree).count("<a>") == 100_000
    while tree.children:  # taken apart from the top: a chain this long must not be freed by recursion either
        child = tree.children.pop()
        assert isinstance(child, Element)
        tree = child


def test_children_are_found_by_name_and_namespace() -> None:
    tree = parse(b"<a xmlns='urn:x'>one<b/>two<b xmlns='urn:y'>three</b></a>")
    assert tree.text == "onetwo"
    assert [child.name for child in tree.elements] == ["b", "b"]
    assert tree.child("b") == Element("b", "urn:x")
    assert tree.child_text("b", "urn:y") == "three"
    assert tree.child("c") is None
    assert tree.get("none", "default") == "default"


def test_nothing_that_the_parser_accepts_is_refused_when_written() -> None:
    for document in ("<é\u0300/>", "<a·b/>", "<\u4e2d文 \u0e01='1'/>", "<x:a xmlns:x='urn:x' x:b='1' xml:lang='de'/>"):
        tree = parse(document.encode())
        assert parse(serialise(tree).encode()) == tree


def test_errors_carry_their_condition() -> None:
    assert XmlError("not-well-formed", "why").condition == "not-well-formed"
