"""What an occupant is told to be, where it is inside more than once, has gone, or was never there."""

from tests.protocols.xmpp.ext.test_rooms import ADMIN, MUC_USER, ROOM, codes, item, join, room

from dragoman.formats.xml import Element

LOST = (
    f"<presence to='{ROOM}' type='error'><error type='cancel'>"
    "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
    "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No room here</text></error></presence>"
)


def addresses(stanza: Element) -> set[str]:
    x = stanza.child("x", MUC_USER)
    return {child.get("jid") for child in x.elements if child.name == "item"}


async def test_who_sees_addresses_sees_those_of_all_sessions() -> None:
    house, (alice, bob, carol) = await room("alice", "bob", "carol")
    other = await house.talker("bob", "other")
    await join(other, "bob")
    (told,) = alice.heard()
    assert addresses(told) == {"bob@example.org/here", "bob@example.org/other"}
    (hidden,) = carol.heard()
    assert addresses(hidden) == {""}
    bob.raw()
    await other.send(LOST)
    (told,) = alice.heard()
    assert addresses(told) == {"bob@example.org/here"}


async def test_whoever_answers_a_room_with_an_error_goes_with_its_address_and_its_words() -> None:
    _, (alice, bob) = await room("alice", "bob")
    await bob.send(LOST)
    (gone,) = alice.heard()
    assert (gone.get("type"), codes(gone)) == ("unavailable", ["307", "333"])
    assert item(gone)["jid"] == "bob@example.org/here"
    assert gone.child_text("status") == "Kicked: service unavailable: No room here"


async def test_a_ban_of_somebody_absent_is_told_as_a_ban() -> None:
    _, (alice, _) = await room("alice", "bob")
    banned = "<item jid='tybalt@example.org' affiliation='outcast'><reason>peace</reason></item>"
    told = next(each for each in await alice.ask(ADMIN.format(banned)) if each.name == "message")
    assert codes(told) == ["301"]
    assert (item(told)["jid"], item(told)["affiliation"]) == ("tybalt@example.org", "outcast")
