"""Only plain elements in UTF-8 get through, and nothing that costs too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.formats.xml import Element, serialise
from dragoman.formats.xml_limits import Limits
from dragoman.formats.xml_parser import XmlError, parse

LAUGHS = (
    b"<!DOCTYPE lolz [<!ENTITY lol 'lol'>"
    + b"".join(b"<!ENTITY lol%d '%s'>" % (n, b"&lol%d;" % (n - 1) * 10 if n else b"&lol;") for n in range(10))
    + b"]><a>&lol9;</a>"
)


@pytest.mark.parametrize(
    ("document", "condition"),
    [
        (b"<a>", "not-well-formed"),
        (b"", "not-well-formed"),
        (b"<a/><b/>", "not-well-formed"),
        (b"<a></b>", "not-well-formed"),
        (b"<a b='1' b='2'/>", "not-well-formed"),
        (b"<a b=1/>", "not-well-formed"),
        (b"<a>&unknown;</a>", "not-well-formed"),
        (b"<a>&#0;</a>", "not-well-formed"),
        (b"<a>\x00</a>", "not-well-formed"),
        (b"<a>\x0b</a>", "not-well-formed"),
        (b"<a>\xff</a>", "not-well-formed"),
        (b"<a>\xc0\x80</a>", "not-well-formed"),
        (b"<a>\xed\xa0\x80</a>", "not-well-formed"),
        (b"<a>\xef\xbf\xbe</a>", "not-well-formed"),
        (b"<a>]]></a>", "not-well-formed"),
        ("<a/>".encode("utf-16"), "not-well-formed"),
        ("<a/>".encode("utf-16-le"), "not-well-formed"),
        ("<a/>".encode("utf-8-sig"), "not-well-formed"),
        (b"<x:a/>", "bad-namespace-prefix"),
        (b"<a x:b='1'/>", "bad-namespace-prefix"),
        (b"<a><!-- hidden --></a>", "restricted-xml"),
        (b"<a><?run it?></a>", "restricted-xml"),
        (b"<!DOCTYPE a><a/>", "restricted-xml"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "restricted-xml"),
        (LAUGHS, "restricted-xml"),
        (b"<xml:a/>", "restricted-xml"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?><a/>", "unsupported-encoding"),
    ],
)
def test_what_is_not_plain_xml_in_utf8_is_refused(document: bytes, condition: str) -> None:
    with pytest.raises(XmlError) as caught:
        parse(document)
    assert caught.value.condition == condition


def test_a_document_becomes_elements() -> None:
    document = (
        "<?xml version='1.0' encoding='UTF-8'?><a:x xmlns:a='urn:a' a:k='1' k='2' xml:lang='de'>é<![CDATA[<]]></a:x>"
    )
    assert parse(document.encode()) == Element("x", "urn:a", {"{urn:a}k": "1", "k": "2", "xml:lang": "de"}, ["é<"])


@pytest.mark.parametrize(
    ("document", "limits"),
    [
        (b"<a/>", Limits(octets=3)),
        (b"<a><b><c/></b></a>", Limits(depth=2)),
        (b"<a><b/><b/></a>", Limits(elements=2)),
        (b"<a b='1' c='2'/>", Limits(attributes=1)),
        (b"<a xmlns='1'><b xmlns='2'/></a>", Limits(namespaces=1)),
        (b"<a>" * 200_000 + b"</a>" * 200_000, Limits(octets=10_000_000)),
    ],
)
def test_what_costs_too_much_is_a_violation_of_policy(document: bytes, limits: Limits) -> None:
    with pytest.raises(XmlError) as caught:
        parse(document, limits)
    assert caught.value.condition == "policy-violation"


def test_what_is_just_within_the_limits_is_read() -> None:
    parse(b"<a b='1'><c xmlns='1'/></a>", Limits(octets=28, depth=2, elements=2, attributes=1, namespaces=1))


def test_long_text_stays_in_one_piece() -> None:
    assert parse(b"<a>" + b"x&amp;" * 20_000 + b"</a>").children == ["x&" * 20_000]


@given(st.binary(max_size=60))
def test_garbage_is_refused_and_nothing_else(garbage: bytes) -> None:
    for document in (garbage, b"<a>" + garbage + b"</a>", b"<a b='" + garbage + b"'/>"):
        try:
            tree = parse(document)
        except XmlError:
            continue
        assert parse(serialise(tree).encode()) == tree
