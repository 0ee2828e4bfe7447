from pathlib import Path

from dragoman.app.place import Place


def test_everything_of_a_server_is_in_one_directory_for_its_owner_only(tmp_path: Path) -> None:
    place = Place(tmp_path / "new" / "server")
    place.make()
    place.make()
    assert place.directory.stat().st_mode & 0o777 == 0o700
    files = {place.database, place.key, place.certificates, place.control}
    assert len(files) == 4
    assert {file.parent for file in files} == {place.directory}
