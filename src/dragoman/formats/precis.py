"""Preparing names: the parts of an address, passwords and nicknames, so that equal names are equal strings.

Two generations of rules are alive: stringprep (RFC 3454 with RFC 6122's nodeprep and resourceprep, RFC 4013's SASLprep),
which most servers and clients still run, and PRECIS (RFC 7622, 8265, 8266). A name is mapped as the old rules map it
(compatibility forms, case, invisible characters), until nothing changes any more; it is good only if both generations
then leave it as it is. So whatever an old client writes compares equal to what a new one writes, and no name is made
here that either would refuse. docs/decisions/0010-names-that-compare-equal.md has the reasons.

Every function returns the prepared text or raises ``ValueError``, and gives back unchanged what it has once returned.
"""

import ipaddress
import re
import stringprep
import unicodedata
from collections.abc import Callable
from unicodedata import ucd_3_2_0

import idna
from precis_i18n import get_profile

#: Longer input is refused before any work is done on it; no part of an address has more octets (RFC 7622 §3.1).
MAX_CHARACTERS = 1023

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_plain_local = re.compile(r"[a-z0-9!#$%()*+,\-.;=?\[\\\]^_`{|}~]+").fullmatch
_plain_label = re.compile(rf"(?!xn--){_LABEL}").fullmatch
_plain_domain = re.compile(rf"(?:{_LABEL}\.)*(?=[a-z]){_LABEL}").fullmatch
_plain_free = re.compile(r"[ -~]+").fullmatch

#: XEP-0106 §4: a backslash is escaped only where it would be taken for an escape; \20 stands at neither end.
_ESCAPABLE = re.compile(r"[ \"&'/:<>@]|\\(?=(?:20|22|26|27|2f|3a|3c|3e|40|5c))")
_ESCAPED = re.compile(r"\\(22|26|27|2f|3a|3c|3e|40|5c|(?<!^\\)20(?!$))")

_username = get_profile("UsernameCaseMapped").enforce  # RFC 8265 §3.3
_opaque = get_profile("OpaqueString").enforce  # RFC 8265 §4.2

#: RFC 6122 appendices A.5 and B.5, RFC 4013 §2.3: what none of the profiles allows. The spaces (C.1) are apart.
_FORBIDDEN_TABLES = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)
_FORBIDDEN_IN_LOCAL = frozenset("\"&'/:<>@ ")


def local(text: str) -> str:
    """The part before ``@``, in lower case (RFC 7622 §3.3; RFC 6122 appendix A, nodeprep)."""
    lower = _limited(text).lower()
    if lower.isascii() and _plain_local(lower):
        return lower
    mapped = _settle(text, _fold)
    if not _FORBIDDEN_IN_LOCAL.isdisjoint(mapped):
        raise ValueError("a character that no local part may have")
    if _stringprep(mapped, stringprep.map_table_b2) != mapped or _username(mapped) != mapped:
        raise ValueError("a local part that changes when it is prepared again")
    return mapped


def new_local(text: str) -> str:
    """The local part of an account that is to be made: prepared, and good for strict peers too.

    RFC 3454 §7: what is stored has no code point that Unicode 3.2 did not know; strict implementations refuse those.
    """
    prepared = local(text)
    if any(map(stringprep.in_table_a1, prepared)):
        raise ValueError("a character that older software does not know")
    return prepared


def domain(text: str) -> str:
    """A domain in its U-label form (RFC 7622 §3.2), or an IPv4 or a bracketed IPv6 address in its usual form.

    Case, width and dots are mapped as UTS 46 says, so that all spellings of one name in the DNS are equal here.
    """
    if not _limited(text).isascii():
        text = idna.uts46_remap(text)
    # RFC 7622 §3.2: a final dot is dropped before anything is compared.
    text = text.lower().removesuffix(".")
    if "xn--" not in text and _plain_domain(text):
        return text
    if text.startswith("["):
        return _ipv6_literal(text)
    labels = text.split(".")
    if labels[-1].isascii() and labels[-1].isdigit():
        return str(ipaddress.IPv4Address(text))
    return ".".join(map(_label, labels))


