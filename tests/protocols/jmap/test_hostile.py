"""What is malformed, too large, forged, or somebody else's: refused in JMAP's own words, and nothing breaks."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.protocols.jmap.town import ROOM, USING, MethodFailed, Screen, Town, id_of

from dragoman.core.address import Address
from dragoman.protocols.jmap.errors import RequestError
from dragoman.protocols.jmap.ids import account_id, member_id
from dragoman.protocols.jmap.methods import METHODS
from dragoman.protocols.jmap.settings import Settings

ALICE, BOB = "alice@example.org", "bob@example.org"
URN = "urn:ietf:params:jmap:error:"


async def people() -> tuple[Town, Screen, Screen]:
    town = Town()
    return town, await town.screen("alice"), await town.screen("bob")


@pytest.mark.parametrize(
    ("data", "kind", "id"),
    [
        (b"", "notJSON", None),
        (b"{", "notJSON", None),
        (b"\xff\xfe", "notJSON", None),
        (b'{"@type":"Request","id":"r","using":[],"methodCalls":[["Core/echo",{"x":"\\ud800"},"0"]]}', "notJSON", None),
        (b'{"@type":"Request","id":"r","using":[],"methodCalls":[["Core/echo",{"x":NaN},"0"]]}', "notJSON", None),
        (b"[" * 100_000, "notRequest", None),
        (b"null", "notRequest", None),
        (b"[]", "notRequest", None),
        (b'{"@type":"Nonsense","id":"r"}', "notRequest", "r"),
        (b'{"@type":"Request","id":"r"}', "notRequest", "r"),
        (b'{"@type":"Request","id":7,"using":[],"methodCalls":[]}', "notRequest", None),
        (b'{"@type":"Request","id":"r","using":[],"methodCalls":[["Core/echo",{}]]}', "notRequest", "r"),
        (b'{"@type":"Request","id":"r","using":[],"methodCalls":[["Core/echo",[],"0"]]}', "notRequest", "r"),
        (b'{"@type":"Request","id":"r","using":["urn:x"],"methodCalls":[]}', "unknownCapability", "r"),
        (
            b'{"@type":"Request","id":"r","using":[],"methodCalls":[["Core/echo",{"x":%b1%b},"0"]]}'
            % (b"[" * 40, b"]" * 40),
            "notRequest",
            "r",
        ),
        (
            json.dumps(
                {"@type": "Request", "id": "r", "using": [], "methodCalls": [["Core/echo", {}, "0"]] * 33}
            ).encode(),
            "limit",
            "r",
        ),
    ],
)
async def test_a_frame_that_is_no_request_is_answered_with_what_is_wrong(
    data: bytes, kind: str, id: str | None
) -> None:
    _, alice, _ = await people()
    await alice.send_bytes(data)
    [frame] = alice.take()
    assert (frame["@type"], frame["type"], frame["requestId"]) == ("RequestError", URN + kind, id)
    assert await alice.call("Core/echo", x=1)  # and the connection goes on


async def test_the_same_by_post() -> None:
    town, alice, _ = await people()
    for body, kind in (
        (b"{", "notJSON"),
        (b"{}", "notRequest"),
        (b'{"using":["x"],"methodCalls":[]}', "unknownCapability"),
    ):
        with pytest.raises(RequestError, match=kind):
            await town.front.request(alice.device, body)


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("Message/get", {"ids": [1]}, "invalidArguments"),
        ("Message/get", {"ids": None}, "requestTooLarge"),
        ("Message/get", {"ids": ["x"] * 1001}, "requestTooLarge"),
        ("Message/get", {"ids": [], "properties": ["nothing"]}, "invalidArguments"),
        ("Message/get", {"ids": [], "surprise": 1}, "invalidArguments"),
        ("Message/set", {"create": {str(n): {} for n in range(201)}}, "requestTooLarge"),
        ("Message/set", {"ifInState": "x"}, "stateMismatch"),
        ("Message/changes", {"sinceState": "x"}, "cannotCalculateChanges"),
        ("Message/changes", {"sinceState": "0000000000000", "maxChanges": 0}, "invalidArguments"),
        ("Conversation/changes", {"sinceState": "1.2.3"}, "cannotCalculateChanges"),
        ("Conversation/changes", {"sinceState": "0000000000000.999.x.0"}, "cannotCalculateChanges"),
        ("Contact/changes", {"sinceState": "x.y.z.w"}, "cannotCalculateChanges"),
        ("Message/query", {"filter": {"operator": "AND", "conditions": []}}, "unsupportedFilter"),
        ("Message/query", {"filter": {"after": "yesterday"}}, "invalidArguments"),
        ("Message/query", {"sort": [{"property": "text"}]}, "unsupportedSort"),
        ("Message/query", {"anchor": "zz"}, "anchorNotFound"),
        ("Message/query", {"anchor": "0000000000001"}, "anchorNotFound"),
        ("Message/query", {"position": 10**9}, "invalidArguments"),
        ("Message/query", {"limit": -1}, "invalidArguments"),
        ("Message/queryChanges", {}, "cannotCalculateChanges"),
        ("Message/burn", {}, "unknownMethod"),
        ("Message/get", {"#ids": {"resultOf": "9", "name": "x", "path": "/ids"}}, "invalidResultReference"),
        ("Message/get", {"#ids": 5}, "invalidResultReference"),
        ("Message/get", {"ids": [], "#ids": {"resultOf": "0", "name": "x", "path": "/"}}, "invalidArguments"),
        ("Room/invite", {"conversationId": "nonsense", "address": BOB}, "invalidArguments"),
    ],
)
async def test_a_call_that_cannot_be_is_refused(name: str, arguments: dict[str, Any], error: str) -> None:
    _, alice, _ = await people()
    with pytest.raises(MethodFailed, match=error):
        await alice.call(name, **arguments)


async def test_nobody_reads_or_changes_another_account() -> None:
    town, alice, bob = await people()
    carol = await town.screen("carol")
    said = await alice.say(BOB, "For Bob alone")
    for name in METHODS:
        if name != "Core/echo":
            [[_, answer, _]] = await carol.request((name, {"accountId": account_id(bob.account)}))
            assert answer["type"] in ("accountNotFound", "invalidArguments", "cannotCalculateChanges"), name
    assert (await carol.call("Message/get", ids=[said["id"]]))["notFound"] == [said["id"]]
    answer = await carol.call("Message/set", update={said["id"]: {"reactions/👍": True}}, destroy=[said["id"]])
    assert answer["notUpdated"][said["id"]]["type"] == answer["notDestroyed"][said["id"]]["type"] == "notFound"
    reply = {"new": {"conversationId": id_of(ALICE), "text": "x", "reply": {"messageId": said["id"]}}}
    assert (await carol.call("Message/set", create=reply))["notCreated"]["new"]["type"] == "notFound"
    answer = await carol.call("Device/set", destroy=[alice.device.id])
    assert answer["notDestroyed"][alice.device.id]["type"] == "notFound"
    assert await carol.get("Conversation", id_of(ALICE)) == []


async def test_forged_ids_are_nobodys() -> None:
    _, alice, _ = await people()
    await alice.enter()
    forged = ["", "c", "c!!!!", "cQUxJQ0VAZXhhbXBsZS5vcmc", id_of(BOB) + "=", "m", "a" * 5000, "singleton\0", "🙂"]
    for kind in ("Conversation", "Contact", "Member", "Room", "Preferences", "Device", "Message"):
        answer = await alice.call(f"{kind}/get", ids=forged)
        assert answer["list"] == [] and sorted(answer["notFound"]) == sorted(forged), kind
        for id in forged:
            [[_, told, _]] = await alice.request((f"{kind}/set", {"update": {id: {}}, "destroy": [id]}))
            assert not told.get("updated") and not told.get("destroyed"), (kind, id)
    member = member_id(Address.parse(ROOM), "nobody")
    answer = await alice.call("Member/set", update={member: {"role": "none"}})
    assert answer["notUpdated"][member]["type"] == "notFound"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"text": "x"},
        {"conversationId": 5, "text": "x"},
        {"conversationId": id_of(BOB), "text": ""},
        {"conversationId": id_of(BOB), "text": "  \n"},
        {"conversationId": id_of(BOB), "text": "a\0b"},
        {"conversationId": id_of(BOB), "text": "x", "style": "shouting"},
        {"conversationId": id_of(BOB), "text": "x", "from": {"address": BOB}},
        {"conversationId": id_of(BOB), "text": "x", "clientId": "y" * 201},
        {"conversationId": id_of(BOB), "text": "x", "whisper": "bob"},
        {"conversationId": id_of(BOB), "text": "x", "files": [{"url": "javascript:alert(1)"}]},
        {"conversationId": id_of(BOB), "text": "x", "files": [{"url": "https://x/\n<b>"}]},
        {"conversationId": id_of(BOB), "text": "x", "files": [{"url": "https://x/", "size": -1}]},
        {"conversationId": id_of(BOB), "text": "x", "files": [{"url": "https://x/"}] * 21},
    ],
)
async def test_a_message_that_cannot_be_is_not_created(value: dict[str, Any]) -> None:
    _, alice, bob = await people()
    answer = await alice.call("Message/set", create={"new": value})
    assert answer["created"] is None and answer["notCreated"]["new"]["type"] == "invalidProperties"
    assert await bob.messages(ALICE) == []


async def test_a_text_that_is_too_long_is_too_large() -> None:
    _, alice, _ = await people()
    with pytest.raises(MethodFailed, match="tooLarge"):
        await alice.say(BOB, "x" * 70_000)


async def test_whatever_is_typed_is_text_and_comes_as_it_was_typed() -> None:
    _, alice, bob = await people()
    for text in ("<img src=x onerror=alert(1)>", "\u202egnp.exe", "]]>\u2028\u2029", "{{constructor}}", "a\u0301" * 50):
        await alice.say(BOB, text)
        assert (await bob.messages(ALICE, limit=1))[0]["text"] == text


async def test_who_says_too_much_at_once_is_told_to_slow_down() -> None:
    _, alice, _ = await people()
    with pytest.raises(MethodFailed, match="rateLimit"):
        for _ in range(300):
            await alice.say(BOB, "x")


async def test_a_reference_names_what_was_created_just_now() -> None:
    _, alice, bob = await people()
    create = ("Conversation/set", {"create": {"c": {"address": BOB}}})
    say = ("Message/set", {"create": {"m": {"conversationId": "#c", "text": "Hello"}}})
    await alice.request(create, say)
    assert (await bob.messages(ALICE))[0]["text"] == "Hello"


async def test_a_client_for_which_too_much_happens_is_told_only_that() -> None:
    town, _alice, bob = await people()
    await bob.watch()
    state = (await bob.call("Message/get", ids=[]))["state"]
    said = None
    phone = await town.other("alice")
    for number in range(600):
        town.world.clock.advance(0.1)
        said = await town.world.say(phone, BOB, str(number))
    await town.settle()
    frames = bob.take()
    assert frames[-1]["@type"] == "StateChange"
    assert frames[-1]["changed"][bob.id]["Message"] == said.archive_id  # type: ignore[union-attr]
    changes = await bob.call("Message/changes", sinceState=state, maxChanges=1000)
    assert len(changes["created"]) == 600


async def test_who_was_away_for_too_long_starts_anew() -> None:
    town = Town(settings=Settings(max_behind=5))
    alice, bob = await town.screen("alice"), await town.screen("bob")
    state = (await bob.call("Message/get", ids=[]))["state"]
    for number in range(6):
        await alice.say(BOB, str(number))
    with pytest.raises(MethodFailed, match="cannotCalculateChanges"):
        await bob.call("Message/changes", sinceState=state)


async def test_a_device_that_is_logged_out_is_cut_off_at_once() -> None:
    town, alice, _ = await people()
    other = await town.screen("alice")
    answer = await alice.call("Device/set", destroy=[other.device.id])
    assert answer["destroyed"] == [other.device.id]
    assert other.wire.closed == (1008, "logged out")
    assert [device["id"] for device in await alice.get("Device")] == [alice.device.id]
    before = len(other.wire.heard)
    assert other.caller.received(b"{}") is None and len(other.wire.heard) == before


async def test_too_many_connections_of_one_account_are_refused() -> None:
    town = Town()
    screens = [await town.screen("alice") for _ in range(20)]
    wire = type(screens[0].wire)()
    caller = town.front.connect(wire, screens[0].device)
    await caller.received(b'{"@type":"WebSocketPushDisable"}')  # type: ignore[misc]
    assert wire.closed is not None and wire.closed[0] == 4029


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 70), 1 << 70)
    | st.text(max_size=12)
    | st.sampled_from([ALICE, "#c"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
_KNOWN = st.sampled_from(
    [
        "ids",
        "filter",
        "sort",
        "create",
        "update",
        "destroy",
        "sinceState",
        "anchor",
        "anchorOffset",
        "position",
        "limit",
    ]
)
_PATCHES = st.dictionaries(
    st.sampled_from(["text", "reactions/x", "draft", "readUpTo", "room/nick", "room/joined", "name", "client", "role"]),
    _JSON,
)
_IDS = st.sampled_from([id_of(BOB), id_of(ROOM), "singleton", member_id(Address.parse(ROOM), "alice")])
_ARGUMENTS = st.dictionaries(_KNOWN, _JSON | st.dictionaries(_IDS, _PATCHES, max_size=2) | st.lists(_IDS, max_size=2))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(METHODS)), _ARGUMENTS)
async def test_no_arguments_break_anything(name: str, arguments: dict[str, Any]) -> None:
    town = Town()
    alice = await town.screen("alice")
    await alice.enter()
    [[said, answer, call]] = await alice.request((name, arguments))
    assert call == "0" and (said == name or answer["type"])
    json.dumps(answer).encode()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | _JSON.map(lambda value: json.dumps(value).encode()))
async def test_no_frame_breaks_anything(data: bytes) -> None:
    town = Town()
    alice = await town.screen("alice")
    await alice.send_bytes(data)
    assert all(frame["@type"] == "RequestError" for frame in alice.take())


async def test_live_frames_that_cannot_be_are_lost() -> None:
    _, alice, bob = await people()
    await bob.watch()
    long = {"action": "edit", "edits": [{"insert": "x" * 70_000}]}
    for frame in (
        {"conversationId": "x", "typing": "composing"},
        {"conversationId": id_of(BOB), "typing": "dancing"},
        {"conversationId": id_of(BOB), "rtt": {"action": "explode"}},
        {"conversationId": id_of(BOB), "rtt": {"action": "edit", "sequence": -1}},
        {"conversationId": id_of(BOB), "rtt": {"action": "edit", "edits": [{"erase": -1}]}},
        {"conversationId": id_of(BOB), "rtt": long},
        {"conversationId": id_of(ROOM), "typing": "composing"},
        {"conversationId": id_of("nobody@example.org"), "typing": "composing"},
    ):
        await alice.send({"@type": "Live", **frame})
    assert bob.take() == [] and alice.take() == []
    assert USING
