"""Questions about the server and about people, and looking after it."""

from tests.protocols.irc.town import EVERYTHING, Town

from dragoman.core.policy import Policy
from dragoman.formats.secret import Secret
from dragoman.protocols.irc.accept import COMMANDS
from dragoman.protocols.irc.help import HELP
from dragoman.protocols.irc.settings import Operator, Settings


def codes(lines: list[str]) -> list[str]:
    return [(line.partition(" ")[2] if line[:1] == "@" else line).split()[1] for line in lines]


async def test_every_question_has_its_numbers(square: Town) -> None:
    foo = await square.guest("foo")
    for question, wanted in (
        ("VERSION", ["351", "005", "005", "005"]),
        ("TIME", ["391"]),
        ("INFO", ["371", "374"]),
        ("ADMIN", ["256", "257", "258", "259"]),
        ("LINKS", ["364", "365"]),
        ("STATS u", ["242", "219"]),
        ("LUSERS", ["251", "252", "253", "254", "255", "265", "266"]),
        ("MOTD", ["422"]),
        ("HELP nonsense", ["524"]),
        ("NONSENSE", ["421"]),
        ("WHOIS", ["461"]),
        ("WHOWAS nobody", ["406", "369"]),
        ("TIME elsewhere.example", ["402"]),
        ("MOTD elsewhere.example", ["402"]),
    ):
        assert codes(await foo.send(question)) == wanted, question


async def test_there_is_help_on_what_people_type(square: Town) -> None:
    foo = await square.guest("foo")
    lines = await foo.send("HELP join")
    assert codes(lines)[0] == "704" and codes(lines)[-1] == "706"
    assert set(HELP) - {"*"} <= set(COMMANDS)


async def test_whowas_remembers_the_last_first(square: Town) -> None:
    foo = await square.guest("foo")
    for realname in ("first", "second"):
        person = square.knock()
        await person.send("NICK bar", f"USER u 0 * :{realname}")
        await person.hang_up()
    lines = await foo.send("WHOWAS bar", "WHOWAS bar 1")
    assert codes(lines) == ["314", "312", "314", "312", "369", "314", "312", "369"]
    assert lines[0].endswith(" second") and lines[2].endswith(" first")


async def test_whox_tells_only_what_is_asked_in_its_order(square: Town) -> None:
    foo = await square.guest("foo", EVERYTHING)
    await foo.send("JOIN #room")
    [line, _] = await foo.send("WHO #room %tcuihsnfdlaor,42")
    assert line.split(" 354 foo ")[1] == (
        "42 #room ~foo 255.255.255.255 example.org irc.example.org foo H@ 0 0 0 n/a :Real foo"
    )
    [line, _] = await foo.send("WHO #room %na")
    assert line.endswith(" 354 foo foo 0")


async def test_operators_are_made_by_the_settings_and_end_connections() -> None:
    operators = {"root": Operator(Secret("let me in")), "team": Operator(Secret("x"), ("alice",))}
    town = Town(Policy(guests=True, open_presence=True), Settings(name="irc.example.org", operators=operators))
    foo, bar = await town.guest("foo"), await town.guest("bar")
    assert codes(await foo.send("KILL bar :x", "WALLOPS :x", "REHASH", "DIE")) == ["481"] * 4
    assert codes(await foo.send("OPER root wrong", "OPER nobody x", "OPER team x")) == ["464", "464", "491"]
    assert codes(await foo.send("OPER root :let me in"))[0] == "381"
    assert codes(await bar.send("WHOIS foo"))[2] == "313"
    assert codes(await foo.send("DIE", "KILL nobody :x")) == ["400", "401"]
    await foo.send("KILL bar :spam")
    assert bar.read()[-1] == "ERROR :Closing link: Killed (foo (spam))" and bar.wire.closed
    assert codes(await foo.send("MODE foo -o", "KILL foo :x"))[-1] == "481"


async def test_a_bot_says_that_it_is_one(square: Town) -> None:
    foo, bar = await square.guest("foo", EVERYTHING), await square.guest("bar")
    await bar.send("MODE bar +B", "PRIVMSG foo :beep")
    assert ";bot" in foo.read()[0]
    assert "335" in codes(await foo.send("WHOIS bar"))
    assert any(" HB :" in line for line in await foo.send("WHO bar"))