def resource(text: str) -> str:
    """The part behind ``/``; its case counts (RFC 7622 §3.4; RFC 6122 appendix B, resourceprep)."""
    return _checked_free(_settle(_limited(text), _map))


def password(text: str) -> str:
    """A password before it is hashed (RFC 8265 §4; RFC 5802 §2.2 with RFC 4013, SASLprep)."""
    return resource(text)


def nickname(text: str) -> str:
    """A name to be shown in a room (RFC 8266 §2.3): a resource with no spaces around it and single ones in it."""
    return _checked_free(re.sub(" +", " ", _settle(_limited(text), _map)).strip(" "))


def nickname_key(text: str) -> str:
    """What nicknames are compared by (RFC 8266 §2.4): the same in every case. Not for show."""
    return _settle(nickname(text), _fold)


def escape(text: str) -> str:
    """Any name as a local part, by XEP-0106: ``space cadet`` becomes ``space\\20cadet``. Not prepared yet."""
    if text[:1] == " " or text[-1:] == " ":
        raise ValueError("a name that begins or ends with a space")
    return _ESCAPABLE.sub(lambda match: f"\\{ord(match[0]):02x}", text)


def unescape(text: str) -> str:
    """The name behind an escaped local part, for show and for other networks; the address itself stays escaped."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _limited(text: str) -> str:
    if not text:
        raise ValueError("an empty part")
    if len(text) > MAX_CHARACTERS:
        raise ValueError("a part that is too long")
    return text


def _settle(text: str, step: Callable[[str], str]) -> str:
    """Repeat ``step`` until it changes nothing; a few characters need it more than once."""
    for _ in range(5):
        mapped = step(text)
        if mapped == text:
            return mapped
        text = mapped
    raise ValueError("a text without a stable form")


def _map(text: str) -> str:
    """RFC 3454's B.1 (what is commonly mapped to nothing), spaces of all kinds to one, compatibility forms to plain ones."""
    if text.isascii():
        return text
    kept = (
        " " if stringprep.in_table_c12(character) else character
        for character in text
        if not stringprep.in_table_b1(character)
    )
    return unicodedata.normalize("NFKC", "".join(kept))


def _fold(text: str) -> str:
    """The same without regard to case.

    stringprep folds (B.2), PRECIS lower-cases: for all but a few scripts the folded form is lower case already. Cherokee
    folds to capitals, and old software leaves both of its cases alone: lower-casing last suits both.
    """
    return unicodedata.normalize("NFKC", _map(text).casefold().lower())


def _checked_free(text: str) -> str:
    if _plain_free(text):
        return text
    if _stringprep(text, str) != text or _opaque(text) != text:
        raise ValueError("a text that changes when it is prepared again")
    return text


def _stringprep(text: str, fold: Callable[[str], str]) -> str:
    """A mapped text as RFC 3454 prepares it, by the tables of Unicode 3.2; later characters pass, as they do in queries."""
    prepared = ucd_3_2_0.normalize("NFKC", "".join(map(fold, text)))
    for forbidden in _FORBIDDEN_TABLES:
        if any(map(forbidden, prepared)):
            raise ValueError("a character that no name may have")
    # RFC 3454 §6: right-to-left text stands alone, and both its ends are right-to-left.
    if any(map(stringprep.in_table_d1, prepared)) and (
        any(map(stringprep.in_table_d2, prepared))
        or not (stringprep.in_table_d1(prepared[0]) and stringprep.in_table_d1(prepared[-1]))
    ):
        raise ValueError("right-to-left and left-to-right text in one name")
    return prepared


def _label(label: str) -> str:
    """One label of a domain, not plain: an A-label or a U-label (RFC 5890 §2.3.2.1), or digits and hyphens."""
    if _plain_label(label):
        return label
    unicode = idna.ulabel(label)
    # An A-label may not hide what its U-label form would be mapped from.
    if unicode.isascii() or idna.uts46_remap(unicode) != unicode or len(idna.alabel(unicode)) > 63:
        raise ValueError("not an internationalised label")
    return unicode


def _ipv6_literal(text: str) -> str:
    if not text.endswith("]") or "%" in text:
        raise ValueError("not an IPv6 address")
    return f"[{ipaddress.IPv6Address(text[1:-1])}]"
