"""What a protocol has to give to stand in the matrix: its words for what is said, and how it shows what others say."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Driver:
    """One protocol, in text.

    ``says`` has the lines by which a person says something, ``shows`` those by which it is seen: what is missing in
    ``says`` the protocol has no words for, what is empty in it needs none; what is empty in ``shows`` is not to be heard
    of at all. ``{self}`` is the person at this client, ``{other}`` the one at the other; every other name in braces
    stands for a value that is met in what is shown, such as a message's id (see ``tests/stage/matching.py``).
    ``capabilities`` are what the client asks for when it logs in.
    """

    protocol: str
    says: Mapping[str, tuple[str, ...]]
    shows: Mapping[str, tuple[str, ...]]
    capabilities: str = ""
