"""Data forms (XEP-0004)."""

from collections.abc import Mapping, Sequence

from dragoman.core.errors import Condition, Refused
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp.namespaces import FORMS

Values = dict[str, list[str]]
_TRUE, _FALSE = ("1", "true"), ("0", "false")


def read(form: Element | None, form_type: str) -> Values:
    """The submitted values by field; ``Refused(bad-request)`` where it is not this form."""
    if form is None or form.get("type") != "submit":
        raise Refused(Condition.BAD_REQUEST, "a submitted form is missing")
    values = {
        field.get("var"): [value.text for value in field.elements if value.name == "value"]
        for field in form.elements
        if field.name == "field" and field.get("var")
    }
    if values.pop("FORM_TYPE", [form_type]) != [form_type]:
        raise Refused(Condition.BAD_REQUEST, "this is another form")
    return values


def text(values: Mapping[str, Sequence[str]], name: str, default: str) -> str:
    """A field of one line or of several."""
    return "\n".join(values[name]) if name in values else default


def boolean(values: Mapping[str, Sequence[str]], name: str, *, default: bool) -> bool:
    """A field of type boolean; ``Refused(not-acceptable)`` where it is none."""
    value = values.get(name)
    if not value:
        return default
    if value[0] not in _TRUE + _FALSE:
        raise Refused(Condition.NOT_ACCEPTABLE, f"{name} is either 0 or 1")
    return value[0] in _TRUE


def number(values: Mapping[str, Sequence[str]], name: str, default: int) -> int:
    """A field that holds a number; empty and ``none`` are 0."""
    value = values.get(name)
    if value is None:
        return default
    digits = value[0].strip() if value else ""
    if digits in ("", "none"):
        return 0
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise Refused(Condition.NOT_ACCEPTABLE, f"{name} is a number")
    return int(digits)


def form(form_type: str, fields: Sequence[Element], *, kind: str = "form", title: str = "") -> Element:
    """A form to be filled in, or one that tells (``kind`` is result)."""
    hidden = field("FORM_TYPE", form_type, kind="hidden")
    heading = element("title", FORMS, clean(title)) if title else None
    return element("x", FORMS, heading, hidden, *fields, type_=kind)


def field(
    name: str,
    value: str | bool | Sequence[str],
    *,
    kind: str = "",
    label: str = "",
    options: Sequence[str] = (),
    required: bool = False,
) -> Element:
    """One field with what it holds now; ``options`` are the values that it may hold."""
    if isinstance(value, bool):
        value, kind = "1" if value else "0", kind or "boolean"
    values = [value] if isinstance(value, str) else value
    return element(
        "field",
        FORMS,
        *(element("value", FORMS, clean(each)) for each in values),
        *(element("option", FORMS, element("value", FORMS, each), label=each) for each in options),
        element("required", FORMS) if required else None,
        var=name,
        type_=kind or None,
        label=label or None,
    )
