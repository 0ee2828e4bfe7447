"""Data forms (XEP-0004)."""

import pytest

from dragoman.core.errors import Condition, Refused
from dragoman.formats.xml import Element
from dragoman.formats.xml_parser import parse
from dragoman.protocols.xmpp import forms


def form(text: str) -> Element:
    return parse(f"<x xmlns='jabber:x:data' type='submit'>{text}</x>".encode())


def test_a_submitted_form_is_its_values() -> None:
    fields = "<field var='a'><value>1</value><value>2</value></field><field var='b'/><field/><other var='c'/>"
    assert forms.read(form(fields), "urn:x") == {"a": ["1", "2"], "b": []}
    assert forms.read(form("<field var='FORM_TYPE'><value>urn:x</value></field>"), "urn:x") == {}


@pytest.mark.parametrize(
    "given",
    [
        None,
        parse(b"<x xmlns='jabber:x:data' type='cancel'/>"),
        form("<field var='FORM_TYPE'><value>urn:y</value></field>"),
    ],
)
def test_what_is_not_this_form_is_refused(given: Element | None) -> None:
    with pytest.raises(Refused) as caught:
        forms.read(given, "urn:x")
    assert caught.value.condition is Condition.BAD_REQUEST


def test_values_have_types_and_defaults() -> None:
    values = {"yes": ["true"], "no": ["0"], "empty": [], "number": [" 12 "], "none": ["none"], "lines": ["a", "b"]}
    assert forms.boolean(values, "yes", default=False) and not forms.boolean(values, "no", default=True)
    assert forms.boolean(values, "empty", default=True) and forms.boolean(values, "missing", default=True)
    assert [forms.number(values, name, 7) for name in ("number", "none", "empty", "missing")] == [12, 0, 0, 7]
    assert [forms.text(values, name, "x") for name in ("lines", "empty", "missing")] == ["a\nb", "", "x"]


@pytest.mark.parametrize("value", ["perhaps", "", "-1", "1e9", "1" * 10, "١"])
def test_a_value_of_another_type_is_refused(value: str) -> None:
    for read in (
        lambda: forms.boolean({"a": [value]}, "a", default=False),
        lambda: forms.number({"a": [value or "x"]}, "a", 0),
    ):
        with pytest.raises(Refused) as caught:
            read()
        assert caught.value.condition is Condition.NOT_ACCEPTABLE


def test_a_form_is_written_with_what_it_holds() -> None:
    written = forms.form(
        "urn:x", [forms.field("a", True, label="A"), forms.field("b", ["1", "2"], options=("1",))], title="T"
    )
    kinds = [(field.get("var"), field.get("type")) for field in written.elements if field.name == "field"]
    assert kinds == [("FORM_TYPE", "hidden"), ("a", "boolean"), ("b", "")]
    submitted = Element(written.name, written.namespace, {"type": "submit"}, written.children)
    assert forms.read(submitted, "urn:x") == {"a": ["1"], "b": ["1", "2"]}
