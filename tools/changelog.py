"""Moves the fragments of ``changes/`` into ``CHANGELOG.md``, newest release first.

python -m tools.changelog VERSION
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
KINDS = ("added", "changed", "fixed", "removed", "security")
HEAD = "# Changelog\n"


def fragments(folder: Path) -> dict[str, list[Path]]:
    """The fragments by kind, each kind in the order of names. ``ValueError`` where one is of no kind."""
    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        kind = path.stem.rpartition(".")[2]
        if kind not in found:
            raise ValueError(f"{path.name} is of none of the kinds {', '.join(KINDS)}")
        found[kind].append(path)
    return found


def release(version: str, day: str, found: dict[str, list[Path]]) -> str:
    """The text of one release."""
    parts = [f"## {version} ({day})"]
    for kind, paths in found.items():
        if paths:
            parts += ["", f"### {kind.capitalize()}", ""]
            parts += [f"- {' '.join(path.read_text('utf-8').split())}" for path in paths]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write the changelog and remove the fragments that went into it."""
    found = fragments(ROOT / "changes")
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251  # a tool, not the server
    file = ROOT / "CHANGELOG.md"
    before = file.read_text("utf-8").removeprefix(HEAD) if file.exists() else ""
    file.write_text(f"{HEAD}\n{release(sys.argv[1], day, found)}{before}", "utf-8")
    for paths in found.values():
        for path in paths:
            path.unlink()


if __name__ == "__main__":
    main()
