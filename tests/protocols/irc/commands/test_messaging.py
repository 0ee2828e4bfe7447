"""What is said: echo and labels, several sessions, ids, targets, history."""

from tests.protocols.irc.town import EVERYTHING, Town

from dragoman.core.model import Presence
from dragoman.core.policy import Policy


def tagless(lines: list[str]) -> list[str]:
    return [line.partition(" ")[2] if line[:1] == "@" else line for line in lines]


async def test_an_echo_comes_once_with_the_label_and_everybody_hears_the_same_id(square: Town) -> None:
    foo, bar = await square.guest("foo", EVERYTHING), await square.guest("bar", EVERYTHING)
    await foo.send("JOIN #room")
    await bar.send("JOIN #room")
    foo.read()
    [echo] = await foo.send("@label=l1 PRIVMSG #room :hi")
    [heard] = bar.read()
    assert "label=l1" in echo and "label" not in heard
    assert echo.split("msgid=")[1][:13] == heard.split("msgid=")[1][:13]


async def test_without_echo_message_the_sender_hears_nothing(square: Town) -> None:
    foo = await square.guest("foo")
    await foo.send("JOIN #room")
    assert await foo.send("PRIVMSG #room :hi") == []


async def test_a_message_to_oneself_is_echoed_with_the_label_and_told_without(square: Town) -> None:
    foo = await square.guest("foo", EVERYTHING)
    lines = await foo.send("@label=l1 PRIVMSG foo :note")
    assert ["label=l1" in line for line in lines] == [True, False]
    assert tagless(lines) == [":foo!~foo@example.org PRIVMSG foo :note"] * 2


async def test_a_label_on_a_silent_command_is_acknowledged(square: Town) -> None:
    foo = await square.guest("foo", EVERYTHING)
    assert tagless(await foo.send("@label=l1 PONG x")) == [":irc.example.org ACK"]


async def test_a_label_over_64_octets_or_without_batch_is_no_label(square: Town) -> None:
    foo = await square.guest("foo", EVERYTHING)
    assert "label" not in (await foo.send(f"@label={'x' * 65} PING a"))[0]
    bar = await square.guest("bar", "labeled-response")
    assert "label" not in (await bar.send("@label=x PING a"))[0]


async def test_several_targets_under_one_label_are_one_batch(square: Town) -> None:
    foo = await square.guest("foo", EVERYTHING)
    await square.guest("bar"), await square.guest("baz")
    lines = await foo.send("@label=l1 PRIVMSG bar,baz,BAR :hi")
    assert "label=l1" in lines[0] and "BATCH +" in lines[0]
    assert [line.split(" PRIVMSG ")[1] for line in lines[1:-1]] == ["bar :hi", "baz :hi", "bar :hi"]


async def test_more_than_four_targets_are_too_many(square: Town) -> None:
    foo = await square.guest("foo")
    assert (await foo.send("PRIVMSG a,b,c,d,e :hi"))[0].split()[1] == "407"


async def test_all_sessions_of_an_account_hear_what_one_of_them_says_and_is_told(town: Town) -> None:
    one, two = await town.user("alice", EVERYTHING), await town.user("alice")
    bob = await town.user("bob")
    await one.send("JOIN #room")
    assert any(" JOIN #room" in line for line in two.read())
    await one.send("PRIVMSG #room :public", "PRIVMSG bob :private")
    assert two.read() == [
        ":alice!alice@example.org PRIVMSG #room :public",
        ":alice!alice@example.org PRIVMSG bob :private",
    ]
    await bob.send("PRIVMSG alice :hello")
    assert len(one.read()) == 1 and len(two.read()) == 1
    await two.send("PART #room :all of us")
    assert tagless(one.read()) == [":alice!alice@example.org PART #room :all of us"]


async def test_a_new_session_begins_where_the_others_are(town: Town) -> None:
    one = await town.user("alice")
    await one.send("JOIN #room")
    two = town.knock()
    await two.send("PASS sesame", "NICK alice", "USER a 0 * :A")
    assert await two.send("PRIVMSG #room :hi") == []
    assert one.read() == [":alice!alice@example.org PRIVMSG #room :hi"]


async def test_a_lost_connection_begins_again_where_it_was_but_not_after_quit(town: Town) -> None:
    one = await town.user("alice")
    await one.send("JOIN #room")
    await one.hang_up()
    two = town.knock()
    heard = await two.send("CAP REQ draft/chathistory", "PASS sesame", "NICK alice", "USER a 0 * :A", "CAP END")
    assert any(" JOIN #room" in line for line in heard)
    await two.send("QUIT")
    await two.hang_up()
    three = town.knock()
    heard = await three.send("CAP REQ draft/chathistory", "PASS sesame", "NICK alice", "USER a 0 * :A", "CAP END")
    assert not any(" JOIN " in line for line in heard)


