"""Channels: who comes in, who is put out, what modes do, and who learns of it."""

import pytest
from tests.protocols.irc.town import EVERYTHING, Person, Town


def codes(lines: list[str]) -> list[str]:
    return [(line.partition(" ")[2] if line[:1] == "@" else line).split()[1] for line in lines]


async def room(square: Town, *nicks: str) -> list[Person]:
    people = [await square.guest(nick) for nick in nicks]
    for person in people:
        await person.send("JOIN #room")
    for person in people:
        person.read()
    return people


async def test_who_opens_a_channel_is_its_operator(square: Town) -> None:
    foo = await square.guest("foo")
    assert await foo.send("JOIN #Room") == [
        ":foo!~foo@example.org JOIN #room",
        ":irc.example.org 353 foo = #room @foo",
        ":irc.example.org 366 foo #room :End of NAMES",
    ]
    assert await foo.send("JOIN #room") == []


async def test_an_account_that_opens_a_channel_owns_it(town: Town) -> None:
    alice = await town.user("alice", "multi-prefix")
    assert ":irc.example.org 353 alice = #room ~@alice" in await alice.send("JOIN #room")


async def test_extended_join_and_account_tags_are_for_accounts(town: Town) -> None:
    alice, bob = await town.user("alice", "extended-join account-tag"), await town.user("bob")
    await alice.send("JOIN #room")
    await bob.send("JOIN #room")
    assert alice.read() == ["@account=bob :bob!bob@example.org JOIN #room bob :Real bob"]


@pytest.mark.parametrize("channel", ["room", "#", "#a\x07b", "#" + "x" * 80, "&local"])
async def test_what_is_no_channel_is_403(square: Town, channel: str) -> None:
    foo = await square.guest("foo")
    assert codes(await foo.send(f"JOIN {channel}")) == ["403"]


@pytest.mark.parametrize(
    ("modes", "code"),
    [("+i", "473"), ("+k key", "475"), ("+l 1", "471"), ("+b bar!*@*", "474"), ("+b *!~bar@*", "474")],
)
async def test_modes_keep_people_out(square: Town, modes: str, code: str) -> None:
    [foo] = await room(square, "foo")
    bar = await square.guest("bar")
    await foo.send(f"MODE #room {modes}")
    assert codes(await bar.send("JOIN #room")) == [code]


async def test_keys_invitations_and_exceptions_let_people_in(square: Town) -> None:
    [foo] = await room(square, "foo")
    bar, baz = await square.guest("bar"), await square.guest("baz")
    await foo.send("MODE #room +ik key")
    assert codes(await bar.send("JOIN #room key")) == ["473"]
    assert codes(await foo.send("INVITE bar #room")) == ["341"]
    assert bar.read() == [":foo!~foo@example.org INVITE bar #room"]
    await foo.send("MODE #room -k *", "MODE #room +I baz!*@*", "MODE #room +b *!*@*", "MODE #room +e baz!*@*")
    assert "366" in codes(await baz.send("JOIN #room"))
    assert codes(await bar.send("JOIN #room")) == ["474"]


async def test_modes_are_told_to_all_and_refused_to_others(square: Town) -> None:
    foo, bar = await room(square, "foo", "bar")
    assert await foo.send("MODE #room +ms-n") == [":foo!~foo@example.org MODE #room +sm-n"]
    assert bar.read() == [":foo!~foo@example.org MODE #room +sm-n"]
    assert (
        codes(await bar.send("MODE #room +i", "MODE #room +o bar", "TOPIC #room :mine", "KICK #room foo"))
        == ["482"] * 4
    )
    assert codes(await bar.send("PRIVMSG #room :muted")) == ["404"]
    await foo.send("MODE #room +v bar")
    assert bar.read() == [":foo!~foo@example.org MODE #room +v bar"]
    assert await bar.send("PRIVMSG #room :heard") == []


