"""Files on disk: written at offsets, and never outside of their directory."""

from pathlib import Path

import pytest

from dragoman.core.stores import StorageFailed
from dragoman.storage.contents import DiskContents

ID = "0123456789abcdef"


async def test_a_file_grows_from_where_it_ends(tmp_path: Path) -> None:
    contents = DiskContents(tmp_path / "files")
    assert await contents.size(ID) == 0
    assert await contents.append(ID, 0, b"abc") == 3
    assert await contents.append(ID, 3, b"def") == 6
    await contents.finish(ID)
    assert contents.path(ID).read_bytes() == b"abcdef"
    assert contents.path(ID).stat().st_mode & 0o077 == 0
    await contents.remove(ID)
    await contents.remove(ID)
    assert await contents.size(ID) == 0


async def test_what_lay_behind_a_part_that_is_written_anew_is_gone(tmp_path: Path) -> None:
    contents = DiskContents(tmp_path)
    await contents.append(ID, 0, b"abcdef")
    assert await contents.append(ID, 2, b"x") == 3
    assert contents.path(ID).read_bytes() == b"abx"


@pytest.mark.parametrize("id", ["../../../etc/passwd", "", "a/b", "A" * 16, "0" * 65, "0123456789abcde\n"])
def test_only_an_id_is_a_name(tmp_path: Path, id: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        DiskContents(tmp_path).path(id)


async def test_a_disk_that_cannot_be_written_is_a_failure_of_storage(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the directory should be")
    with pytest.raises(StorageFailed, match="cannot be kept"):
        await DiskContents(tmp_path / "files").append(ID, 0, b"x")