async def test_nobody_is_told_of_by_the_same_number_whoever_they_are(square: Town) -> None:
    foo = await square.guest("foo")
    assert (await foo.send("PRIVMSG nobody :hi"))[0].split()[1:4] == ["401", "foo", "nobody"]
    assert await foo.send("NOTICE nobody :hi", "NOTICE #nowhere :hi") == []
    assert (await foo.send("PRIVMSG #nowhere :hi"))[0].split()[1] == "403"
    assert (await foo.send("PRIVMSG"))[0].split()[1] == "411"
    assert (await foo.send("PRIVMSG bar"))[0].split()[1] == "412"


async def test_what_was_said_to_somebody_away_waits_with_its_moment(town: Town) -> None:
    await town.world.account("bob")
    alice = await town.user("alice")
    assert await alice.send("PRIVMSG bob :later") == []
    town.world.clock.advance(100)
    bob = town.knock()
    heard = await bob.send("CAP REQ server-time", "PASS sesame", "NICK bob", "USER b 0 * :B", "CAP END")
    assert heard[-1] == "@time=2001-09-09T01:46:40.000Z :alice!alice@example.org PRIVMSG bob :later"


async def test_typing_is_for_those_who_read_tags(square: Town) -> None:
    foo, bar, baz = (
        await square.guest("foo", EVERYTHING),
        await square.guest("bar", EVERYTHING),
        await square.guest("baz"),
    )
    for person in (foo, bar, baz):
        await person.send("JOIN #room")
    for person in (foo, bar, baz):
        person.read()
    await foo.send("@+typing=active TAGMSG #room")
    assert "+typing=active" in bar.read()[0]
    assert baz.read() == []
    assert (await baz.send("@+typing=active TAGMSG #room"))[0].split()[1] == "421"


async def test_a_message_is_redacted_by_its_author_and_by_nobody_else(town: Town) -> None:
    alice, bob = await town.user("alice", EVERYTHING), await town.user("bob", EVERYTHING)
    await alice.send("JOIN #room")
    await bob.send("JOIN #room")
    alice.read()
    [echo] = await bob.send("PRIVMSG #room :oops")
    msgid = echo.split("msgid=")[1][:13]
    alice.read()
    [mine] = await alice.send("PRIVMSG #room :mine")
    alices = mine.split("msgid=")[1][:13]
    bob.read()
    assert f"FAIL REDACT REDACT_FORBIDDEN #room {alices}" in (await bob.send(f"REDACT #room {alices}"))[0]
    assert "FAIL REDACT UNKNOWN_MSGID #room nonsense" in (await bob.send("REDACT #room nonsense"))[0]
    assert "FAIL REDACT INVALID_TARGET #nowhere" in (await bob.send(f"REDACT #nowhere {msgid}"))[0]
    alice.read()
    redaction = f":bob!bob@example.org REDACT #room {msgid} :a mistake"
    assert tagless(await bob.send(f"REDACT #room {msgid} :a mistake")) == [redaction]  # once: the echo
    assert tagless(alice.read()) == [redaction]
    history = await alice.send("CHATHISTORY LATEST #room * 10")
    assert not any("oops" in line for line in history)


async def test_history_has_the_same_ids_and_is_cut_where_it_is_asked_to(town: Town) -> None:
    alice = await town.user("alice", EVERYTHING)
    await alice.send("JOIN #room")
    echoes = []
    for number in range(5):
        town.world.clock.advance(1)
        echoes += await alice.send(f"PRIVMSG #room :{number}")
    ids = [line.split("msgid=")[1][:13] for line in echoes]
    times = [line.split("time=")[1][:24] for line in echoes]

    async def numbers(query: str) -> str:
        lines = await alice.send(f"CHATHISTORY {query}")
        return "".join(line[-1] for line in lines if "PRIVMSG" in line)

    assert await numbers("LATEST #room * 3") == "234"
    assert await numbers(f"LATEST #room msgid={ids[2]} 10") == "34"
    assert await numbers(f"BEFORE #room msgid={ids[2]} 10") == "01"
    assert await numbers(f"BEFORE #room timestamp={times[2]} 1") == "1"
    assert await numbers(f"AFTER #room msgid={ids[2]} 1") == "3"
    assert await numbers(f"AFTER #room timestamp={times[2]} 10") == "34"
    assert await numbers(f"AROUND #room msgid={ids[2]} 3") == "123"
    assert await numbers(f"BETWEEN #room msgid={ids[0]} msgid={ids[4]} 2") == "12"
    assert await numbers(f"BETWEEN #room msgid={ids[4]} msgid={ids[0]} 2") == "23"


