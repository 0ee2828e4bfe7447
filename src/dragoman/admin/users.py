"""Commands on accounts and their passwords."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from dragoman.admin.command import Command, Done
from dragoman.admin.office import Office, account_of
from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import Credentials
from dragoman.formats.secret import Secret

PAGE = 500

Account = Annotated[str, Meta(description="An address, or only the name where the server has one domain.")]
NewPassword = Annotated[Secret, Meta(description="The new password.")]


class Add(Struct, frozen=True, forbid_unknown_fields=True):
    """Create an account."""

    account: Account
    password: NewPassword


class List(Struct, frozen=True, forbid_unknown_fields=True):
    """List accounts, by domain and name."""

    domain: Annotated[str, Meta(description="Only this domain.")] = ""


class Passwd(Struct, frozen=True, forbid_unknown_fields=True):
    """Give an account a new password; its clients have to log in again."""

    account: Account
    password: NewPassword


class Remove(Struct, frozen=True, forbid_unknown_fields=True):
    """Remove an account with its contacts, history and app passwords."""

    account: Account


class Introduce(Struct, frozen=True, forbid_unknown_fields=True):
    """Put two accounts into each other's contact lists; each sees whether the other one is there."""

    account: Account
    other: Annotated[str, Meta(description="Another account.")]


class User(Struct, frozen=True):
    """An account as an owner sees it; ``created_at`` in seconds since 1970."""

    account: str
    enabled: bool
    sessions: int
    created_at: float


async def add(office: Office, arguments: Add) -> Done:
    account = account_of(office, arguments.account)
    credentials = await office.passwords.credentials(arguments.password.text)
    await office.services.accounts.create(account, replace(credentials, created_at=office.services.clock.now()))
    return Done(f"{account} can log in now")


async def list_users(office: Office, arguments: List) -> list[User]:
    domains = [domain.name for domain in office.services.domains]
    if arguments.domain and arguments.domain not in domains:
        raise Refused(Condition.ITEM_NOT_FOUND, f"{arguments.domain} is not a domain of this server")
    return [
        await _user(office, account)
        for domain in domains
        if arguments.domain in ("", domain)
        for account in await _accounts(office, domain)
    ]


async def passwd(office: Office, arguments: Passwd) -> Done:
    account = account_of(office, arguments.account)
    before = await _existing(office, account)
    made = await office.passwords.credentials(arguments.password.text)
    await office.services.stores.accounts.replace(account, replace(before, verifiers=made.verifiers))
    await office.services.devices.remove_all(account)
    for session in office.services.registry.sessions(account):
        session.close(Condition.NOT_AUTHORIZED, "the password was changed")
        await office.services.sessions.close(session)
    return Done(f"{account} has a new password")


async def remove(office: Office, arguments: Remove) -> Done:
    account = account_of(office, arguments.account)
    await office.services.accounts.remove(account)
    return Done(f"{account} is removed")


async def introduce(office: Office, arguments: Introduce) -> Done:
    one, other = account_of(office, arguments.account), account_of(office, arguments.other)
    for account in (one, other):
        await _existing(office, account)
    if one == other:
        raise Refused(Condition.BAD_REQUEST, "it takes two to be introduced")
    await office.services.subscriptions.introduce(one, other)
    return Done(f"{one} and {other} are contacts now")


async def _existing(office: Office, account: Address) -> Credentials:
    credentials = await office.services.stores.accounts.get(account)
    if credentials is None:
        raise Refused(Condition.ITEM_NOT_FOUND, f"there is no account {account}")
    return credentials


async def _accounts(office: Office, domain: str) -> list[Address]:
    found: list[Address] = []
    while page := await office.services.stores.accounts.page(
        domain, after=found[-1].local if found else "", limit=PAGE
    ):
        found += page
    return found


async def _user(office: Office, account: Address) -> User:
    credentials = await _existing(office, account)
    sessions = len(office.services.registry.sessions(account))
    return User(str(account), credentials.enabled, sessions, credentials.created_at)


COMMANDS = (
    Command("user add", Add, add, offline=True),
    Command("user list", List, list_users, offline=True),
    Command("user passwd", Passwd, passwd, offline=True),
    Command("user introduce", Introduce, introduce, offline=True),
    Command("user remove", Remove, remove, offline=True, destroys="removes the account and its history for good"),
)
