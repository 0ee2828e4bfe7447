"""What a domain allows: decisions from rules, without any state."""

from collections.abc import Iterator

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.stores import RoomConfig


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """The owner's choices for one domain.

    ``guests`` lets people in without an account. ``open_presence`` lets all accounts of the domain see each other's
    presence, as in an organisation. ``room_creators`` is everyone, accounts or admins. ``archive_days`` of 0 keeps history
    for good. ``admins`` are local names.
    """

    guests: bool = False
    open_presence: bool = False
    room_creators: str = "accounts"
    admins: tuple[str, ...] = ()
    archive: bool = True
    archive_days: int = 0
    max_text_bytes: int = 65536
    max_sessions: int = 20
    max_contacts: int = 5000
    max_waiting: int = 5000
    max_rooms_entered: int = 500
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
