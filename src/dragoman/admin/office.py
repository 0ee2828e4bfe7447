"""What administration works with, and the little that its commands have in common."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import AppPassword, Credentials

if TYPE_CHECKING:
    from dragoman.features.services import Services  # the command line reads the commands without a server


class PasswordMaker(Protocol):
    """Makes what the server keeps of passwords."""

    def credentials(self, password: str) -> Awaitable[Credentials]:
        """Verifiers of a password; ``Refused(not-acceptable)`` where it cannot be one (RFC 8265 §4.2)."""
        ...

    def app_password(self, protocol: str, name: str) -> tuple[str, AppPassword]:
        """A new password for one protocol, to be shown once, and what is kept of it."""
        ...


@dataclass(slots=True)
class Office:
    """``started_at`` is in seconds since 1970; ``protocols`` are the names of those that are served."""

    services: "Services"
    passwords: PasswordMaker
    version: str
    protocols: tuple[str, ...]
    started_at: float
    draining: Callable[[], bool] = lambda: False


def account_of(office: Office, name: str) -> Address:
    """The account that a person means: an address, or only a name where there is one domain.

    ``Refused``: bad-request where the domain is needed, item-not-found where it is not served, jid-malformed.
    """
    names = [domain.name for domain in office.services.domains]
    local, at, domain = name.partition("@")
    if not at and len(names) > 1:
        raise Refused(Condition.BAD_REQUEST, f"say which domain: {', '.join(f'{name}@{each}' for each in names)}")
    account = Address.of(local, domain if at else names[0])
    if not account.local:
        raise Refused(Condition.JID_MALFORMED, "an account has a name before the @")
    if account.domain not in names:
        raise Refused(
            Condition.ITEM_NOT_FOUND, f"{account.domain} is not a domain of this server; it serves {', '.join(names)}"
        )
    return account


def room_of(office: Office, name: str) -> Address:
    """The room that a person means, with or without the rooms' domain; a leading # is as good as none."""
    names = [domain.rooms for domain in office.services.domains]
    local, at, domain = name.removeprefix("#").partition("@")
    if not at and len(names) > 1:
        raise Refused(Condition.BAD_REQUEST, f"say which domain: {', '.join(f'{local}@{each}' for each in names)}")
    room = Address.of(local, domain if at else names[0])
    if not room.local:
        raise Refused(Condition.JID_MALFORMED, "a room has a name before the @")
    if room.domain not in names:
        raise Refused(Condition.ITEM_NOT_FOUND, f"there are no rooms at {room.domain}, but at {', '.join(names)}")
    return room
