"""The pages that people read: links lead somewhere, and the table of contents is whole."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")])
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
_CODE_FILE = re.compile(
    r"`((?:src|tests|tools|docs|examples)/[\w./-]+\.\w+|(?:core|features|formats|net|protocols|storage|app)/[\w./-]+\.py)`"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [link for link in _LINK.findall(text) if not (page.parent / link).exists()]
    missing += [
        file
        for file in _CODE_FILE.findall(text)
        if not any((place / file).exists() for place in (ROOT, ROOT / "src/dragoman"))
    ]
    assert missing == []


def test_the_table_of_contents_names_every_page_and_no_other() -> None:
    named = set(re.findall(r"([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    there = {str(page.relative_to(ROOT / "docs")) for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert named == {page for page in there if not page.startswith("decisions/0")}
