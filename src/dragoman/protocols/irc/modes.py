"""Mode strings (modern IRC §MODE): which letters there are, and how a line of changes is read and written."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

#: The letters of CHANMODES: lists, always with a parameter, with a parameter when set, never with one.
LISTS = "Ibe"
ALWAYS = "k"
WHEN_SET = "l"
NEVER = "Pimnst"
CHANMODES = f"{LISTS},{ALWAYS},{WHEN_SET},{NEVER}"
#: Standing in a channel, highest first, with the sign before a nick.
STANDINGS = {"q": "~", "a": "&", "o": "@", "v": "+"}
PREFIX = f"({''.join(STANDINGS)}){''.join(STANDINGS.values())}"
#: User modes: bot, invisible, operator, hears WALLOPS.
USER_MODES = "Biow"
#: How many changes one line may make (MODES).
MAX_CHANGES = 12


class Change(Struct, frozen=True):
    """One letter set or unset; ``parameter`` is None where there is none, as for a list that is only asked for."""

    add: bool
    letter: str
    parameter: str | None = None

    @property
    def is_query(self) -> bool:
        return self.letter in LISTS and self.parameter is None


def read(modes: str, parameters: Sequence[str]) -> Iterator[Change]:
    """The changes of ``MODE #c modes parameters``; letters that nobody knows come without a parameter."""
    rest = iter(parameters)
    add = True
    for letter in modes:
        if letter in "+-":
            add = letter == "+"
        elif letter in LISTS or letter in STANDINGS or letter in ALWAYS or (add and letter in WHEN_SET):
            yield Change(add, letter, next(rest, None))
        else:
            yield Change(add, letter)


def write(changes: Iterable[Change]) -> list[str]:
    """The changes as the parameters of a MODE line: ``["+o-v", "alice", "bob"]``."""
    letters = ""
    parameters = []
    sign = ""
    for change in changes:
        wanted = "+" if change.add else "-"
        letters += change.letter if wanted == sign else wanted + change.letter
        sign = wanted
        if change.parameter is not None:
            parameters.append(change.parameter)
    return [letters or "+", *parameters]


def is_known(letter: str) -> bool:
    """Whether a channel mode of that letter exists here."""
    return letter in LISTS + ALWAYS + WHEN_SET + NEVER or letter in STANDINGS
