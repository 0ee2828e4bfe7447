"""Coming in: the traps of capability negotiation, SASL and the order of the first commands."""

import base64

import pytest
from tests.protocols.irc.town import Town, plain

from dragoman.core.policy import Policy
from dragoman.formats.secret import Secret
from dragoman.protocols.irc.settings import Settings


def has(lines: list[str], word: str) -> bool:
    return any(f" {word}" in f" {line}" for line in lines)


async def test_nick_and_user_let_a_guest_in_whatever_their_order(square: Town) -> None:
    person = square.knock()
    assert await person.send("USER u 0 * :Real") == []
    heard = await person.send("NICK foo")
    assert heard[0].startswith(":irc.example.org 001 foo :")
    assert has(heard, "005") and heard[-1].startswith(":irc.example.org 422 foo ")
    assert person.wire.logged_in


async def test_005_comes_before_the_message_of_the_day_in_lines_of_at_most_13(square: Town) -> None:
    person = square.knock()
    heard = await person.send("NICK foo", "USER u 0 * :Real")
    codes = [line.split()[1] for line in heard]
    assert codes.index("422") > max(place for place, code in enumerate(codes) if code == "005")
    for line in heard:
        if " 005 " in line:
            assert len(line.partition(" :")[0].split()[3:]) <= 13


async def test_cap_ls_holds_registration_back_until_cap_end(square: Town) -> None:
    person = square.knock()
    assert not has(await person.send("CAP LS 302", "NICK foo", "USER u 0 * :Real"), "001")
    assert has(await person.send("CAP END"), "001")


async def test_a_list_of_capabilities_that_needs_two_lines_has_a_star_in_the_first() -> None:
    town = Town(Policy(), Settings(name="irc." + "x" * 200 + ".example.org"))
    heard = await town.knock().send("CAP LS 302")
    assert len(heard) > 1
    assert all(" LS * :" in line for line in heard[:-1]) and " LS :" in heard[-1]
    assert all(len(line.encode()) <= 510 for line in heard)


async def test_one_unknown_capability_refuses_all_of_a_request(square: Town) -> None:
    person = square.knock()
    assert has(await person.send("CAP REQ :echo-message nonsense"), "NAK :echo-message nonsense")
    assert has(await person.send("CAP LIST"), "LIST :")


async def test_an_unknown_subcommand_of_cap_is_410(square: Town) -> None:
    assert has(await square.knock().send("CAP NONSENSE"), "410 * NONSENSE")


async def test_capabilities_can_be_asked_for_after_registration_too(square: Town) -> None:
    person = await square.guest("foo")
    assert has(await person.send("CAP REQ :multi-prefix"), "ACK multi-prefix")
    assert has(await person.send("CAP REQ :-multi-prefix"), "ACK -multi-prefix")


async def test_sts_is_told_by_port_in_the_clear_and_by_duration_inside_tls() -> None:
    town = Town(Policy(), Settings(name="irc.example.org", sts_port=6697, sts_seconds=60))
    assert has(await town.knock(secure=False).send("CAP LS 302"), "sts=port=6697")
    secure = town.knock()
    assert has(await secure.send("CAP LS 302"), "sts=duration=60")
    assert has(await secure.send("CAP REQ sts"), "NAK sts")


async def test_sasl_gives_an_account_its_name_as_nick(town: Town) -> None:
    await town.world.account("alice")
    person = town.knock()
    await person.send("CAP LS 302", "CAP REQ sasl", "NICK whatever", "USER u 0 * :Real")
    assert await person.send("AUTHENTICATE PLAIN") == [":irc.example.org AUTHENTICATE +"]
    heard = await person.send(f"AUTHENTICATE {plain('alice')}")
    assert [line.split()[1] for line in heard] == ["900", "903"]
    assert " alice :You are now logged in as alice" in heard[0]
    assert (await person.send("CAP END"))[0].startswith(":irc.example.org 001 alice :")


async def test_a_wrong_password_is_904_and_may_be_tried_again(town: Town) -> None:
    person = town.knock()
    await person.send("CAP REQ sasl", "AUTHENTICATE PLAIN")
    assert has(await person.send(f"AUTHENTICATE {plain('alice', 'wrong')}"), "904")
    await person.send("AUTHENTICATE PLAIN")
    assert has(await person.send(f"AUTHENTICATE {plain('alice')}"), "903")


async def test_an_unknown_mechanism_is_told_which_there_are(town: Town) -> None:
    heard = await town.knock().send("AUTHENTICATE NONSENSE")
    assert [line.split()[1] for line in heard] == ["908", "904"]
    assert "X-LAST-WORDS,PLAIN" in heard[0]


async def test_a_star_breaks_a_login_off(town: Town) -> None:
    person = town.knock()
    await person.send("AUTHENTICATE PLAIN")
    assert has(await person.send("AUTHENTICATE *"), "906")
    assert has(await person.send("AUTHENTICATE PLAIN"), "AUTHENTICATE +")


async def test_cap_end_in_the_middle_of_a_login_breaks_it_off(square: Town) -> None:
    person = square.knock()
    await person.send("CAP REQ sasl", "NICK foo", "USER u 0 * :Real", "AUTHENTICATE PLAIN")
    heard = await person.send("CAP END")
    assert heard[0].split()[1] == "906" and has(heard, "001 foo")


