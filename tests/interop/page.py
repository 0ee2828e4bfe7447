"""The matrix for people: ``python -m tests.interop.page`` writes ``docs/protocols/matrix.md``."""

from pathlib import Path

from tests.interop.drivers.driver import Driver
from tests.interop.performance import DRIVERS, can_say
from tests.interop.scenarios import SCENARIOS, Scenario

PAGE = Path(__file__).parents[2] / "docs" / "protocols" / "matrix.md"
NAMES = {"xmpp": "XMPP", "irc": "IRC", "jmap": "JMAP"}
HEAD = """\
# Everybody with everybody

This page is made from `tests/interop`, which runs every cell of the table on every change: `alice` does something on the
protocol before the arrow, `bob` is shown it on the one behind. **yes** means that he is shown it as what it is, or in the
words that his protocol has for it (below); **silent** that his protocol has nothing to show it with; **–** that one of the
two has no words for its part.

`...` stands for anything, and a name in braces for a value that the server gives, such as a message's id. Of the JSON that the
API shows only those members stand here that the row is about, and calls of methods stand without the request around them.
"""


def page() -> str:
    """The whole page."""
    pairs = [(mine, yours) for mine in DRIVERS for yours in DRIVERS]
    titles = [f"{NAMES[mine.protocol]} → {NAMES[yours.protocol]}" for mine, yours in pairs]
    rows = [["", *titles], ["---"] * (len(titles) + 1)]
    rows += [[scenario.name, *(_cell(scenario, *pair) for pair in pairs)] for scenario in SCENARIOS]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([HEAD, table, "", *(_section(scenario) for scenario in SCENARIOS)])


def _cell(scenario: Scenario, mine: Driver, yours: Driver) -> str:
    if not can_say(scenario, mine, yours):
        return "–"
    drivers = {"me": mine, "you": yours, "other": mine}
    who, what = _shown(scenario)
    return "yes" if drivers[who].shows[what] else "silent"


def _shown(scenario: Scenario) -> tuple[str, str]:
    """What the scenario is about: the last thing that is shown."""
    who, what = [step for step in scenario.steps if " < " in step][-1].split(" < ")
    return who, what


def _section(scenario: Scenario) -> str:
    said = [step.split(" > ")[1] for step in scenario.steps if step.startswith("me > ")][-1:]
    _, shown = _shown(scenario)
    lines = [f"## {scenario.name}", ""]
    for driver in DRIVERS:
        name = NAMES[driver.protocol]
        for what in said:
            lines += _block(f"{name} says", driver.says.get(what))
        lines += _block(f"{name} shows", driver.shows.get(shown))
    return "\n".join(lines)


def _block(title: str, texts: tuple[str, ...] | None) -> list[str]:
    if texts is None:
        return [f"{title}: it has no words for it.", ""]
    texts = tuple(text for text in texts if text != "...")
    if not texts:
        return [f"{title}: nothing.", ""]
    return [f"{title}:", "", *(f"    {_readable(text)}" for text in texts), ""]


def _readable(text: str) -> str:
    return text.replace("\x01", "^A").replace("\n", "⏎")


if __name__ == "__main__":
    PAGE.write_text(page())
