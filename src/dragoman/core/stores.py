"""What the rules ask of storage. One conformance suite holds every implementation to these words.

Every coroutine that changes something returns only when the change is durable: it survives a power cut. Everything is
kept per bare address; all addresses are prepared. Reads see every write that was awaited before them.
"""

from collections.abc import Awaitable, Sequence
from enum import Enum
from typing import Final, Protocol

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.devices import DeviceStore
from dragoman.core.inbox import InboxStore
from dragoman.core.model import Affiliation, SubscriptionChange, Talk
from dragoman.core.uploads import UploadStore


class Verifier(Struct, frozen=True):
    """What the server keeps of a password (RFC 5802 §3): it proves a login, and is no password anywhere else."""

    salt: bytes
    iterations: int
    stored_key: bytes
    server_key: bytes


class Credentials(Struct, frozen=True):
    """An account's verifiers by hash name (``SHA-1``, ``SHA-256``); ``enabled`` is false for a suspended account.

    ``certificates`` are the fingerprints of client certificates that may log in: SHA-256, in hexadecimal digits.
    """

    verifiers: dict[str, Verifier]
    enabled: bool = True
    created_at: float = 0.0
    certificates: tuple[str, ...] = ()


class AppPassword(Struct, frozen=True):
    """A password that the server made for one protocol; ``sealed`` is encrypted under a key that is not in the store."""

    id: str
    protocol: str
    name: str
    sealed: bytes
    created_at: float


class AccountStore(Protocol):
    async def create(self, account: Address, credentials: Credentials) -> bool:
        """False where the account exists already; nothing changes then."""
        ...

    async def get(self, account: Address) -> Credentials | None: ...

    async def replace(self, account: Address, credentials: Credentials) -> bool:
        """New credentials for an account; False where there is none."""
        ...

    async def remove(self, account: Address) -> bool:
        """The account with all that is its own, in every store; False where there is none."""
        ...

    async def page(self, domain: str, *, after: str = "", limit: int = 100) -> list[Address]:
        """Accounts of a domain by name, from behind ``after``."""
        ...

    async def count(self, domain: str) -> int: ...

    async def add_app_password(self, account: Address, password: AppPassword) -> None: ...

    async def app_passwords(self, account: Address) -> list[AppPassword]: ...

    async def remove_app_password(self, account: Address, id: str) -> bool: ...


class RosterItem(Struct, frozen=True, omit_defaults=True):
    """One contact (RFC 6121 §2.1.2).

    ``to`` and ``from_`` are the two halves of the subscription. ``asked`` is a request that waits for the contact (ask),
    ``request`` one that waits for the account, with all that the contact wrote; ``approved`` a grant given beforehand.
    ``listed`` is false where there is only a request, which no client sees in its list. ``removed`` keeps the
    contact's place for clients that fetch only what changed after a ``version``.
    """

    contact: Address
    name: str = ""
    groups: tuple[str, ...] = ()
    to: bool = False
    from_: bool = False
    asked: bool = False
    approved: bool = False
    request: SubscriptionChange | None = None
    listed: bool = False
    removed: bool = False
    version: int = 0


class RosterStore(Protocol):
    async def load(self, account: Address) -> list[RosterItem]:
        """All items, removed ones too, in the order of their addresses."""
        ...

    async def put(self, account: Address, item: RosterItem) -> None: ...

    async def forget(self, account: Address, contact: Address) -> None:
        """Drop an item altogether, as when a mere request is withdrawn."""
        ...


class BlockStore(Protocol):
    async def load(self, account: Address) -> list[Address]: ...

    async def add(self, account: Address, blocked: Sequence[Address]) -> None: ...

    async def remove(self, account: Address, blocked: Sequence[Address]) -> None: ...


class Mask(Struct, frozen=True, array_like=True):
    """A rule over ``nick!name@host`` with * and ?, in one of a room's lists: ban, exception, invitation."""

    list: str
    mask: str
    author: str = ""
    at: float = 0.0