async def test_400_characters_exactly_need_an_empty_chunk_behind_them(town: Town) -> None:
    secret = base64.b64encode(b"\0alice\0" + b"x" * 293).decode()
    assert len(secret) == 400
    person = town.knock()
    await person.send("AUTHENTICATE PLAIN")
    assert await person.send(f"AUTHENTICATE {secret}") == []
    assert has(await person.send("AUTHENTICATE +"), "904")


@pytest.mark.parametrize(("chunk", "code"), [("A" * 401, "905"), ("AA!=", "904")])
async def test_a_chunk_that_is_too_long_or_no_base64_ends_the_login(town: Town, chunk: str, code: str) -> None:
    person = town.knock()
    await person.send("AUTHENTICATE PLAIN")
    assert has(await person.send(f"AUTHENTICATE {chunk}"), code)


async def test_endless_chunks_end_the_login(town: Town) -> None:
    person = town.knock()
    await person.send("AUTHENTICATE PLAIN")
    heard = [line for _ in range(60) for line in await person.send(f"AUTHENTICATE {'A' * 400}")]
    assert has(heard, "904")


async def test_the_servers_last_words_want_an_empty_answer(town: Town) -> None:
    person = town.knock()
    await person.send("AUTHENTICATE X-LAST-WORDS")
    name = base64.b64encode(b"alice").decode()
    last = base64.b64encode(b"last words").decode()
    assert await person.send(f"AUTHENTICATE {name}") == [f":irc.example.org AUTHENTICATE {last}"]
    assert has(await person.send("AUTHENTICATE +"), "903")


async def test_who_is_logged_in_cannot_log_in_again(town: Town) -> None:
    person = town.knock()
    await person.send("AUTHENTICATE PLAIN", f"AUTHENTICATE {plain('alice')}")
    assert has(await person.send("AUTHENTICATE PLAIN"), "907")


async def test_without_an_account_nobody_comes_in_where_guests_are_not_wanted(town: Town) -> None:
    person = town.knock()
    heard = await person.send("NICK foo", "USER u 0 * :Real")
    assert heard[0] == ":irc.example.org FAIL * ACCOUNT_REQUIRED_TO_CONNECT :You need an account here: log in with SASL"
    assert heard[1].startswith("ERROR :") and person.wire.closed


async def test_no_guest_has_the_name_of_an_account(square: Town) -> None:
    await square.world.account("alice")
    person = square.knock()
    heard = await person.send("NICK Alice", "USER u 0 * :Real")
    assert heard == [":irc.example.org 433 * Alice :This nick is in use"]
    assert has(await person.send("NICK alice2"), "001 alice2")


async def test_two_guests_cannot_have_one_nick(square: Town) -> None:
    await square.guest("foo")
    assert has(await square.knock().send("NICK FOO", "USER u 0 * :Real"), "433 * FOO")


@pytest.mark.parametrize("nick", ["foo/bar", "a b", "", "#foo", "x" * 40, "foo!bar", "foo@bar", ":foo"])
async def test_a_nick_that_cannot_be_one_is_refused(square: Town, nick: str) -> None:
    heard = await square.knock().send(f"NICK :{nick}", "USER u 0 * :Real")
    assert has(heard, "432") or has(heard, "431")
    assert not has(heard, "001")


async def test_pass_can_hold_the_accounts_password(town: Town) -> None:
    await town.world.account("alice")
    assert has(await town.knock().send("PASS sesame", "NICK alice", "USER u 0 * :Real"), "001 alice")
    assert has(await town.knock().send("PASS alice:sesame", "NICK other", "USER u 0 * :Real"), "001 alice")
    refused = await town.knock().send("PASS wrong", "NICK alice", "USER u 0 * :Real")
    assert has(refused, "464") and refused[-1].startswith("ERROR")


async def test_a_server_password_is_asked_of_everybody() -> None:
    policy = Policy(guests=True)
    town = Town(policy, Settings(name="irc.example.org", password=Secret("open")))
    assert has(await town.knock().send("PASS open", "NICK foo", "USER u 0 * :Real"), "001 foo")
    refused = await town.knock().send("NICK bar", "USER u 0 * :Real")
    assert has(refused, "464") and refused[-1].startswith("ERROR")


async def test_quit_before_registration_is_answered_and_closes(square: Town) -> None:
    person = square.knock()
    assert await person.send("QUIT :chkport") == ["ERROR :Closing link: Quit: chkport"]
    assert person.wire.closed


async def test_commands_before_registration_are_451_and_registering_twice_is_462(square: Town) -> None:
    person = square.knock()
    assert has(await person.send("JOIN #room"), "451")
    await person.send("NICK foo", "USER u 0 * :Real")
    assert has(await person.send("USER u 0 * :Real"), "462")
    assert has(await person.send("PASS x"), "462")


async def test_nothing_is_left_of_those_who_hang_up_at_any_stage(square: Town) -> None:
    for lines in ([], ["CAP LS 302"], ["AUTHENTICATE PLAIN"], ["NICK foo"], ["NICK foo", "USER u 0 * :Real"]):
        person = square.knock()
        await person.send(*lines)
        await person.hang_up()
    assert len(square.services.registry) == 0
    seen = await (await square.guest("foo")).send("LUSERS")
    assert has(seen, "253 foo 0") and has(seen, "251 foo :There are 1 users")
