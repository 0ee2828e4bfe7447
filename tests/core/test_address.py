import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("example.org", Address("", "example.org")),
        ("alice@example.org", Address("alice", "example.org")),
        ("Alice@Example.ORG/Phone", Address("alice", "example.org", "Phone")),
        ("alice@example.org/a@b/c", Address("alice", "example.org", "a@b/c")),
        ("example.org/resource", Address("", "example.org", "resource")),
    ],
)
@pytest.mark.spec("RFC 7622", "3.1")
def test_an_address_is_cut_at_its_first_slash_and_its_only_at(text: str, address: Address) -> None:
    assert Address.parse(text) == address


@pytest.mark.parametrize(
    "text", ["", "@example.org", "alice@", "alice@example.org/", "a@b@example.org", "a b@example.org"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Address.parse(text)
    assert refused.value.condition is Condition.JID_MALFORMED


@pytest.mark.spec("RFC 7622", "3.1")
def test_each_part_has_at_most_1023_octets() -> None:
    assert Address.of("a" * 1023, "example.org").local == "a" * 1023
    with pytest.raises(Refused):
        Address.of("a" * 1024, "example.org")
    with pytest.raises(Refused):
        Address.of("alice", "example.org", "é" * 512)


@given(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.org(/[A-Za-z ]{0,6}[a-z])?", fullmatch=True))
def test_an_address_written_down_is_read_back_as_the_same(text: str) -> None:
    address = Address.parse(text)
    assert Address.parse(str(address)) == address


def test_the_bare_address_has_no_resource_and_at_gives_it_one() -> None:
    address = Address.parse("alice@example.org/phone")
    assert str(address.bare) == "alice@example.org"
    bare = address.bare
    assert bare.bare is bare
    assert str(address.bare.at("desk")) == "alice@example.org/desk"
