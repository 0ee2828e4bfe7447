"""Prepared names: by example from the specifications, and by law over everything that Unicode has."""

import contextlib
import stringprep
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from precis_i18n import get_profile
from slixmpp.stringprep import StringprepError, nodeprep, resourceprep

from dragoman.formats import precis

Prepare = Callable[[str], str]
EVERY: list[Prepare] = [
    precis.local,
    precis.new_local,
    precis.domain,
    precis.resource,
    precis.password,
    precis.nickname,
    precis.nickname_key,
]
anything = st.text(st.characters(exclude_categories=()), max_size=12)  # lone surrogates too
#: Corrigendum 4: five compatibility ideographs that Unicode 3.2 decomposed wrongly.
CORRECTED = "\U0002f868\U0002f874\U0002f91f\U0002f95f\U0002f9bf"


@pytest.mark.parametrize(
    ("written", "prepared"),
    [
        ("alice", "alice"),
        ("Alice", "alice"),
        ("ＡＬＩＣＥ", "alice"),
        ("a\u00adl\u200di\u200bce", "alice"),
        ("Straße", "strasse"),
        ("Σίσυφος", "σίσυφοσ"),
        ("Å", "å"),
        ("ﬁn", "fin"),
        ("\u13a0", "\uab70"),
        ("fussball#1", "fussball#1"),
        ("דוד", "דוד"),
    ],
)
def test_a_local_part_is_folded_as_old_and_new_clients_expect(written: str, prepared: str) -> None:
    assert precis.local(written) == prepared


@pytest.mark.parametrize("character", " \"&'/:<>@")
def test_a_local_part_has_none_of_the_characters_that_nodeprep_forbids(character: str) -> None:
    with pytest.raises(ValueError, match="no local part"):
        precis.local(f"a{character}b")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "\u00ad",
        "a\u202eb",
        "a\x00b",
        "a\x7fb",
        "\ud800",
        "♥",
        "\u0301a\ue000",
        "דוד1",
        "דa",
        "a" * 1024,
        "\U000e0041",
    ],
)
def test_a_local_part_that_either_generation_refuses_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        precis.local(written)


def test_a_new_account_has_no_characters_younger_than_stringprep() -> None:
    younger = "\u09ce"  # a Bengali letter of Unicode 4.1
    assert precis.local(younger) == younger
    with pytest.raises(ValueError, match="older software"):
        precis.new_local(younger)
    assert precis.new_local("Jürgen") == "jürgen"


@pytest.mark.parametrize(
    ("written", "prepared"),
    [
        ("Example.ORG", "example.org"),
        ("example.org.", "example.org"),
        ("localhost", "localhost"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("BÜCHER.example", "bücher.example"),
        ("bücher。example", "bücher.example"),
        ("ｅｘａｍｐｌｅ．ｏｒｇ", "example.org"),
        ("r3---x.example", "r3---x.example"),
        ("3com.example", "3com.example"),
        ("127.0.0.1", "127.0.0.1"),
        ("[2001:DB8:0::1]", "[2001:db8::1]"),
        ("straße.example", "straße.example"),
    ],
)
def test_all_spellings_of_a_domain_are_one(written: str, prepared: str) -> None:
    assert precis.domain(written) == prepared


@pytest.mark.parametrize(
    "written",
    [
        "",
        ".",
        "a..b",
        "example.org..",
        ".example.org",
        "-a.org",
        "a-.org",
        "a_b.org",
        "a b.org",
        "a/b",
        "☃.example",
        "xn--.org",
        "xn--a.org",
        "xn--" + "ﬁ".encode("punycode").decode(),
        "xn--BCHER-KVa-.org",
        "256.1.1.1",
        "01.1.1.1",
        "1.2.3",
        "[::1",
        "[fe80::1%eth0]",
        "[127.0.0.1]",
        "[]",
        f"{'a' * 64}.org",
        f"{'ü' * 60}.org",
        "a." * 600,
    ],
)
def test_what_is_no_domain_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        precis.domain(written)


def test_a_resource_keeps_its_case_and_loses_what_cannot_be_seen() -> None:
    assert precis.resource("Balcony PC") == "Balcony PC"
    assert precis.resource("a\u00a0b\u3000c\u1680d") == "a b c d"
    assert precis.resource("❤\ufe0f") == "❤"
    assert precis.resource("Ⅷ") == "VIII"


@pytest.mark.parametrize(
    "written", ["", "\u200b", "ㅋ", "a\nb", "a\x00", "a\u202eb", "שלום hello", "\ufffe", "x" * 1024]
)
def test_a_resource_that_either_generation_refuses_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        precis.resource(written)


@pytest.mark.spec("RFC 4013", "3")
def test_passwords_are_prepared_as_the_examples_of_saslprep_say() -> None:
    assert precis.password("I\u00adX") == "IX"
    assert precis.password("user") == "user"
    assert precis.password("USER") == "USER"
    assert precis.password("\u00aa") == "a"
    assert precis.password("\u2168") == "IX"
    for wrong in ("\x07", "\u0627\u0031"):
        with pytest.raises(ValueError):
            precis.password(wrong)


@pytest.mark.spec("RFC 8266", "2.3")
def test_a_nickname_has_single_spaces_and_none_around_it() -> None:
    assert precis.nickname("  Swan   of\u3000\u3000Avon ") == "Swan of Avon"
    assert precis.nickname_key("SWAN  of Avon") == precis.nickname_key("Swan of avon")
    for empty in ("", "   ", "\u3000"):
        with pytest.raises(ValueError):
            precis.nickname(empty)


@given(anything)
@example("İ")
@example("\u0345\u03b1")
@example("\u1e9e")
@example("\U0001e921")
@example("\u03d2\u0301")
@example("xn--a")
@example("[::ffff:1.2.3.4]")
@settings(max_examples=400, deadline=None)
def test_a_prepared_name_stays_as_it_is_and_nothing_but_value_error_is_raised(text: str) -> None:
    for prepare in EVERY:
        with contextlib.suppress(ValueError):
            prepared = prepare(text)
            assert prepared
            assert prepare(prepared) == prepared


def test_every_letter_outside_the_large_scripts_of_the_east_obeys_the_same_law() -> None:
    for code in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x12000), *range(0x1D400, 0x1F200)):
        for prepare in (precis.local, precis.resource):
            with contextlib.suppress(ValueError):
                prepared = prepare(chr(code))
                assert prepare(prepared) == prepared


