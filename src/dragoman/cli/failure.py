"""What can go wrong on the command line: one sentence, one remedy, one exit code."""

from enum import IntEnum

from dragoman.core.errors import Condition


class Exit(IntEnum):
    """Fixed for good: scripts rely on them."""

    DONE = 0
    FAILED = 1
    USAGE = 2  # click's own
    NOT_FOUND = 3
    NOT_RUNNING = 4
    CONFIGURATION = 5
    CONFLICT = 6
    CHECK_FAILED = 7


#: What each code means, for the documentation.
MEANINGS = {
    Exit.DONE: "done",
    Exit.FAILED: "failed; the message says why",
    Exit.USAGE: "wrong usage: an unknown command or option, a missing or malformed argument",
    Exit.NOT_FOUND: "there is no such account, room, domain or file",
    Exit.NOT_RUNNING: "no server runs in this data directory",
    Exit.CONFIGURATION: "the configuration has mistakes",
    Exit.CONFLICT: "it exists already, or a server runs already",
    Exit.CHECK_FAILED: "a check found something that needs attention",
}

#: Which code a refusal of the server leads to; FAILED where it is not listed.
OF_CONDITIONS = {
    Condition.ITEM_NOT_FOUND: Exit.NOT_FOUND,
    Condition.CONFLICT: Exit.CONFLICT,
    Condition.BAD_REQUEST: Exit.USAGE,
    Condition.JID_MALFORMED: Exit.USAGE,
    Condition.NOT_ACCEPTABLE: Exit.USAGE,
    Condition.FEATURE_NOT_IMPLEMENTED: Exit.USAGE,
}


class Failure(Exception):
    """Ends a command. ``remedy`` says what to do, where something can be done; ``details`` are lines of their own."""

    def __init__(self, code: Exit, text: str, remedy: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.remedy = remedy
        self.details = details


def refusal(condition: str, text: str) -> Failure:
    """The failure that a server's refusal is on the command line."""
    code = OF_CONDITIONS.get(Condition(condition), Exit.FAILED) if condition in set(Condition) else Exit.FAILED
    return Failure(code, text or condition.replace("-", " "))