class RoomConfig(Struct, frozen=True, omit_defaults=True):
    """How a room behaves. Every field can be changed by an owner from any protocol."""

    title: str = ""
    description: str = ""
    language: str = ""
    """What is mostly spoken, as a tag of BCP 47."""
    persistent: bool = False
    """Whether the room stays when the last one leaves."""
    public: bool = True
    """Whether it is found in lists."""
    members_only: bool = False
    moderated: bool = False
    """Whether only those speak who were given voice."""
    password: str = ""
    """What everybody has to know to come in; empty: nothing."""
    max_occupants: int = 0
    """0: no limit."""
    non_anonymous: bool = False
    """Whether everybody sees accounts, not only moderators."""
    subject_locked: bool = True
    """Whether only moderators change the subject."""
    open_invitations: bool = True
    """Whether every occupant may invite, also into a room for members."""
    archived: bool = True
    """Whether what is said is kept."""
    private_messages: bool = True
    """Whether occupants may whisper to each other."""
    external_messages: bool = False
    """Whether those may speak who are not inside."""
    history: int = 20
    """How many messages a newcomer is given unasked."""


class RoomRecord(Struct, frozen=True, omit_defaults=True):
    """A room as it is kept."""

    address: Address
    config: RoomConfig = RoomConfig()
    affiliations: tuple[tuple[Address, Affiliation, str, str], ...] = ()  # account, affiliation, reason, reserved nick
    masks: tuple[Mask, ...] = ()
    subject: str = ""
    subject_author: str = ""
    subject_at: float | None = None
    created_at: float = 0.0


class RoomStore(Protocol):
    async def load(self, address: Address) -> RoomRecord | None: ...

    async def save(self, record: RoomRecord) -> None: ...

    async def remove(self, address: Address) -> bool:
        """The room with its archive; False where there is none."""
        ...

    async def all(self, domain: str) -> list[RoomRecord]: ...


#: How long the name of a message is known again when its sender repeats it.
DEDUP_SECONDS = 7 * 86400.0


class Keep:
    """Why an owner has an entry for a message: bits of a number."""

    ARCHIVE: Final = 1  # it is in the owner's history
    OFFLINE: Final = 2  # it waits for the owner's next login


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """That a message belongs to ``owner``'s history, in its conversation with ``peer`` (both bare)."""

    owner: Address
    peer: Address
    keep: int


class Record(Struct, frozen=True, gc=False):
    """One message to be kept once. ``event.archive_id`` is ``id`` as text. Room messages have one entry: the room's own,
    with the room itself as peer. Where the id is kept already, its message stays, and gets these entries too.

    ``dedup`` names the sender's own id of it, where it has one that a resend repeats; empty else.
    """

    id: int
    event: Talk
    entries: tuple[Entry, ...]
    dedup: str = ""


class Archived(Struct, frozen=True, gc=False):
    """One message as ``owner`` has it."""

    id: int
    peer: Address
    event: Talk


class Query(Struct, frozen=True, kw_only=True):
    """Which part of a history: all that ``owner`` has, or only with ``peer``; ids between ``after`` and ``before`` (both
    exclusive, 0 is open), or exactly ``ids``; with all words of ``text``. The first ``limit`` of them, or the last where
    ``newest``; always in the order of ids."""

    owner: Address
    peer: Address | None = None
    after: int = 0
    before: int = 0
    ids: tuple[int, ...] = ()
    text: str = ""
    limit: int = 50
    newest: bool = False
    words_only: bool = False  # only messages, no reactions, markers and the like


class Page(Struct, frozen=True):
    """``complete`` says that nothing more lies in the direction of the query."""

    records: tuple[Archived, ...]
    complete: bool


