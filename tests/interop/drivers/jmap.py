"""The API in the matrix: calls of methods, and the frames that a client is told."""

import json
from typing import Any

from tests.interop.drivers.driver import Driver
from tests.stage.clients import id_of

_TEAM = "team@rooms.example.org"
_FILE = "https://files.example.org/cat.png"
_FROM = {"address": "{other}@example.org", "own": False}
_OCCUPANT = {"name": "{other}", "own": False}


def ids(other: str) -> dict[str, str]:
    """What the API calls the conversation with the other one, the room, and the other one inside."""
    return {
        "conversation": id_of(f"{other}@example.org"),
        "nobody": id_of("nobody@example.org"),
        "team": id_of(_TEAM),
        "member": id_of(f"{_TEAM}/{other}", "m"),
    }


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _say(text: str, to: str = "{conversation}", **more: Any) -> tuple[str, ...]:
    return (_write(["Message/set", {"create": {"new": {"conversationId": to, "text": text, **more}}}]),)


def _set(kind: str, id: str, **patch: Any) -> tuple[str, ...]:
    return (_write([f"{kind}/set", {"update": {id: patch}}]),)


def _live(**what: Any) -> str:
    return _write({"@type": "Live", **what})


def _told(kind: str, **what: Any) -> str:
    return _write({"@type": "Objects", "changed": {kind: [what]}})


def _refused(**error: Any) -> tuple[str, ...]:
    return (_write({"@type": "Response", "methodResponses": [["...", {"notCreated": {"new": error}}, "..."]]}),)


_DOWN = [{"property": "sentAt", "isAscending": False}]
_FOUND = {"resultOf": "0", "name": "Message/query", "path": "/ids"}
_JOIN = {"address": "team", "room": {}}

SAYS = {
    "text": _say("Hello", clientId="text"),
    "first": _say("First", clientId="first"),
    "lines": _say("One\nTwo"),
    "action": _say("waves", style="action"),
    "away": _set("Preferences", "singleton", presence={"show": "away", "status": "Lunch"}),
    "watch": (),
    "typing": (_live(conversationId="{conversation}", typing="composing"),),
    "real-time text": (
        _live(conversationId="{conversation}", rtt={"action": "new", "sequence": 1, "edits": [{"insert": "Hel"}]}),
    ),
    "file": _say("", files=[{"url": _FILE}]),
    "correction": _set("Message", "{text}", text="Hello, all"),
    "reaction": _set("Message", "{first}", **{"reactions/👍": True}),
    "reply": _say("Second", reply={"messageId": "{first}"}),
    "retraction": (_write(["Message/set", {"destroy": ["{text}"]}]),),
    "block": _set("Contact", "{conversation}", blocked=True),
    "unknown": _say("Hello", "{nobody}"),
    "history": (
        _write(
            [
                ["Message/query", {"filter": {"conversationId": "{conversation}"}, "sort": _DOWN, "limit": 10}],
                ["Message/get", {"#ids": _FOUND}],
            ]
        ),
    ),
    "room text": _say("Hello, team", "{team}"),
    "room reply": _say("Second", "{team}", reply={"messageId": "{first}"}),
    "room reaction": _set("Message", "{first}", **{"reactions/👍": True}),
    "room retraction": (_write(["Message/set", {"destroy": ["{first}"]}]),),
    "room typing": (_live(conversationId="{team}", typing="composing"),),
    "join": (_write(["Conversation/set", {"create": {"new": _JOIN}}]),),
    "join with password": (
        _write(["Conversation/set", {"create": {"new": {"address": "team", "room": {"password": "sesame"}}}}]),
    ),
    "leave": _set("Conversation", "{team}", **{"room/joined": False}),
    "topic": _set("Conversation", "{team}", **{"room/subject": "Plans"}),
    "kick": _set("Member", "{member}", role="none", reason="Enough"),
    "ban": _set("Member", "{member}", affiliation="outcast", reason="Enough"),
    "moderated": _set("Room", "{team}", **{"config/moderated": True}),
    "take voice": _set("Member", "{member}", role="visitor"),
    "give voice": _set("Member", "{member}", role="participant"),
    "invitation": (_write(["Room/invite", {"conversationId": "{team}", "address": "{other}@example.org"}]),),
    "password": _set("Room", "{team}", **{"config/password": "sesame"}),
}

