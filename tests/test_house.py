"""The rules of the house that no other tool checks."""

import re
from fnmatch import fnmatch
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dragoman"
FILES = sorted(path for path in SOURCE.rglob("*.py") if path.stat().st_size)
PROTOCOLS = sorted(path.name for path in (SOURCE / "protocols").iterdir() if (path / "__init__.py").exists())

#: Files whose tests stand elsewhere: a pattern, and where they are held to their word, or why nothing can be.
HELD_ELSEWHERE = {
    "*__init__.py": "says what a package is, or is run by the tests of what is in it",
    "core/authenticator.py": "an interface: nothing in it runs",
    "core/endpoint.py": "an interface: nothing in it runs",
    "core/devices.py": "an interface: nothing in it runs",
    "core/inbox.py": "an interface: nothing in it runs",
    "core/stores.py": "an interface: nothing in it runs; tests/contract/test_stores.py holds those who implement it",
    "*settings.py": "values; tests/test_config.py and tests/cli/test_reference.py read all of them",
    "app/build.py": "tests/app/test_opening.py",
    "auth/attempt.py": "tests/auth/test_sasl.py",
    "features/copies.py": "tests/features/test_delivery.py",
    "features/offline.py": "tests/features/test_delivery.py",
    "features/room_rule.py": "tests/features/test_rooms.py",
    "features/room_talk.py": "tests/features/test_rooms.py",
    "features/services.py": "tests/world.py builds every world with it",
    "features/subscriptions.py": "tests/features/test_presence.py",
    "media/*": "tests/media/test_turn.py without sockets, tests/media/test_service.py with them",
    "core/uploads.py": "an interface: nothing in it runs; tests/contract/test_stores.py holds those who implement it",
    "formats/xml_limits.py": "tests/formats/test_xml_parser.py",
    "net/authority.py": "tests/net/test_certificates.py",
    "net/connect.py": "tests/net/test_tls.py",
    "net/hub.py": "tests/net/test_stream.py",
    "net/layer.py": "tests/net/test_stream.py",
    "net/metrics.py": "tests/net/test_http.py",
    "net/traffic.py": "tests/net/test_http.py",
    "net/tasks.py": "tests/net/test_strand.py",
    "net/web/*": "tests/app/test_web.py, by a client that others wrote",
    "protocols/jmap/*": "conversations: tests/protocols/jmap and tests/interop",
    "protocols/irc/*": "conversations: tests/plays/irc, tests/plays/both and tests/protocols/irc",
    "protocols/xmpp/*": "conversations: tests/plays/xmpp, tests/plays/both and tests/protocols/xmpp",
    "storage/memory/*": "the contract: tests/contract/test_stores.py",
    "storage/sqlite/*": "the contract: tests/contract/test_stores.py",
}

_VAGUE = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}


WITHOUT_TEST_FILE = [
    str(path.relative_to(SOURCE))
    for path in FILES
    if not (ROOT / "tests" / path.relative_to(SOURCE).parent / f"test_{path.name}").exists()
]


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


def test_each_source_file_has_a_test_file_or_is_held_elsewhere() -> None:
    assert [path for path in WITHOUT_TEST_FILE if not any(fnmatch(path, pattern) for pattern in HELD_ELSEWHERE)] == []


def test_what_is_held_elsewhere_is_there_and_has_no_test_file_by_now() -> None:
    for pattern, reason in HELD_ELSEWHERE.items():
        assert any(fnmatch(path, pattern) for path in WITHOUT_TEST_FILE), f"{pattern} has its own tests by now"
        assert [place for place in re.findall(r"tests/[\w./]*\w", reason) if not (ROOT / place).exists()] == []