async def test_history_is_for_those_who_may_read_it(town: Town) -> None:
    alice, bob = await town.user("alice", EVERYTHING), await town.user("bob", EVERYTHING)
    await alice.send("JOIN #room", "PRIVMSG #room :secret")
    assert "FAIL CHATHISTORY INVALID_TARGET LATEST #room" in (await bob.send("CHATHISTORY LATEST #room * 5"))[0]
    assert "FAIL CHATHISTORY INVALID_PARAMS NONSENSE" in (await bob.send("CHATHISTORY NONSENSE #room * 5"))[0]
    assert "FAIL CHATHISTORY INVALID_MSGREFTYPE" in (await bob.send("CHATHISTORY BEFORE alice number=1 5"))[0]
    lines = await bob.send(
        "CHATHISTORY TARGETS timestamp=2001-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 9"
    )
    assert not any("alice" in line or "#room" in line for line in lines)


async def test_conversations_are_found_by_their_last_message(town: Town) -> None:
    alice = await town.user("alice", EVERYTHING)
    await town.world.account("bob")
    await alice.send("PRIVMSG bob :hi", "JOIN #room", "PRIVMSG #room :all")
    lines = await alice.send(
        "CHATHISTORY TARGETS timestamp=2001-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 9"
    )
    assert [line.split(" TARGETS ")[1].split()[0] for line in lines[1:-1]] == ["bob", "#room"]


async def test_a_read_marker_moves_forward_in_all_sessions(town: Town) -> None:
    one, two = await town.user("alice", EVERYTHING), await town.user("alice", EVERYTHING)
    later, earlier = "timestamp=2001-02-02T00:00:00.000Z", "timestamp=2001-01-01T00:00:00.000Z"
    assert tagless(await one.send("MARKREAD bob")) == [":irc.example.org MARKREAD bob *"]
    assert tagless(await one.send(f"MARKREAD bob {later}")) == [f":irc.example.org MARKREAD bob {later}"]
    assert tagless(two.read()) == [f":irc.example.org MARKREAD bob {later}"]
    assert tagless(await two.send(f"MARKREAD bob {earlier}")) == [f":irc.example.org MARKREAD bob {later}"]
    assert "FAIL MARKREAD INVALID_PARAMS" in (await one.send("MARKREAD bob yesterday"))[0]
    assert "FAIL MARKREAD NEED_MORE_PARAMS" in (await one.send("MARKREAD"))[0]


async def test_somebody_who_is_away_is_told_to_be(square: Town) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    await bar.send("AWAY :lunch")
    assert await foo.send("PRIVMSG bar :hi") == [":irc.example.org 301 foo bar lunch"]
    assert await foo.send("NOTICE bar :hi") == []


async def test_an_account_is_away_when_all_of_its_sessions_are() -> None:
    town = Town(Policy(open_presence=True))
    one, two = await town.user("alice"), await town.user("alice")
    bob = await town.user("bob")
    await one.send("AWAY :one")
    assert await bob.send("PRIVMSG alice :hi") == []
    await two.send("AWAY :two")
    assert await bob.send("PRIVMSG alice :hi") == [":irc.example.org 301 bob alice two"]


async def test_a_flood_is_refused_and_nothing_of_it_arrives(square: Town) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    lines = await foo.send(*(["PRIVMSG bar :spam"] * 300))
    assert lines and all(line.split()[1] == "400" for line in lines)
    assert len(bar.read()) + len(lines) == 300
    square.world.clock.advance(60)
    assert await foo.send("PRIVMSG bar :calm") == []


async def test_presence_elsewhere_does_not_reach_a_client_as_a_line(square: Town) -> None:
    foo = await square.guest("foo")
    other = await square.world.client("other")
    foo.read()
    await square.services.presence.announce(
        other.session, Presence(sender=other.address, recipient=other.session.account, status="x\r\ny")
    )
    assert foo.read() == []


async def test_tags_for_nobody_are_passed_over(square: Town) -> None:
    foo = await square.guest("foo", EVERYTHING)
    assert await foo.send("@+typing=active TAGMSG :", "@+typing=active TAGMSG :,,") == []


async def test_a_nick_leads_to_whoever_has_it_now(square: Town) -> None:
    foo, bar = await square.guest("foo"), await square.guest("bar")
    await foo.send("PRIVMSG bar :one")
    assert bar.read() == [":foo!~foo@example.org PRIVMSG bar :one"]
    await bar.send("NICK baz")
    assert await foo.send("PRIVMSG bar :two") == [":irc.example.org 401 foo bar :No such nick or channel"]
    other = await square.guest("bar")
    await foo.send("PRIVMSG bar :three", "NICK fox", "PRIVMSG bar :four")
    assert other.read() == [
        ":foo!~foo@example.org PRIVMSG bar :three",
        ":fox!~foo@example.org PRIVMSG bar :four",
    ]