SHOWS = {
    "text": (_told("Message", id="{text}", text="Hello", **{"from": _FROM}),),
    "text, mine": ("...", _told("Message", id="{text}"), "..."),
    "first": (_told("Message", id="{first}", text="First", **{"from": _FROM}),),
    "first, mine": ("...", _told("Message", id="{first}"), "..."),
    "lines": (_told("Message", text="One\nTwo", **{"from": _FROM}),),
    "action": (_told("Message", text="waves", style="action", **{"from": _FROM}),),
    "away": (_told("Contact", id="{conversation}", presence={"available": True, "show": "away", "status": "Lunch"}),),
    "typing": (_live(conversationId="{conversation}", typing="composing", **{"from": _FROM}),),
    "real-time text": (
        _live(conversationId="{conversation}", rtt={"action": "new", "sequence": 1, "edits": [{"insert": "Hel"}]}),
    ),
    "file": (_told("Message", text=_FILE, **{"from": _FROM}),),
    "correction": (_told("Message", id="{text}", text="Hello, all", editedAt="..."),),
    "reaction": (_told("Message", id="{first}", reactions={"👍": [{"name": "{other}", "own": False}]}),),
    "reply": (_told("Message", text="Second", reply={"messageId": "{first}", "author": "...", "excerpt": "First"}),),
    "retraction": (_told("Message", id="{text}", text="", retracted={"by": ""}),),
    "receipt": (_told("Message", id="{first}", state="delivered"),),
    "blocked": _refused(type="refused", condition="service-unavailable"),
    "unknown": _refused(type="refused", condition="service-unavailable"),
    "history": (
        _write(
            {"methodResponses": ["...", ["Message/get", {"list": [{"text": "First"}, {"text": "Hello"}]}, "..."]]},
        ),
    ),
    "waiting": (
        "...",
        _write({"methodResponses": ["...", ["Message/get", {"list": [{"text": "Hello"}]}, "..."]]}),
        "...",
    ),
    "sent elsewhere": (_told("Message", text="Hello", **{"from": {"own": True}}),),
    "room text": (_told("Message", conversationId="{team}", text="Hello, team", **{"from": _OCCUPANT}),),
    "room first": (_told("Message", id="{first}", text="Hello, team", **{"from": _OCCUPANT}),),
    "room first, mine": ("...", _told("Message", id="{first}", text="Hello, team", **{"from": {"own": True}}), "..."),
    "room reply": (_told("Message", text="Second", reply={"messageId": "{first}"}),),
    "room reaction": (_told("Message", id="{first}", reactions={"👍": [{"name": "{other}", "own": False}]}),),
    "room retraction": (_told("Message", id="{first}", text="", retracted={"by": "..."}),),
    "room typing": (_live(conversationId="{team}", typing="composing", **{"from": _OCCUPANT}),),
    "joined": ("...", _told("Member", id="{member}", nick="{other}"), "..."),
    "left": ("...", _write({"@type": "Objects", "destroyed": {"Member": ["{member}"]}}), "..."),
    "topic": (_told("Conversation", id="{team}", room={"subject": "Plans"}),),
    "kicked": ("...", _told("Conversation", id="{team}", room={"joined": False}), "..."),
    "banned": ("...", _told("Conversation", id="{team}", room={"joined": False}), "..."),
    "voice": (_told("Member", nick="{self}", role="participant"),),
    "invited": (_told("Conversation", id="{team}", invitation={"from": "{other}@example.org"}),),
    "refused": _refused(type="refused", condition="not-authorized"),
    "inside": ("...", _told("Conversation", id="{team}", room={"joined": True}), "..."),
    "silenced": _refused(type="forbidden"),
}

JMAP = Driver("jmap", SAYS, SHOWS)