async def test_unknown_modes_missing_and_senseless_parameters_have_their_numbers(square: Town) -> None:
    [foo] = await room(square, "foo")
    assert codes(await foo.send("MODE #room +Z", "MODE #room +l many", "MODE #room +o", "MODE #room +o nobody")) == [
        "472",
        "696",
        "461",
        "401",
    ]
    assert codes(await foo.send("MODE #nowhere", "MODE foo +Z", "MODE bar +i")) == ["403", "501", "502"]


async def test_lists_are_asked_for_without_a_sign(square: Town) -> None:
    [foo] = await room(square, "foo")
    await foo.send("MODE #room +b bar", "MODE #room +b @host")
    assert [line.split()[4] for line in await foo.send("MODE #room b") if " 367 " in line] == ["bar!*@*", "*!*@host"]
    assert codes(await foo.send("MODE #room -b bar", "MODE #room b"))[1:] == ["367", "368"]


async def test_a_ban_of_an_account_holds_wherever_it_comes_from(town: Town) -> None:
    alice, bob = await town.user("alice"), await town.user("bob")
    await alice.send("JOIN #room")
    assert await alice.send("MODE #room +b ~account:bob") == [":alice!alice@example.org MODE #room +b ~account:bob"]
    assert codes(await bob.send("JOIN #room")) == ["474"]
    assert any("~account:bob" in line for line in await alice.send("MODE #room b"))
    await alice.send("MODE #room -b ~account:bob")
    assert "366" in codes(await bob.send("JOIN #room"))


async def test_who_is_kicked_is_out(square: Town) -> None:
    foo, bar, baz = await room(square, "foo", "bar", "baz")
    kicked = [":foo!~foo@example.org KICK #room bar :enough"]
    assert await foo.send("KICK #room bar :enough") == kicked
    assert bar.read() == baz.read() == kicked
    assert codes(await bar.send("PRIVMSG #room :still here?", "PART #room")) == ["404", "442"]
    assert codes(await foo.send("KICK #room bar", "KICK #nowhere baz")) == ["441", "403"]


async def test_a_quit_is_told_once_however_many_channels_were_shared(square: Town) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    for person in (foo, bar):
        await person.send("JOIN #a,#b,#c")
    foo.read()
    await bar.send("QUIT :bye")
    await bar.hang_up()
    assert foo.read() == [":bar!~bar@example.org QUIT :Quit: bye"]


async def test_a_change_of_nick_is_told_once_and_the_old_one_is_free(square: Town) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    for person in (foo, bar):
        await person.send("JOIN #a,#b")
    foo.read()
    assert await bar.send("NICK baz") == [":bar!~bar@example.org NICK baz"]
    assert foo.read() == [":bar!~bar@example.org NICK baz"]
    assert codes(await foo.send("NICK baz")) == ["433"]
    assert await bar.send("NICK Baz") == [":baz!~bar@example.org NICK Baz"]
    assert foo.read() == [":baz!~bar@example.org NICK Baz"]
    await square.guest("bar")
    await foo.send("PRIVMSG baz :hi")
    assert bar.read() == [":foo!~foo@example.org PRIVMSG Baz :hi"]


async def test_rights_do_not_stay_with_a_guests_name(square: Town) -> None:
    foo, bar = await room(square, "foo", "bar")
    await foo.send("NICK other")
    imposter = await square.guest("foo")
    await imposter.send("JOIN #room")
    assert codes(await imposter.send("MODE #room +i")) == ["482"]
    assert codes(await foo.send("MODE #room +i"))[-1] == "MODE"
    bar.read()


async def test_the_nick_of_an_account_is_its_name(town: Town) -> None:
    alice = await town.user("alice")
    assert await alice.send("NICK other") == [":irc.example.org 400 alice NICK :Your nick is the name of your account"]
    assert await alice.send("NICK ALICE") == []


