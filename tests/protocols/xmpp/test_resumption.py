"""Stream management between a client and the whole server: acknowledgements, resumption, and its end (XEP-0198)."""

import asyncio
import base64

from tests.protocols.xmpp.talker import HEADER, House, Talker, text

from dragoman.core.hooks import Routed
from dragoman.core.model import Message
from dragoman.core.stores import Query
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.settings import Settings

SM = "urn:xmpp:sm:3"
ASK = f"<r xmlns='{SM}'/>"


async def enable(talker: Talker, resume: str = " resume='true'") -> str:
    enabled = await talker.one(f"<enable xmlns='{SM}'{resume}/>")
    assert enabled.name == "enabled"
    return enabled.get("id")


async def resume(house: House, name: str, token: str, handled: int) -> tuple[Talker, list[Element]]:
    talker = Talker(house.front)
    plain = base64.b64encode(f"\x00{name}\x00secret".encode()).decode()
    auth = f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>"
    await talker.send(HEADER, auth, HEADER)
    return talker, await talker.ask(f"<resume xmlns='{SM}' previd='{token}' h='{handled}'/>")


def message(to: str, body: str) -> str:
    return f"<message to='{to}' type='chat' id='{body}'><body>{body}</body></message>"


def bodies(elements: list[Element]) -> list[str]:
    return [each.child_text("body") for each in elements if each.name == "message"]


async def test_only_stanzas_count() -> None:
    house = House()
    alice = await house.talker("alice")
    await house.world.account("bob")
    await enable(alice)
    await alice.send(message("bob@example.org", "x"), "<presence/>", "<iq type='result' id='1'/>", " ", ASK)
    alice.raw()
    await alice.send("<inactive xmlns='urn:xmpp:csi:0'/>", "<message to='@'><body>refused</body></message>")
    answer = (await alice.ask(ASK))[-1]
    assert text(answer) == f"<a xmlns='{SM}' h='4'/>"


async def test_what_was_acknowledged_is_durable() -> None:
    house = House()
    alice = await house.talker("alice")
    bob = await house.world.account("bob")
    await enable(alice)
    await alice.send(message("bob@example.org", "kept") + ASK)
    assert text(alice.heard()[-1]) == f"<a xmlns='{SM}' h='1'/>"
    page = await house.services.history.query(Query(owner=bob))
    assert [record.event.text for record in page.records if isinstance(record.event, Message)] == ["kept"]


async def test_one_question_at_a_time_is_asked_behind_what_was_sent() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await enable(bob)
    await alice.send(message("bob@example.org", "1"), message("bob@example.org", "2"))
    assert [each.name for each in bob.heard()] == ["message", "r", "message"]
    await bob.send(f"<a xmlns='{SM}' h='1'/>")
    await alice.send(message("bob@example.org", "3"))
    assert [each.name for each in bob.heard()] == ["message", "r"]


async def test_a_client_that_comes_back_gets_what_it_missed_in_order_and_nobody_saw_it_go() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    token = await enable(bob)
    for number in range(3):
        await alice.send(message("bob@example.org/here", str(number)))
    await house.lose(bob)
    await alice.send(message("bob@example.org", "3"), message("bob@example.org/here", "4"))
    assert alice.raw() == b""
    again, heard = await resume(house, "bob", token, 1)
    assert text(heard[0]) == f"<resumed xmlns='{SM}' previd='{token}' h='0'/>"
    assert bodies(heard) == ["1", "2", "3", "4"]
    await alice.send(message("bob@example.org/here", "5"))
    assert bodies(again.heard()) == ["5"]
    house.world.clock.advance(10_000)
    await house.world.clock.settle()
    assert len(house.services.registry) == 2
    assert alice.raw() == b""


