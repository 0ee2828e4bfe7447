"""How the server is."""

from collections import Counter

from msgspec import Struct

from dragoman.admin.command import Command
from dragoman.admin.office import Office


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """Show how a running server is."""


class Status(Struct, frozen=True):
    """``up_seconds`` since it was started; ``sessions`` by protocol; ``people`` are accounts that are connected."""

    version: str
    up_seconds: int
    state: str
    domains: list[str]
    accounts: int
    people: int
    sessions: dict[str, int]
    rooms: int


async def status(office: Office, arguments: Ask) -> Status:
    services = office.services
    return Status(
        version=office.version,
        up_seconds=int(services.clock.now() - office.started_at),
        state="draining" if office.draining() else "running",
        domains=[domain.name for domain in services.domains],
        accounts=sum([await services.stores.accounts.count(domain.name) for domain in services.domains]),
        people=len(services.registry.accounts()),
        sessions=dict(Counter(session.protocol for session in services.registry)),
        rooms=sum([len(await services.rooms.all(domain)) for domain in services.domains]),
    )


COMMANDS = (Command("status", Ask, status),)
