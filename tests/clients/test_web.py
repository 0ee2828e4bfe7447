"""The web client, in a real browser at a real server, with people on XMPP and IRC."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.stage.process import Process

pytestmark = [pytest.mark.clients, pytest.mark.timeout(180)]
if importlib.util.find_spec("playwright") is None:
    pytest.skip("not installed: playwright (uv sync --group clients)", allow_module_level=True)

from playwright.async_api import Browser, expect  # noqa: E402
from tests.clients.conversation import FULL_IRC, until  # noqa: E402
from tests.clients.programs.browser import AXE, BUILT, CHROMIUM, Person, chromium  # noqa: E402
from tests.clients.programs.slix import Slix  # noqa: E402

BOB, ALICE, CAROL = "bob@localhost", "alice@localhost", "carol@localhost"


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None or not BUILT.exists():
        pytest.skip("not there: chromium (tests/clients/install.sh), or the build of the web client (make webclient)")
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture
async def everybody(server: Process) -> Process:
    await server.add_user("carol")
    await server.command("user", "introduce", "alice", "bob")
    await server.command("user", "introduce", "bob", "carol")
    return server


async def both(browser: Browser, server: Process) -> tuple[Person, Person]:
    """Alice and Bob, each with the other on the screen."""
    alice = await Person.arrive(browser, server, "alice")
    bob = await Person.arrive(browser, server, "bob")
    await alice.open(BOB)
    await bob.open(ALICE)
    return alice, bob


async def test_a_wrong_password_is_said_to_be_wrong(browser: Browser, server: Process) -> None:
    nobody = await Person.arrive(browser, server, "")
    await nobody.page.fill("[name=username]", "alice")
    await nobody.page.fill("[name=password]", "guessed")
    await nobody.page.keyboard.press("Enter")
    await expect(nobody.page.get_by_role("alert")).to_have_text("The name or the password is not right.")


async def test_it_talks_with_somebody_on_xmpp(browser: Browser, everybody: Process, home: Path) -> None:
    slix = await Slix.start(everybody, home)
    try:
        bob = await Person.arrive(browser, everybody, "bob")
        await bob.open(ALICE)
        await bob.say("Hello from the browser")
        await until(lambda: "Hello from the browser" in slix.shown(), "XMPP has the message")
        await slix.say("bob", "Hello from XMPP")
        await bob.sees("Hello from XMPP")
        await slix.typing("bob")
        await expect(bob.page.get_by_text("alice is typing").first).to_be_visible()
        assert bob.problems == []
    finally:
        await slix.stop()


async def test_it_talks_with_somebody_on_irc_alone_and_in_a_room(browser: Browser, everybody: Process) -> None:
    carol = await everybody.irc("carol", FULL_IRC)
    bob = await Person.arrive(browser, everybody, "bob")
    await bob.open(CAROL)
    await bob.say("Hello *Carol*")
    await carol.until(lambda piece: isinstance(piece, str) and "PRIVMSG bob" not in piece and "Carol" in piece)
    await carol.send("PRIVMSG bob :Hello \x02Bob\x02")
    await bob.sees("Hello Bob")
    await bob.page.get_by_role("button", name="New conversation").click()
    await bob.page.get_by_role("tab", name="New group").click()
    await bob.page.get_by_label("Name of the group").fill("Garden")
    await bob.page.get_by_label("Anybody may find and enter it").check()
    await bob.page.get_by_role("button", name="Create room").click()
    await expect(bob.page.locator("header .who")).to_contain_text("Garden")
    await bob.page.locator("header .who").click()
    address = await bob.page.locator("aside .address bdi").inner_text()
    room = "#" + address.partition("@")[0]
    await carol.send(f"JOIN {room}")
    await expect(bob.page.get_by_role("list", name="Members")).to_contain_text("carol")
    await carol.send(f"PRIVMSG {room} :bob: the seedlings are here")
    await bob.sees("the seedlings are here")
    await expect(bob.message("the seedlings are here").locator("mark")).to_have_text("bob")
    await bob.say("On my way")
    await carol.until(lambda piece: isinstance(piece, str) and f"PRIVMSG {room} :On my way" in piece)
    assert bob.problems == []


async def test_messages_tell_how_far_they_have_come(browser: Browser, everybody: Process) -> None:
    alice = await Person.arrive(browser, everybody, "alice")
    bob = await Person.arrive(browser, everybody, "bob")
    await alice.open(BOB)
    await alice.say("Are you there?")
    await alice.state("Are you there?", "delivered")
    await bob.page.locator(".sidebar [data-row]").first.click()
    await bob.sees("Are you there?")
    await alice.state("Are you there?", "read")
    await expect(bob.page.locator(".sidebar .badge")).to_have_count(0)


async def test_one_edits_answers_reacts_and_deletes(browser: Browser, everybody: Process) -> None:
    alice, bob = await both(browser, everybody)
    await alice.say("The meeting is at threee")
    await bob.sees("The meeting is at threee")
    await alice.page.press("#composer", "ArrowUp")
    await expect(alice.page.locator("#composer")).to_have_value("The meeting is at threee")
    await alice.say("The meeting is at three")
    await expect(bob.message("The meeting is at three")).to_contain_text("edited")
    await bob.act("The meeting is at three", "Reply")
    await bob.say("I will be there")
    await expect(alice.message("I will be there").locator(".quote")).to_contain_text("The meeting is at three")
    await alice.message("I will be there").hover()
    await alice.message("I will be there").get_by_role("button", name="React with 👍").click()
    await expect(bob.message("I will be there").locator(".reactions")).to_contain_text("👍")
    await bob.act("I will be there", "Delete")
    await expect(alice.page.get_by_role("article").last).to_contain_text("Message deleted")
    assert alice.problems == bob.problems == []


async def test_real_time_text_shows_what_is_typed_while_it_is_typed(browser: Browser, everybody: Process) -> None:
    alice, bob = await both(browser, everybody)
    await alice.page.get_by_role("button", name="Real-time text").click()
    await alice.page.locator("#composer").press_sequentially("Hello wrold", delay=40)
    await expect(bob.page.locator(".live p")).to_have_text("Hello wrold")
    for _ in range(4):
        await alice.page.press("#composer", "Backspace")
    await alice.page.locator("#composer").press_sequentially("orld", delay=40)
    await expect(bob.page.locator(".live p")).to_have_text("Hello world")
    await alice.page.press("#composer", "Enter")
    await bob.sees("Hello world")
    await expect(bob.page.locator(".live")).to_have_count(0)


async def test_a_reload_keeps_everything_and_the_draft_is_on_every_device(browser: Browser, everybody: Process) -> None:
    alice, _ = await both(browser, everybody)
    for number in range(3):
        await alice.say(f"Line {number}")
        await alice.state(f"Line {number}", "read")
    await alice.page.fill("#composer", "half a thought")
    await alice.page.locator("#composer").blur()
    other = await Person.arrive(browser, everybody, "alice")
    await expect(other.page.locator(".sidebar [data-row]").first).to_contain_text("half a thought")
    await alice.page.reload()
    await expect(alice.page.get_by_role("article")).to_have_count(3)
    await expect(alice.page.locator("#composer")).to_have_value("half a thought")


async def test_without_a_connection_one_reads_and_what_one_writes_is_sent_later(
    browser: Browser, everybody: Process
) -> None:
    alice, bob = await both(browser, everybody)
    await alice.say("Before")
    await alice.state("Before", "read")
    await everybody.stop()
    await expect(alice.page.locator(".sidebar .link")).to_be_visible()
    await alice.say("While the server was away")
    await alice.state("While the server was away", "pending")
    await everybody.start()
    await alice.state("While the server was away", "read")
    await bob.sees("While the server was away")
    await expect(bob.page.get_by_role("article")).to_have_count(2)


async def test_the_page_itself_opens_without_a_server(browser: Browser, everybody: Process) -> None:
    alice, _ = await both(browser, everybody)
    await alice.say("Kept in this browser")
    await alice.state("Kept in this browser", "read")
    await alice.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await alice.page.reload()  # now the worker stands between, and what was shown is kept
    await alice.sees("Kept in this browser")
    await asyncio.sleep(2)  # the snapshot of the lists is written after a pause
    await everybody.stop()
    await alice.page.reload()
    await alice.sees("Kept in this browser")
    await alice.say("Written without a server")
    await alice.page.reload()
    await alice.state("Written without a server", "pending")
    await everybody.start()


async def test_search_finds_on_the_server_and_leads_there(browser: Browser, everybody: Process) -> None:
    alice, _ = await both(browser, everybody)
    await alice.say("The needle is here")
    for number in range(60):
        await alice.say(f"Hay {number}")
    await alice.state("Hay 59", "read")
    await alice.page.reload()
    await alice.sees("Hay 59")
    await alice.page.keyboard.press("Control+Shift+f")
    await alice.page.get_by_role("searchbox", name="Search all messages").fill("needle from:alice")
    await alice.page.get_by_role("dialog").get_by_role("button", name="The needle is here").click()
    await alice.sees("The needle is here")
    await alice.page.get_by_role("button", name="To the newest message").click()
    await alice.sees("Hay 59")


async def test_files_and_voice_are_sent_and_shown(browser: Browser, everybody: Process, home: Path) -> None:
    alice, bob = await both(browser, everybody)
    report = home / "report.txt"
    report.write_bytes(b"figures\n" * 100_000)
    await alice.page.set_input_files("input[type=file]", report)
    await expect(alice.page.get_by_role("list", name="Files to be sent")).to_contain_text("report.txt")
    await alice.page.press("#composer", "Enter")
    await expect(bob.page.locator("a.card")).to_contain_text("report.txt")
    await alice.page.get_by_role("button", name="Record a voice message").click()
    await expect(alice.page.get_by_role("timer")).to_have_text("0:01")
    await alice.page.get_by_role("button", name="Send").click()
    await expect(bob.page.get_by_role("button", name="Play voice message")).to_be_visible()
    assert alice.problems == bob.problems == []


async def test_what_is_hostile_stays_text(browser: Browser, everybody: Process) -> None:
    alice, bob = await both(browser, everybody)
    attack = "<img src=x onerror=alert(1)> javascript:alert(1) [x](javascript:alert(1)) \u202eevil"
    await alice.say(attack)
    await bob.sees("onerror")
    shown = bob.message("onerror")
    await expect(shown.locator("img")).to_have_count(0)
    await expect(shown.locator("a")).to_have_count(0)
    assert bob.problems == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, everybody: Process, theme: Any) -> None:
    if not AXE.exists():
        pytest.skip("not there: axe-core (tools/webclient.sh)")
    nobody = await Person.arrive(browser, everybody, "", color_scheme=theme)
    await nobody.accessible("login")
    alice = await Person.arrive(browser, everybody, "alice", color_scheme=theme)
    await alice.accessible("nothing chosen")
    await alice.open(BOB)
    await alice.accessible("an empty conversation")
    await alice.say("*Hello* `Bob` https://example.org\n> quoted")
    await alice.state("Hello", "sent")
    await alice.message("Hello").hover()
    await alice.accessible("a conversation")
    await alice.page.get_by_role("button", name="Details", exact=True).click()
    await alice.accessible("details")
    await alice.page.keyboard.press("Control+k")
    await expect(alice.page.locator("#palette")).to_be_visible()
    await alice.accessible("palette")
    await alice.page.keyboard.press("Escape")
    await alice.page.get_by_role("button", name="Contacts").click()
    await alice.accessible("contacts")
    await alice.page.keyboard.press("Control+/")
    await alice.accessible("shortcuts")
    await alice.page.keyboard.press("Escape")
    await alice.page.get_by_role("button", name="Settings").click()
    for section in ("Profile", "Appearance", "Notifications", "Privacy", "Devices"):
        await alice.page.get_by_role("tab", name=section).click()
        await alice.accessible(section)
    await alice.page.keyboard.press("Escape")
    await alice.page.get_by_role("button", name="Add contact").click()
    for tab in ("Person", "New group", "Find a room", "Add contact"):
        await alice.page.get_by_role("tab", name=tab).click()
        await alice.accessible(tab)


#: Escape twice, so fast that the page has not been told yet what the first one closed.
TWICE = """() => {
    document.querySelector("dialog[open]").close();
    document.activeElement.blur();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}"""


async def test_the_keyboard_alone_does_everything(browser: Browser, everybody: Process) -> None:
    bob = await Person.arrive(browser, everybody, "bob")
    await bob.open(ALICE)
    alice = await Person.arrive(browser, everybody, "alice")
    press, text = alice.page.keyboard.press, alice.page.keyboard.insert_text
    await press("Control+k")
    await expect(alice.page.get_by_role("combobox")).to_be_focused()
    await text("bob")
    await press("Enter")
    await expect(alice.page.locator("#composer")).to_be_focused()
    await text("First")
    await press("Enter")
    await alice.state("First", "read")
    await press("Shift+F6")
    await expect(alice.message("First")).to_be_focused()
    await press("r")
    await text("An answer to myself")
    await press("Enter")
    await expect(bob.message("An answer to myself").locator(".quote")).to_contain_text("First")
    await press("ArrowUp")
    await text("!")
    await press("Enter")
    await bob.sees("An answer to myself!")
    await press("Shift+F6")
    await expect(alice.message("An answer to myself!")).to_be_focused()
    await press("+")
    await expect(alice.page.get_by_role("searchbox", name="Find an emoji")).to_be_focused()
    await text("rocket")
    await press("Enter")
    await expect(bob.message("An answer to myself!").locator(".reactions")).to_contain_text("🚀")
    await alice.message("An answer to myself!").focus()
    await press("Delete")
    await expect(bob.page.get_by_role("article").last).to_contain_text("Message deleted")
    await press("Control+/")
    await expect(alice.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await press("Escape")
    await press("Escape")
    await expect(alice.page.locator("#composer")).to_be_focused()
    await press("Control+/")
    await expect(alice.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await alice.page.evaluate(TWICE)
    await expect(alice.page.locator("#composer")).to_be_focused()


async def test_arabic_runs_from_right_to_left_and_a_phone_has_one_column(browser: Browser, everybody: Process) -> None:
    alice = await Person.arrive(browser, everybody, "alice", locale="ar", viewport={"width": 390, "height": 800})
    await expect(alice.page.locator("html")).to_have_attribute("dir", "rtl")
    await alice.open(BOB)
    await alice.say("مرحبا Bob")
    await alice.state("مرحبا Bob", "sent")
    await expect(alice.page.locator(".sidebar")).to_be_hidden()
    assert await alice.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if AXE.exists():
        await alice.accessible("a phone, from right to left")
    await alice.page.go_back()
    await expect(alice.page.locator(".sidebar")).to_be_visible()
