"""What a domain allows: decisions from rules, without any state."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dragoman.core.address import Address
from dragoman.core.stores import RoomConfig

Count = Annotated[int, Meta(ge=1)]


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """The owner's choices for one domain."""

    guests: bool = False
    """Whether people may come in without an account."""
    open_presence: bool = False
    """Whether all accounts of the domain see each other's presence without asking, as in an organisation."""
    room_creators: Literal["everyone", "accounts", "admins"] = "accounts"
    """Who may open rooms."""
    admins: tuple[str, ...] = ()
    """Names of accounts, without the domain, that own every room of the domain."""
    archive: bool = True
    """Whether accounts and rooms have a history."""
    archive_days: Annotated[int, Meta(ge=0)] = 0
    """How long messages are kept; 0: for good."""
    max_text_bytes: Count = 65536
    """The longest text of one message."""
    max_sessions: Count = 20
    """Clients that one account may have connected at once."""
    max_contacts: Count = 5000
    """Contacts in one list."""
    max_waiting: Count = 5000
    """Messages that may wait for somebody who is away; then their senders are told."""
    max_rooms_entered: Count = 500
    """Rooms that one client may be in at once."""
    room: RoomConfig = RoomConfig()


class Domain(Struct, frozen=True):
    """One domain that the server serves: accounts at ``name``, rooms at ``rooms``."""

    name: str
    rooms: str
    policy: Policy = Policy()

    def is_admin(self, account: Address) -> bool:
        return account.domain == self.name and account.local in self.policy.admins


class Domains:
    """All domains of the server, by either of their two names."""

    def __init__(self, domains: tuple[Domain, ...]) -> None:
        self._accounts = {domain.name: domain for domain in domains}
        self._rooms = {domain.rooms: domain for domain in domains}

    def __iter__(self) -> Iterator[Domain]:
        return iter(self._accounts.values())

    def of_accounts(self, name: str) -> Domain | None:
        """The domain whose accounts live at ``name``."""
        return self._accounts.get(name)

    def of_rooms(self, name: str) -> Domain | None:
        """The domain whose rooms live at ``name``."""
        return self._rooms.get(name)

    def may_create_rooms(self, domain: Domain, account: Address, *, guest: bool) -> bool:
        """Whether somebody may open a new room in a domain."""
        match domain.policy.room_creators:
            case "everyone":
                return True
            case "admins":
                return domain.is_admin(account)
            case _:
                return not guest and account.domain in self._accounts
