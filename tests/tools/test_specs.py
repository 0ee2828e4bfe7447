from pathlib import Path

import pytest
from tools.specs import ROOT, Group, Spec, Specs, load, mistakes, table


def specs(*given: Spec) -> Specs:
    return Specs((Group("Some", given),))


def test_every_claim_of_the_file_names_files_that_are_there() -> None:
    assert mistakes(load(), ROOT / "src" / "dragoman") == []


@pytest.mark.parametrize(
    ("spec", "mistake"),
    [
        (Spec("RFC 1", "t", "full", files=("gone.py",)), "RFC 1: there is no gone.py"),
        (Spec("RFC 1", "t", "full"), "RFC 1 is full and names 0 files"),
        (Spec("RFC 1", "t", "planned", files=("here.py",)), "RFC 1 is planned and names 1 files"),
        (Spec("RFC 1", "t", "partial", files=("here.py",)), "RFC 1 is partial and does not say what is missing"),
        (Spec("RFC 12", "t", "full", files=("here.py",)), "RFC 12: none of its files speaks of RFC 12"),
        (Spec("XEP 0001", "t", "full", files=("here.py",)), "XEP 0001 does not say which version"),
    ],
)
def test_a_claim_that_cannot_be_right_is_a_mistake(tmp_path: Path, spec: Spec, mistake: str) -> None:
    (tmp_path / "here.py").write_text("RFC 1, XEP-0001")
    assert mistakes(specs(spec), tmp_path) == [mistake]


def test_a_document_stands_once(tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("RFC 1")
    spec = Spec("RFC 1", "t", "full", files=("here.py",))
    assert mistakes(specs(spec, spec), tmp_path) == ["RFC 1 stands twice"]


def test_a_row_links_to_the_document_and_names_the_files() -> None:
    page = table(specs(Spec("XEP 0198", "Stream Management", "full", "1.6.3", ("a.py", "b.py"))))
    assert (
        "| [XEP 0198](https://xmpp.org/extensions/xep-0198.html) | Stream Management | 1.6.3 | **full** | `a.py`, `b.py` |"
    ) in page


@pytest.mark.parametrize(
    ("id", "url"),
    [
        ("RFC 6120", "https://www.rfc-editor.org/rfc/rfc6120"),
        ("IRCv3 batch", "https://ircv3.net/specs/extensions/batch"),
        ("Modern IRC", "https://modern.ircdocs.horse/"),
    ],
)
def test_documents_are_where_they_are_published(id: str, url: str) -> None:
    assert Spec(id, "t", "planned").url == url
