"""What people do with each other, whatever they speak: the rows of the matrix.

A step is ``who > what`` (a person says something, in its driver's words) or ``who < what`` (a person is shown
something, as its driver has it), ``who arrives`` or ``who leaves``; ``you`` come without being told of where the scenario
begins with ``you arrives``. ``me`` is the one whose protocol is the row's first, ``you`` the other's.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    """``room`` puts both into one room first, which ``me`` opened; ``outside`` only ``me``."""

    name: str
    steps: tuple[str, ...]
    room: bool = False
    outside: bool = False
    alone: bool = False


SCENARIOS = (
    Scenario("A message", ("me > text", "you < text")),
    Scenario("Several lines", ("me > lines", "you < lines")),
    Scenario("An action", ("me > action", "you < action")),
    Scenario("Presence", ("you > watch", "me > away", "you < away")),
    Scenario("Typing", ("me > typing", "you < typing")),
    Scenario("Real-time text", ("me > real-time text", "you < real-time text")),
    Scenario("A link to a file", ("me > file", "you < file")),
    Scenario("A message to somebody who is away", ("me > text", "you arrives", "you < waiting"), alone=True),
    Scenario("A correction", ("me > text", "me < text, mine", "you < text", "me > correction", "you < correction")),
    Scenario("A reaction", ("you > first", "you < first, mine", "me < first", "me > reaction", "you < reaction")),
    Scenario("A reply", ("you > first", "you < first, mine", "me < first", "me > reply", "you < reply")),
    Scenario("A retraction", ("me > text", "me < text, mine", "you < text", "me > retraction", "you < retraction")),
    Scenario("A receipt", ("you > first", "you < first, mine", "me < first", "me > receipt", "you < receipt")),
    Scenario("A message to somebody who blocks me", ("you > block", "me > text", "me < blocked")),
    Scenario("A message to nobody", ("me > unknown", "me < unknown")),
    Scenario("My other session", ("me > text", "other < sent elsewhere")),
    Scenario(
        "One history", ("me > text", "you > first", "me > history", "me < history", "you > history", "you < history")
    ),
    Scenario("A message to a room", ("me > room text", "you < room text"), room=True),
    Scenario("Typing in a room", ("me > room typing", "you < room typing"), room=True),
    Scenario(
        "A reply in a room",
        ("you > room text", "you < room first, mine", "me < room first", "me > room reply", "you < room reply"),
        room=True,
    ),
    Scenario(
        "A reaction in a room",
        ("you > room text", "you < room first, mine", "me < room first", "me > room reaction", "you < room reaction"),
        room=True,
    ),
    Scenario(
        "A retraction in a room",
        (
            "me > room text",
            "me < room first, mine",
            "you < room first",
            "me > room retraction",
            "you < room retraction",
        ),
        room=True,
    ),
    Scenario("Coming in", ("me > leave", "me > join", "you < joined"), room=True),
    Scenario("Going out", ("me > leave", "you < left"), room=True),
    Scenario("A topic", ("me > topic", "you < topic"), room=True),
    Scenario("A kick", ("me > kick", "you < kicked"), room=True),
    Scenario("A ban", ("me > ban", "you < banned"), room=True),
    Scenario(
        "Moderation",
        ("me > moderated", "me > take voice", "you > room text", "you < silenced", "me > give voice", "you < voice"),
        room=True,
    ),
    Scenario("An invitation", ("me > invitation", "you < invited"), room=True, outside=True),
    Scenario(
        "A password",
        ("me > password", "you > join", "you < refused", "you > join with password", "you < inside"),
        room=True,
        outside=True,
    ),
)