async def test_secret_channels_and_invisible_people_are_not_found(square: Town) -> None:
    [foo] = await room(square, "foo")
    bar = await square.guest("bar")
    assert any("#room" in line for line in await bar.send("LIST"))
    await foo.send("MODE #room +s", "MODE foo +i")
    hidden = await bar.send("LIST", "NAMES #room", "WHO #room", "WHO fo*", "TOPIC #room", "MODE #room")
    assert not any("foo" in line.split(" ", 3)[-1] for line in hidden)
    assert not any("#room" in line for line in await bar.send("WHOIS foo"))
    assert codes(await bar.send("WHO foo")) == ["352", "315"]


async def test_those_who_may_not_know_are_told_of_nobody(town: Town) -> None:
    await town.user("alice")
    bob = await town.user("bob")
    assert codes(await bob.send("WHOIS alice", "WHO alice", "WHO *")) == ["401", "318", "315", "352", "315"]
    assert await bob.send("ISON alice bob", "USERHOST alice") == [
        ":irc.example.org 303 bob bob",
        ":irc.example.org 302 bob :",
    ]
    assert codes(await bob.send("MONITOR + alice")) == ["731"]


async def test_monitor_tells_of_coming_and_going(square: Town) -> None:
    foo = await square.guest("foo")
    assert await foo.send("MONITOR + Bar,foo") == [
        ":irc.example.org 730 foo foo!~foo@example.org",
        ":irc.example.org 731 foo Bar",
    ]
    bar = await square.guest("bar")
    assert foo.read() == [":irc.example.org 730 foo bar!~bar@example.org"]
    await bar.hang_up()
    assert foo.read() == [":irc.example.org 731 foo bar"]
    assert codes(await foo.send("MONITOR L")) == ["732", "733"]
    await foo.send("MONITOR C")
    await square.guest("bar")
    assert foo.read() == []


async def test_a_full_monitor_list_says_what_did_not_fit(square: Town) -> None:
    foo = await square.guest("foo")
    names = ",".join(f"n{number}" for number in range(99))
    await foo.send(f"MONITOR + {names[:240]}", f"MONITOR + {names[240:]}")
    lines = await foo.send("MONITOR + a,b,c,d,e")
    assert lines[-1].startswith(":irc.example.org 734 foo 100 ")


async def test_away_notify_tells_once(square: Town) -> None:
    foo = await square.guest("foo", "away-notify")
    bar = await square.guest("bar")
    for person in (foo, bar):
        await person.send("JOIN #a,#b")
    foo.read()
    await bar.send("AWAY :lunch", "AWAY :lunch")
    assert foo.read() == [":bar!~bar@example.org AWAY lunch"]
    await bar.send("AWAY")
    assert foo.read() == [":bar!~bar@example.org AWAY"]


async def test_setname_is_told_to_those_who_want_to_know(square: Town) -> None:
    foo, bar = await square.guest("foo", EVERYTHING), await square.guest("bar", EVERYTHING)
    for person in (foo, bar):
        await person.send("JOIN #room")
    foo.read()
    await bar.send("SETNAME :New Name")
    assert foo.read()[0].endswith(":bar!~bar@example.org SETNAME :New Name")
    assert any("New Name" in line for line in await foo.send("WHOIS bar"))


async def test_labelled_joins_are_one_batch_and_nothing_of_others_is_inside(square: Town) -> None:
    foo = await square.guest("foo", EVERYTHING)
    lines = await foo.send("@label=l JOIN #room")
    assert "label=l" in lines[0] and " BATCH +" in lines[0] and " BATCH -" in lines[-1]
    assert all("batch=" in line for line in lines[1:-1])


async def test_a_silent_client_is_asked_for_a_sign_of_life_and_then_given_up(square: Town) -> None:
    foo = await square.guest("foo")
    square.world.clock.advance(150)
    assert foo.read() == [":irc.example.org PING irc.example.org"]
    await foo.send("PONG irc.example.org")
    square.world.clock.advance(100)
    assert not foo.wire.closed
    square.world.clock.advance(200)
    assert foo.read()[-1] == "ERROR :Closing link: Ping timeout" and foo.wire.closed