class ArchiveStore(Protocol):
    def append(self, record: Record) -> Awaitable[int]:
        """Keep a message: what is given back ends when it is durable. Order of calls is order of commit, and those who wait go
        on in that order. A message has its place from the call on, also for :meth:`waiting`.

        The result is the record's id, or the id of an earlier one with the same ``dedup`` (kept for seven days): then
        nothing was added.
        """
        ...

    async def query(self, query: Query) -> Page: ...

    async def count(self, query: Query) -> int:
        """How many there are in all, without the limit."""
        ...

    async def find(self, owner: Address, peer: Address | None, *, id: int = 0, sender_id: str = "") -> Archived | None:
        """One message of a history, by its id or, the newest one, by the id its sender gave it."""
        ...

    async def about(self, owner: Address, target: int) -> list[Archived]:
        """What refers to a message: corrections, retractions, reactions, receipts, markers; oldest first."""
        ...

    async def replace(self, id: int, event: Talk) -> bool:
        """Put another event in a message's place, as a retraction's tombstone; its words leave the search too."""
        ...

    async def bounds(self, owner: Address, peer: Address | None = None) -> tuple[int, int] | None:
        """The first and the last id of a history; None where it is empty."""
        ...

    async def conversations(
        self, owner: Address, *, after: int = 0, before: int = 0, limit: int = 50
    ) -> list[tuple[Address, int]]:
        """With whom, and the last id with each within the range; the one longest ago first."""
        ...

    async def mark_waiting(self, owner: Address, id: int) -> None:
        """A message that is kept already waits for ``owner``'s next login."""
        ...

    async def waiting(self, owner: Address, *, limit: int = 1000) -> list[Archived]:
        """What waits for ``owner``, oldest first; sees every append that was called before, even if not yet durable."""
        ...

    async def waiting_count(self, owner: Address) -> int: ...

    async def delivered(self, owner: Address, ids: Sequence[int]) -> None:
        """These wait no longer; what is in nobody's history then is dropped."""
        ...

    async def expire(self, *, before: int) -> int:
        """Drop everything older than an id, and dedup names older than seven days; how many messages went."""
        ...

    async def last_id(self) -> int:
        """The largest id ever given; 0 in an empty store."""
        ...


class MarkerStore(Protocol):
    """How far an account has read, per conversation."""

    async def get(self, account: Address, peer: Address) -> float | None: ...

    async def set(self, account: Address, peer: Address, moment: float) -> float:
        """Move forward, never back; the moment that holds now."""
        ...


class Kept(Enum):
    """Which conversations belong into an account's history where nothing is said of the other side."""

    ALWAYS = "always"
    NEVER = "never"
    ROSTER = "roster"  # those with contacts


class HistoryPreferences(Struct, frozen=True, omit_defaults=True):
    """What an account wants to have in its history. ``always`` and ``never`` are exceptions from ``default``: bare addresses
    stand for all their sessions, full ones for one."""

    default: Kept = Kept.ALWAYS
    always: tuple[Address, ...] = ()
    never: tuple[Address, ...] = ()


class PreferenceStore(Protocol):
    """What accounts want to have in their histories, where that is not everything."""

    async def all(self) -> list[tuple[Address, HistoryPreferences]]:
        """Of everybody who wants something else than the default, by address."""
        ...

    async def set(self, account: Address, preferences: HistoryPreferences) -> None: ...


class Stores(Protocol):
    """All of storage; opened by the application before anything else starts, closed last."""

    accounts: AccountStore
    rosters: RosterStore
    blocks: BlockStore
    rooms: RoomStore
    archive: ArchiveStore
    markers: MarkerStore
    inboxes: InboxStore
    devices: DeviceStore
    uploads: UploadStore
    preferences: PreferenceStore

    async def open(self) -> None:
        """Create or migrate what is there; raises ``StorageFailed`` with the remedy where that is not possible."""
        ...

    async def check(self) -> list[str]:
        """What is wrong with the data; empty where all is well."""
        ...

    async def backup(self, path: str) -> None:
        """A whole and consistent copy in a new file, made while the server runs; ``StorageFailed`` where that cannot be."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then let go."""
        ...


class StorageFailed(Exception):
    """Storage cannot do its work: full, damaged, or of a newer version. The text names the remedy."""
