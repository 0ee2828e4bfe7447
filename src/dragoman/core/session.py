"""A session: one logged-in client of one account, whatever protocol it speaks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from dragoman.core.address import Address
from dragoman.core.capabilities import EVERYTHING, Capabilities
from dragoman.core.errors import Condition
from dragoman.core.model import Event, Presence


@dataclass(eq=False, slots=True)
class Session:
    """``deliver`` puts an event into the client's bounded outbox and never waits: a client that does not read is closed,
    it does not slow the sender. ``close`` ends the session with a reason in the client's own words.

    ``presence`` is the last one broadcast, None while the session is not available (RFC 6121 §4.2); ``directed`` are those
    who were told on their own. ``interested`` sessions asked for their contact list; ``copies`` asked for XEP-0280;
    ``guest`` has no account; ``low_assurance`` came in by an app password and may change no credentials.
    """

    address: Address
    protocol: str
    deliver: Callable[[Event], None]
    close: Callable[[Condition, str], None]
    capabilities: Capabilities = EVERYTHING
    remote: str = ""  # the peer's network address, for limits and the owner's eyes
    secure: bool = False
    guest: bool = False
    low_assurance: bool = False
    opened_at: float = 0.0
    presence: Presence | None = None
    directed: set[Address] = field(default_factory=set)
    interested: bool = False
    copies: bool = False
    parting: str = ""  # the last words of the one who left
    account: Address = field(init=False)

    def __post_init__(self) -> None:
        self.account = self.address.bare

    @property
    def priority(self) -> int:
        """The priority of an available session; -129, below all that are allowed, where it is not available."""
        return self.presence.priority if self.presence is not None else -129
