import pytest

from dragoman.admin.office import Office, account_of, room_of
from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused


def test_a_name_is_enough_where_there_is_one_domain(small_office: Office) -> None:
    assert account_of(small_office, "Alice") == Address("alice", "a.example")
    assert room_of(small_office, "#Team") == Address("team", "rooms.a.example")


def test_an_address_is_taken_as_it_is(office: Office) -> None:
    assert account_of(office, "alice@b.example") == Address("alice", "b.example")
    assert room_of(office, "team@rooms.b.example") == Address("team", "rooms.b.example")


def test_a_name_in_several_domains_asks_which(office: Office) -> None:
    with pytest.raises(Refused) as account:
        account_of(office, "alice")
    assert account.value.text == "say which domain: alice@a.example, alice@b.example"
    with pytest.raises(Refused) as room:
        room_of(office, "#team")
    assert room.value.condition is Condition.BAD_REQUEST


@pytest.mark.parametrize("name", ["alice@other.example", "alice@rooms.a.example"])
def test_a_domain_that_is_not_served_has_no_accounts(office: Office, name: str) -> None:
    with pytest.raises(Refused) as refused:
        account_of(office, name)
    assert refused.value.condition is Condition.ITEM_NOT_FOUND


def test_rooms_do_not_live_among_accounts(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        room_of(office, "team@a.example")
    assert refused.value.text == "there are no rooms at a.example, but at rooms.a.example, rooms.b.example"


@pytest.mark.parametrize("find", [account_of, room_of])
def test_a_domain_alone_is_nobody(office: Office, find: object) -> None:
    assert callable(find)
    with pytest.raises(Refused) as refused:
        find(office, "@a.example")
    assert refused.value.condition is Condition.JID_MALFORMED
