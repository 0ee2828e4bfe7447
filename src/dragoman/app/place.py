"""Where a server keeps what is its own: one directory, readable by nobody else."""

from pathlib import Path

from msgspec import Struct


class Place(Struct, frozen=True):
    """The files of one server, by what they are for. ``control`` is the socket by which the command line reaches it."""

    directory: Path

    @property
    def database(self) -> Path:
        return self.directory / "dragoman.db"

    @property
    def key(self) -> Path:
        return self.directory / "dragoman.key"

    @property
    def certificates(self) -> Path:
        return self.directory / "certificates"

    @property
    def files(self) -> Path:
        return self.directory / "files"

    @property
    def control(self) -> Path:
        return self.directory / "control.sock"

    def make(self) -> None:
        """Create the directory where it is missing. Raises OSError."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
