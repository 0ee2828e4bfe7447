"""Slots for files (XEP-0363)."""

from pathlib import Path

import pytest
from tests.protocols.xmpp.talker import House, error

from dragoman.storage.contents import DiskContents

NAMESPACE = "urn:xmpp:http:upload:0"


def house(directory: Path) -> House:
    made = House(contents=DiskContents(directory))
    made.world.services.uploads.base = "https://example.org"
    return made


def ask(attributes: str) -> str:
    return f"<iq type='get' id='u' to='example.org'><request xmlns='{NAMESPACE}' {attributes}/></iq>"


async def test_a_slot_has_both_links_of_a_file(tmp_path: Path) -> None:
    alice = await house(tmp_path).talker("alice")
    answer = await alice.one(ask("filename='très cool.jpg' size='23456' content-type='image/jpeg'"))
    slot = answer.child("slot", NAMESPACE)
    assert slot is not None
    put, get = slot.elements
    assert (put.name, get.name) == ("put", "get")
    assert put.get("url") == get.get("url")
    assert put.get("url").startswith("https://example.org/files/")
    assert put.get("url").endswith("/tr%C3%A8s%20cool.jpg")


@pytest.mark.parametrize(
    ("attributes", "condition"),
    [
        ("size='5'", "bad-request"),
        ("filename='a'", "bad-request"),
        ("filename='a' size='0'", "bad-request"),
        ("filename='a' size='-5'", "bad-request"),
        ("filename='a' size='٣'", "bad-request"),
        ("filename='a' size='999999999999'", "not-acceptable"),
    ],
)
async def test_what_cannot_be_a_file_or_is_too_large_gets_none(tmp_path: Path, attributes: str, condition: str) -> None:
    alice = await house(tmp_path).talker("alice")
    assert error(await alice.one(ask(attributes)))[1] == condition


async def test_it_is_offered_only_where_files_are_shared(tmp_path: Path) -> None:
    question = "<iq type='get' id='d' to='example.org'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
    for offered, made in ((True, house(tmp_path)), (False, House())):
        answer = await (await made.talker("alice")).one(question)
        query = answer.child("query", "http://jabber.org/protocol/disco#info")
        assert query is not None
        assert (NAMESPACE in [each.get("var") for each in query.elements]) is offered
