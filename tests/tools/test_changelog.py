from pathlib import Path

import pytest
from tools.changelog import ROOT, fragments, release


def test_fragments_are_told_by_kind_and_name(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("how to")
    (tmp_path / "b.added.md").write_text("B\nis here.\n")
    (tmp_path / "a.added.md").write_text("A is here.")
    (tmp_path / "7.fixed.md").write_text("C works.")
    assert release("1.0", "2026-11-22", fragments(tmp_path)) == (
        "## 1.0 (2026-11-22)\n\n### Added\n\n- A is here.\n- B is here.\n\n### Fixed\n\n- C works.\n"
    )


def test_a_fragment_of_no_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.better.md").write_text("A")
    with pytest.raises(ValueError, match=r"a\.better\.md is of none of the kinds"):
        fragments(tmp_path)


def test_the_fragments_that_are_there_are_of_a_kind() -> None:
    assert set(fragments(ROOT / "changes")) == {"added", "changed", "fixed", "removed", "security"}
