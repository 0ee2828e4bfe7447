"""The key file, and what is sealed with it."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.auth.keys import KeyFailed, Keys, open_keys
from dragoman.core.clock import SystemRandomness

RANDOM = SystemRandomness()


def test_the_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    before = os.umask(0)
    try:
        first = open_keys(path, RANDOM)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]
    content = path.read_bytes()
    again = open_keys(path, RANDOM)
    assert path.read_bytes() == content
    assert again.unseal(first.seal(b"clear", "label"), "label") == b"clear"


def test_two_servers_have_different_keys(tmp_path: Path) -> None:
    one, other = open_keys(tmp_path / "one", RANDOM), open_keys(tmp_path / "other", RANDOM)
    assert one.derive("x") != other.derive("x")
    with pytest.raises(KeyFailed, match="put the key file back"):
        other.unseal(one.seal(b"clear", "label"), "label")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret.key"
    open_keys(path, RANDOM)
    path.chmod(mode)
    with pytest.raises(KeyFailed, match=f"chmod 600 {path}"):
        open_keys(path, RANDOM)


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"00" * 33, b"zz" * 32, b"\xff" * 64])
def test_a_damaged_file_is_refused_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFailed, match="no key file"):
        open_keys(path, RANDOM)
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFailed, match="No such file or directory"):
        open_keys(tmp_path / "missing" / "secret.key", RANDOM)


def test_a_draft_left_by_a_power_cut_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    (tmp_path / f".secret.key.{os.getpid()}").write_bytes(b"half")
    open_keys(path, RANDOM)
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


def test_secrets_of_different_purposes_have_nothing_in_common() -> None:
    keys = Keys(b"k" * 32, RANDOM)
    assert keys.derive("rooms") == Keys(b"k" * 32, RANDOM).derive("rooms")
    assert len({keys.derive("rooms"), keys.derive("seal"), keys.derive("unknown accounts"), b"k" * 32}) == 4
    assert len(keys.derive("rooms")) == 32


@settings(deadline=None)
@given(st.binary(), st.text(st.characters(codec="utf-8")), st.integers(0), st.integers(1, 255))
def test_what_is_sealed_opens_only_unchanged_and_under_its_own_label(
    clear: bytes, label: str, place: int, change: int
) -> None:
    keys = Keys(b"k" * 32, RANDOM)
    sealed = keys.seal(clear, label)
    assert clear not in sealed or len(clear) < 4
    assert keys.seal(clear, label) != sealed
    assert keys.unseal(sealed, label) == clear
    broken = bytearray(sealed)
    broken[place % len(sealed)] ^= change
    for wrong, wrong_label in ((bytes(broken), label), (sealed[:-1], label), (b"", label), (sealed, label + "x")):
        with pytest.raises(KeyFailed):
            keys.unseal(wrong, wrong_label)
