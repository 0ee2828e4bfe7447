"""A strict pattern for the common stanza: what it accepts needs no parser, and all else is left to one.

It accepts a message, a presence or an iq with flat children: plain names, no prefixes but ``xml:lang``, no CDATA, only the
five predefined entities and only in text; and the two requests that XEP-0198 sends all the time. Whatever it accepts, expat
accepts and reads as the same; the tests hold the two against each other over many thousand mutated stanzas.
"""

import re
from functools import lru_cache

from dragoman.formats.possessive import GROUP
from dragoman.formats.xml import XML_NAMESPACE, Element
from dragoman.protocols.xmpp.namespaces import CLIENT, STREAM_MANAGEMENT
from dragoman.protocols.xmpp.stanza import Stanza

# How each of them ends, by the two octets with which it begins. Where such an end stands inside a stanza (a forwarded
# message in a message), the pattern does not match what was cut.
_ENDS = {b"<m": b"</message>", b"<p": b"</presence>", b"<i": b"</iq>", b"<r": b"/>", b"<a": b"/>"}

# No carriage return, since XML reads it as a line feed (XML 1.0 §2.11); no ">", so no "]]>" (§2.4).
_NO_TEXT = f"<>&\x00-\x08\x0b-\x1f{chr(0xD800)}-{chr(0xDFFF)}\ufffe\uffff"
_TEXT = f"(?:[^{_NO_TEXT}]++|&(?:amp|lt|gt|quot|apos);)*{GROUP}"
# Nothing that XML would read as a space (§3.3.3), and neither quote, so that quotes alone tell names from values.
_VALUE = f"[^{_NO_TEXT}'\"\t\n]*+"
_QUOTED = f"(?:'{_VALUE}'|\"{_VALUE}\")"
_PAIRS = f"(?: (?:xml:lang|[a-z]++)={_QUOTED}){{0,8}}{GROUP}"


def _pair(name: str) -> str:
    return f" {name}=['\"]({_VALUE})['\"]"


_TOP = "|".join(map(_pair, ("to", "type", "id", "from", "xml:lang", "xmlns")))
_CHILD = f"<(?P<child>[a-z][a-z-]*+){_PAIRS}(?: ?/>|>{_TEXT}</(?P=child)>)"
_STANZA = re.compile(
    rf"<(message|presence|iq)((?:{_TOP}){{0,6}}{GROUP})>"
    rf"(?:<body>({_TEXT})</body>)?{GROUP}((?:{_CHILD}){{0,16}}{GROUP})</\1>"
)
_REQUEST = re.compile(f"<r xmlns=['\"]{STREAM_MANAGEMENT}['\"] ?/>")
_ANSWER = re.compile(f"<a xmlns=['\"]{STREAM_MANAGEMENT}['\"] h=['\"]([0-9]{{1,10}})['\"] ?/>")
_EACH_CHILD = re.compile(rf"<([a-z-]+)({_PAIRS})(?: ?/>|>({_TEXT})</[a-z-]+>)")

_REFERENCE = re.compile("&(amp|lt|gt|quot|apos);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_RESERVED = (XML_NAMESPACE, "http://www.w3.org/2000/xmlns/")


def read(data: bytes, start: int, limit: int) -> tuple[Stanza, int] | None:
    """The stanza that begins at ``start`` and where it ends, or None where a parser must decide.

    ``limit`` is the longest stanza in octets that may be accepted.
    """
    ending = _ENDS.get(data[start : start + 2])
    if ending is None:
        return None
    end = data.find(ending, start, start + limit) + len(ending)
    if end < len(ending):
        return None
    try:
        text = data[start:end].decode()
    except UnicodeDecodeError:
        return None
    stanza = _nonza(text) if ending == b"/>" else _stanza(text)
    return (stanza, end) if stanza is not None else None


def _nonza(text: str) -> Stanza | None:
    if "'" in text and '"' in text:
        return None
    if _REQUEST.fullmatch(text) is not None:
        return Stanza(Element("r", STREAM_MANAGEMENT))
    answer = _ANSWER.fullmatch(text)
    return Stanza(Element("a", STREAM_MANAGEMENT, {"h": answer.group(1)})) if answer is not None else None


def _stanza(text: str) -> Stanza | None:
    match = _STANZA.fullmatch(text)
    if match is None:
        return None
    name, pairs, to, kind, id, sender, language, namespace, body, rest, _ = match.groups()
    if ("'" in pairs and '"' in pairs) or (namespace is not None and namespace != CLIENT):
        return None
    attributes: dict[str, str] = {}
    if to is not None:
        attributes["to"] = to
    if kind is not None:
        attributes["type"] = kind
    if id is not None:
        attributes["id"] = id
    if sender is not None:
        attributes["from"] = sender
    if language is not None:
        attributes["xml:lang"] = language
    if pairs.count("'") + pairs.count('"') != (len(attributes) + (namespace is not None)) * 2:
        return None  # one of them stands there twice
    children: list[Element | str] = []
    if body is not None:
        children.append(Element("body", CLIENT, {}, _content(body)))
    if rest and not _read_children(rest, children):
        return None
    inner = text[match.end(2) + 1 : -len(name) - 3]
    return Stanza(Element(name, CLIENT, attributes, children), inner.encode())


def _read_children(text: str, children: list[Element | str]) -> bool:
    for name, pairs, words in _EACH_CHILD.findall(text):
        # Most elements without text are the same few: <active xmlns='…'/>, <request xmlns='…'/>.
        child = _child(name, pairs, words) if words or len(pairs) > 80 else _childless(name, pairs)
        if child is None:
            return False
        children.append(child)
    return True


def _child(name: str, pairs: str, words: str = "") -> Element | None:
    parts = pairs.replace('"', "'").split("'")
    attributes = {key[1:-1]: value for key, value in zip(parts[::2], parts[1::2], strict=False)}
    if len(attributes) != len(parts) >> 1:
        return None
    namespace = attributes.pop("xmlns", CLIENT)
    return Element(name, namespace, attributes, _content(words)) if namespace not in _RESERVED else None


_childless = lru_cache(maxsize=512)(_child)


def _content(words: str) -> list[Element | str]:
    if not words:
        return []
    return [_REFERENCE.sub(_character, words) if "&" in words else words]


def _character(match: re.Match[str]) -> str:
    return _CHARACTERS[match.group(1)]
