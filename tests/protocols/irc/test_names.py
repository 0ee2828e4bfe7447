from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.protocols.irc.names import (
    account_of,
    channel_of,
    is_guest_nick,
    nick_of,
    occupant_nick,
    room_of,
)

DOMAIN = "example.org"
ROOMS = "rooms.example.org"
local = st.from_regex(r"[a-z0-9!#$%()*+,\-.;=?\[\\\]^_`{|}~]{1,20}", fullmatch=True)
host = st.sampled_from([DOMAIN, "other.org"])


@given(local, host)
def test_every_account_has_a_nick_that_leads_back_to_it(name: str, domain: str) -> None:
    account = Address(name, domain)
    nick = nick_of(account, DOMAIN)
    assert account_of(nick, DOMAIN) == account
    assert not set(nick) & set(" ,*?!@:") and nick[0] not in "#&$~+%@"


@given(local, st.sampled_from([ROOMS, "rooms.other.org"]))
def test_every_room_has_a_channel_that_leads_back_to_it(name: str, domain: str) -> None:
    room = Address(name, domain)
    channel = channel_of(room, ROOMS)
    assert channel[0] == "#" and not set(channel) & set(" ,\a")
    assert room_of(channel, ROOMS) == room


@given(st.from_regex(r"#[a-zA-Z0-9:/@&'\"<>+-]{1,40}", fullmatch=True))
def test_a_channel_leads_to_one_room_and_back(channel: str) -> None:
    room = room_of(channel, ROOMS)
    assert room is None or room_of(channel_of(room, ROOMS), ROOMS) == room


def test_people_at_home_have_plain_nicks_and_others_say_where_they_are_from() -> None:
    assert nick_of(Address("alice", DOMAIN), DOMAIN) == "alice"
    assert nick_of(Address("bob", "other.org"), DOMAIN) == "bob/other.org"
    assert nick_of(Address("#1,me", DOMAIN), DOMAIN) == r"\231\2cme"


def test_rooms_here_and_elsewhere() -> None:
    assert channel_of(Address("team", ROOMS), ROOMS) == "#team"
    assert channel_of(Address("team", "rooms.other.org"), ROOMS) == "#team@rooms.other.org"
    assert room_of("#Team", ROOMS) == Address("team", ROOMS)
    assert room_of("#a:b/c", ROOMS) == Address(r"a\3ab\2fc", ROOMS)
    assert channel_of(Address(r"a\3ab\2fc", ROOMS), ROOMS) == "#a:b/c"


def test_what_is_no_channel() -> None:
    for name in ("", "#", "team", "#a b", "#a,b", "#a\a", "#" + "x" * 64, "#\u200f"):
        assert room_of(name, ROOMS) is None, name


def test_an_occupant_with_a_name_of_its_own_is_told_by_the_room() -> None:
    assert occupant_nick("Ally", "#team") == "Ally/team"
    assert occupant_nick("A l,l*y", "#team") == "A_l_l_y/team"
    assert occupant_nick("Ally", "#dev.team") == "Ally/#dev.team"
    assert account_of("Ally/team", DOMAIN) is None
    assert account_of("Ally/#dev.team", DOMAIN) is None


def test_guests_have_the_nicks_of_rfc_2812() -> None:
    assert is_guest_nick("Foo[1]_^")
    for nick in ("", "1foo", "-foo", "foo/bar", "foo.bar", "föö", "x" * 33, "#foo", "foo bar"):
        assert not is_guest_nick(nick), nick