@given(anything)
@settings(max_examples=400, deadline=None)
def test_what_an_old_client_writes_is_the_same_name_here(text: str) -> None:
    if any(character in CORRECTED or stringprep.in_table_a1(character) for character in text):
        return  # what Unicode 3.2 did not know, old clients pass on unprepared
    for old, ours in ((nodeprep, precis.local), (resourceprep, precis.resource)):
        with contextlib.suppress(ValueError, StringprepError):
            assert ours(text) == old(text)


@given(anything)
@settings(max_examples=400, deadline=None)
def test_what_a_new_client_writes_is_the_same_name_here(text: str) -> None:
    for profile, ours in (("UsernameCaseMapped", precis.local), ("OpaqueString", precis.resource)):
        with contextlib.suppress(ValueError):
            modern = get_profile(profile).enforce(text)
            assert ours(modern) == ours(text)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "M")), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_what_is_prepared_here_is_accepted_by_both_generations(text: str) -> None:
    with contextlib.suppress(ValueError):
        prepared = precis.new_local(text)
        assert nodeprep(prepared) == prepared
        assert get_profile("UsernameCaseMapped").enforce(prepared) == prepared


@given(st.text("abcxyzÄßñ", min_size=1, max_size=8))
def test_case_never_distinguishes_accounts_or_domains(text: str) -> None:
    assert precis.local(text) == precis.local(text.upper()) == precis.local(text.swapcase())
    if "ß" not in text:
        assert precis.domain(text) == precis.domain(text.upper())


@pytest.mark.spec("XEP-0106", "5")
@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("space cadet", r"space\20cadet"),
        ('call me "ishmael"', r"call\20me\20\22ishmael\22"),
        ("at&t guy", r"at\26t\20guy"),
        ("d'artagnan", r"d\27artagnan"),
        ("/.fanboy", r"\2f.fanboy"),
        ("::foo::", r"\3a\3afoo\3a\3a"),
        ("<foo>", r"\3cfoo\3e"),
        ("user@host", r"user\40host"),
        (r"c:\net", r"c\3a\net"),
        (r"c:\\net", r"c\3a\\net"),
        (r"c:\cool stuff", r"c\3a\cool\20stuff"),
        (r"c:\5commas", r"c\3a\5c5commas"),
    ],
)
def test_names_are_escaped_and_back(name: str, escaped: str) -> None:
    assert precis.escape(name) == escaped
    assert precis.unescape(escaped) == name


def test_a_space_at_either_end_is_never_escaped() -> None:
    for name in (" a", "a ", " "):
        with pytest.raises(ValueError, match="space"):
            precis.escape(name)
    assert precis.unescape(r"\20a\20") == r"\20a\20"


@given(st.text(r"""\2067fac3e45 "&'/:<>@x""", max_size=12))
def test_escaping_loses_nothing(name: str) -> None:
    with contextlib.suppress(ValueError):
        assert precis.unescape(precis.escape(name)) == name
        assert not set(precis.escape(name)) & set(" \"&'/:<>@")
