"""What can be set of the SQLite stores."""

from typing import Literal

from msgspec import Struct


class Settings(Struct, frozen=True):
    """Where the database is, and how it is written."""

    path: str
    """The database file; ``-wal``, ``-shm`` and ``.lock`` beside it belong to it."""
    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    """NORMAL loses what was acknowledged when the power fails: it is there for the test that shows so."""
    vfs: str = ""
    """The name of an apsw VFS through which the files are reached; empty: the operating system's."""
    busy_seconds: float = 5.0
    """How long another process may hold the database before an operation fails."""
    index_rows: int = 10_000
    """After how many new messages they are put into the indexes: 20 µs each, and twice that in batches of 250."""
    index_seconds: float = 1.0
    """How long a new message waits for that at most."""
    checkpoint_pages: int = 4096
    """How many pages of 4 KiB the log may have before they are written into the file: those that change often go once."""