async def test_a_connection_that_is_only_half_dead_is_cut_off_when_its_client_comes_back_on_another() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    token = await enable(bob)
    await alice.send(message("bob@example.org/here", "1"))
    bob.raw()
    again, heard = await resume(house, "bob", token, 0)
    assert bodies(heard) == ["1"]
    assert next(bob.heard()[-1].elements).name == "conflict"
    assert bob.wire.closed
    await house.lose(bob)
    await alice.send(message("bob@example.org/here", "2"))
    assert bodies(again.heard()) == ["2"]


async def test_nobody_resumes_somebody_elses_session() -> None:
    house = House()
    await house.world.account("eve")
    bob = await house.talker("bob")
    token = await enable(bob)
    _, heard = await resume(house, "eve", token, 0)
    assert text(heard[0]).startswith(f"<failed xmlns='{SM}'><item-not-found ")
    assert not bob.wire.closed


async def test_a_client_that_does_not_come_back_ends_and_its_messages_wait_for_the_next_login() -> None:
    house = House(settings=Settings(resume_seconds=60))
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    token = await enable(bob)
    await house.lose(bob)
    await alice.send(message("bob@example.org/here", "missed"), "<presence to='bob@example.org/here'/>")
    await alice.send("<iq to='bob@example.org/here' type='get' id='q'><x xmlns='urn:x'/></iq>")
    assert alice.raw() == b""
    house.world.clock.advance(61)
    await house.world.clock.settle()
    heard = alice.heard()
    assert {(each.name, each.get("type")) for each in heard} == {("presence", "unavailable"), ("iq", "error")}
    _, failed = await resume(house, "bob", token, 0)
    assert text(failed[0]) == (
        f"<failed xmlns='{SM}' h='0'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
    )
    later = await house.talker("bob", "later", presence=None)
    assert bodies(await later.ask("<presence/>")) == ["missed"]


async def test_what_a_lost_session_never_had_goes_to_another_one_that_is_there() -> None:
    house = House(settings=Settings(resume_seconds=0))
    alice, bob, other = (
        await house.talker("alice"),
        await house.talker("bob", "here"),
        await house.talker("bob", "other"),
    )
    await enable(bob)
    await alice.send(message("bob@example.org/here", "x"))
    await house.lose(bob)
    assert bodies(other.heard()) == ["x"]


async def test_without_resumption_a_lost_connection_is_the_end() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    assert await enable(bob, "") == ""
    await alice.send(message("bob@example.org/here", "x"))
    await house.lose(bob)
    assert len(house.services.registry) == 1
    later = await house.talker("bob", "later", presence=None)
    assert bodies(await later.ask("<presence/>")) == ["x"]


async def test_a_stream_that_was_closed_is_over() -> None:
    house = House()
    bob = await house.talker("bob")
    token = await enable(bob)
    await bob.send("</stream:stream>")
    _, heard = await resume(house, "bob", token, 0)
    assert heard[0].name == "failed"
    assert len(house.services.registry) == 0


async def test_an_acknowledgement_of_what_was_never_sent_breaks_the_stream() -> None:
    house = House()
    bob = await house.talker("bob")
    token = await enable(bob)
    broken = await bob.one(f"<a xmlns='{SM}' h='1'/>")
    assert [child.name for child in broken.elements] == ["undefined-condition", "text", "handled-count-too-high"]
    assert list(broken.elements)[2].attributes == {"h": "1", "send-count": "0"}
    await house.lose(bob)
    again, heard = await resume(house, "bob", token, 7)
    assert again.wire.closed and heard[0].name == "error"
    _, heard = await resume(house, "bob", token, 0)
    assert heard[0].name == "resumed"


async def test_h_is_a_number() -> None:
    bob = await House().talker("bob")
    await enable(bob)
    assert next((await bob.one(f"<a xmlns='{SM}' h='many'/>")).elements).name == "invalid-xml"


