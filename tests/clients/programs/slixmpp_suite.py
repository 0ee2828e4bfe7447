"""Runs slixmpp's own integration tests against one port: ``slixmpp_suite.py PORT EXCLUDED...``, in the directory above them.

An excluded name stands for all that begin with it; ``$`` is the end of a name. Results go to standard output as JSON: every
test with ``ok``, ``skipped``, or what went wrong.
"""

import importlib
import json
import logging
import os
import sys
import unittest
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slixmpp.clientxmpp import ClientXMPP


class Results(unittest.TestResult):
    """What came of each test, by its short name."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: dict[str, str] = {}

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.outcomes[short(test)] = "ok"

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.outcomes[short(test)] = "skipped"

    def addFailure(self, test: unittest.TestCase, error: Any) -> None:
        self.outcomes[short(test)] = self._exc_info_to_string(error, test)  # type: ignore[attr-defined]  # as unittest does

    addError = addFailure


def short(test: unittest.TestCase) -> str:
    return test.id().removeprefix("itests.")


def flat(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def main(port: int, excluded: list[str]) -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.path.insert(0, os.getcwd())
    connect = ClientXMPP.connect
    # The suite asks for the standard port.
    ClientXMPP.connect = lambda self, *where, **options: connect(self, "127.0.0.1", port)
    results = Results()
    for file in sorted(Path("itests").glob("test_*.py")):
        for test in flat(importlib.import_module(f"itests.{file.stem}").suite):
            if not any(f"{short(test)}$".startswith(prefix) for prefix in excluded):
                test.run(results)
    print(json.dumps(results.outcomes))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
