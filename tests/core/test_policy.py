import pytest

from dragoman.core.address import Address
from dragoman.core.policy import Domain, Domains, Policy

OPEN = Domain("open.example", "rooms.open.example", Policy(room_creators="everyone"))
USUAL = Domain("usual.example", "rooms.usual.example")
STRICT = Domain("strict.example", "rooms.strict.example", Policy(room_creators="admins", admins=("eve",)))
DOMAINS = Domains((OPEN, USUAL, STRICT))


def test_a_domain_is_found_by_the_name_of_its_accounts_or_of_its_rooms() -> None:
    assert DOMAINS.of_accounts("usual.example") is USUAL
    assert DOMAINS.of_rooms("rooms.usual.example") is USUAL
    assert DOMAINS.of_accounts("rooms.usual.example") is None
    assert DOMAINS.of_rooms("usual.example") is None
    assert list(DOMAINS) == [OPEN, USUAL, STRICT]


@pytest.mark.parametrize(
    ("domain", "who", "guest", "may"),
    [
        (OPEN, "anybody@elsewhere.example", True, True),
        (USUAL, "alice@usual.example", False, True),
        (USUAL, "alice@open.example", False, True),
        (USUAL, "guest@usual.example", True, False),
        (USUAL, "alice@elsewhere.example", False, False),
        (STRICT, "eve@strict.example", False, True),
        (STRICT, "alice@strict.example", False, False),
        (STRICT, "eve@usual.example", False, False),
    ],
)
def test_who_may_open_rooms(domain: Domain, who: str, guest: bool, may: bool) -> None:
    assert DOMAINS.may_create_rooms(domain, Address.parse(who), guest=guest) is may