async def test_too_much_that_waits_ends_the_session_and_keeps_the_messages() -> None:
    house = House(settings=Settings(max_unacknowledged=100))
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await enable(bob)
    await house.lose(bob)
    for number in range(120):
        await alice.send(message("bob@example.org/here", str(number)))
        await house.world.clock.settle()
    assert len(house.services.registry) == 1
    later = await house.talker("bob", "later", presence=None)
    assert bodies(await later.ask("<presence/>")) == [str(number) for number in range(120)]


async def test_enabling_twice_and_resuming_late_are_refused() -> None:
    bob = await House().talker("bob")
    await enable(bob)
    assert (await bob.one(f"<enable xmlns='{SM}'/>")).name == "failed"
    assert (await bob.one(f"<resume xmlns='{SM}' previd='x' h='0'/>")).name == "failed"


async def test_a_sleeping_client_that_comes_back_is_awake() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    token = await enable(bob)
    await bob.send("<inactive xmlns='urn:xmpp:csi:0'/>")
    await alice.send("<presence><show>dnd</show></presence>")
    await house.lose(bob)
    _, heard = await resume(house, "bob", token, 0)
    assert [each.child_text("show") for each in heard if each.name == "presence"] == ["dnd"]


async def test_a_connection_on_which_nobody_answers_is_cut_and_its_client_may_come_back() -> None:
    house = House(settings=Settings(answer_seconds=60))
    alice, bob = await house.talker("alice"), await house.talker("bob")
    token = await enable(bob)
    await alice.send(message("bob@example.org/here", "1"))
    house.world.clock.advance(50)
    await bob.send(f"<a xmlns='{SM}' h='1'/>")
    house.world.clock.advance(1000)
    assert not bob.wire.closed  # nothing is due
    await alice.send(message("bob@example.org/here", "2"))
    house.world.clock.advance(59)
    assert not bob.wire.closed
    house.world.clock.advance(31)
    assert bob.wire.closed
    await house.lose(bob)
    _, heard = await resume(house, "bob", token, 1)
    assert bodies(heard) == ["2"]


def hold(house: House) -> asyncio.Event:
    """What is said waits from now on, until this is set."""
    committed = asyncio.Event()

    async def wait(routed: Routed) -> None:
        await committed.wait()

    house.services.hooks.before_routing(wait)
    return committed


async def test_what_is_still_on_its_way_when_the_client_comes_back_counts_once() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    token = await enable(alice)
    committed = hold(house)
    saying = asyncio.create_task(alice.send(message("bob@example.org", "x")))
    await asyncio.sleep(0)
    again, heard = await resume(house, "alice", token, 0)
    assert heard == []
    committed.set()
    await saying
    assert text(again.heard()[0]) == f"<resumed xmlns='{SM}' previd='{token}' h='1'/>"
    assert bodies(bob.heard()) == ["x"]


async def test_a_client_that_comes_back_and_is_lost_again_at_once_may_come_back_once_more() -> None:
    house = House()
    alice = await house.talker("alice")
    await house.world.account("bob")
    token = await enable(alice)
    committed = hold(house)
    saying = asyncio.create_task(alice.send(message("bob@example.org", "x")))
    await asyncio.sleep(0)
    again, _ = await resume(house, "alice", token, 0)
    await house.lose(again)
    committed.set()
    await saying
    await house.lose(alice)
    _, heard = await resume(house, "alice", token, 0)
    assert text(heard[0]) == f"<resumed xmlns='{SM}' previd='{token}' h='1'/>"


async def test_an_account_that_is_removed_leaves_nothing_behind() -> None:
    house = House()
    alice, here, away = (
        await house.talker("alice"),
        await house.talker("bob", "here"),
        await house.talker("bob", "away"),
    )
    for talker in (here, away):
        await enable(talker)
    await house.lose(away)
    await alice.send(message("bob@example.org", "x"))
    await house.services.accounts.remove(here.address.bare)
    await house.world.clock.settle()
    assert next(here.heard()[-1].elements).name == "not-authorized"
    await house.lose(here)
    server = house.front.server
    assert (len(server.clients), len(server._resumable), len(house.services.registry)) == (1, 0, 1)
    assert await house.world.stores.archive.waiting(here.address.bare) == []


