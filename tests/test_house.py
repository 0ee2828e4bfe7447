"""The rules of the house that no other tool checks."""

import re
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dragoman"
FILES = sorted(path for path in SOURCE.rglob("*.py") if path.stat().st_size)
PROTOCOLS = sorted(path.name for path in (SOURCE / "protocols").iterdir() if (path / "__init__.py").exists())

_VAGUE = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_protocol_has_a_name_in_the_core() -> None:
    names = re.compile(rf"\b(?:{'|'.join(PROTOCOLS)})\b", re.IGNORECASE)
    told = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (SOURCE / "core").rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if names.search(line)
    ]
    assert PROTOCOLS and told == []


def test_half_of_the_files_are_a_screenful_or_two() -> None:
    assert median(map(lines, FILES)) <= 200


def test_no_file_is_a_book() -> None:
    assert {str(path.relative_to(ROOT)): lines(path) for path in FILES if lines(path) > 400} == {}


def test_no_file_is_named_after_nothing() -> None:
    assert [path for path in FILES if path.stem in _VAGUE] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_each_file_says_what_it_is(path: Path) -> None:
    assert path.read_text("utf-8").startswith('"""')