async def test_a_server_that_stops_keeps_what_clients_have_not_acknowledged() -> None:
    house = House()
    alice, bob, deaf = await house.talker("alice"), await house.talker("bob"), await house.talker("carol")
    await enable(bob)
    await alice.send(message("bob@example.org/here", "1"), message("bob@example.org/here", "2"))
    await bob.send(f"<a xmlns='{SM}' h='1'/>")
    await alice.send("<iq to='bob@example.org/here' type='get' id='q'><x xmlns='urn:x'/></iq>")
    for talker in (alice, bob, deaf):
        talker.caller.drain("the server is stopping")
        await house.lose(talker)
    await house.front.close()
    waiting = await house.world.stores.archive.waiting(bob.address.bare)
    assert [archived.event.text for archived in waiting if isinstance(archived.event, Message)] == ["2"]


async def waiting(house: House, talker: Talker) -> list[str]:
    await house.world.clock.settle()
    kept = await house.world.stores.archive.waiting(talker.address.bare)
    return [archived.event.text for archived in kept if isinstance(archived.event, Message)]


async def test_what_a_client_that_is_away_was_told_survives_a_server_that_dies() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await enable(bob)
    await alice.send(message("bob@example.org/here", "heard"))
    await bob.send(f"<a xmlns='{SM}' h='1'/>")
    await alice.send(message("bob@example.org/here", "on its way"))
    await house.lose(bob)
    await alice.send(message("bob@example.org", "while it is away"))
    await alice.send("<message to='bob@example.org' type='headline'><body>of today</body></message>")
    await house.world.clock.settle()
    after = House(stores=house.world.stores)
    again = await after.talker("bob", presence=None)
    assert bodies(await again.ask("<presence/>")) == ["on its way", "while it is away"]


async def test_what_a_client_acknowledges_that_came_back_waits_no_longer() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    token = await enable(bob)
    await house.lose(bob)
    for body in ("1", "2", "3"):
        await alice.send(message("bob@example.org", body))
    assert await waiting(house, bob) == ["1", "2", "3"]
    again, heard = await resume(house, "bob", token, 0)
    assert bodies(heard) == ["1", "2", "3"]
    await again.send(f"<a xmlns='{SM}' h='2'/>")
    assert await waiting(house, bob) == ["3"]
    await house.lose(again)
    again, heard = await resume(house, "bob", token, 3)
    assert bodies(heard) == [] and await waiting(house, bob) == []


async def test_whoever_comes_while_the_client_is_away_is_told_and_nothing_is_told_twice() -> None:
    house = House(settings=Settings(resume_seconds=60))
    alice, bob = await house.talker("alice"), await house.talker("bob")
    token = await enable(bob)
    await house.lose(bob)
    await alice.send(message("bob@example.org/here", "1"), message("bob@example.org", "2"))
    await house.world.clock.settle()
    other = await house.talker("bob", "other", presence=None)
    assert bodies(await other.ask("<presence/>")) == ["1", "2"]
    again, heard = await resume(house, "bob", token, 0)
    assert bodies(heard) == ["1", "2"]
    await house.lose(again)
    house.world.clock.advance(61)
    await house.world.clock.settle()
    assert bodies(other.heard()) == [] and await waiting(house, bob) == []


async def test_where_another_client_is_there_nothing_waits_for_the_one_that_is_away() -> None:
    house = House()
    alice, bob, other = await house.talker("alice"), await house.talker("bob"), await house.talker("bob", "other")
    await enable(bob)
    await house.lose(bob)
    await alice.send(message("bob@example.org", "x"))
    assert bodies(other.heard()) == ["x"] and await waiting(house, bob) == []
