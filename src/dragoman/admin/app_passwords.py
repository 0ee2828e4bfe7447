"""Commands on app passwords: each is good for one protocol, is made by the server, and is shown once."""

from typing import Annotated

from msgspec import Meta, Struct

from dragoman.admin.command import Command, Done
from dragoman.admin.office import Office, account_of
from dragoman.admin.users import Account
from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.formats.secret import Secret


class Add(Struct, frozen=True, forbid_unknown_fields=True):
    """Make a password that an account can use over one protocol only; it is shown once."""

    account: Account
    protocol: Annotated[str, Meta(description="The protocol it is good for, such as xmpp or irc.")]
    name: Annotated[str, Meta(description="What it is for, in the owner's words.")] = ""


class List(Struct, frozen=True, forbid_unknown_fields=True):
    """List an account's app passwords; the passwords themselves cannot be shown again."""

    account: Account


class Remove(Struct, frozen=True, forbid_unknown_fields=True):
    """Revoke an app password."""

    account: Account
    id: Annotated[str, Meta(description="Its id, from the list.")]


class Made(Struct, frozen=True):
    """The only time that the password is told."""

    account: str
    protocol: str
    id: str
    password: Secret


class Kept(Struct, frozen=True):
    """What may be seen of an app password; ``created_at`` in seconds since 1970."""

    id: str
    protocol: str
    name: str
    created_at: float


async def add(office: Office, arguments: Add) -> Made:
    account = await _existing(office, arguments.account)
    if arguments.protocol not in office.protocols:
        known = ", ".join(office.protocols)
        raise Refused(Condition.ITEM_NOT_FOUND, f"no protocol {arguments.protocol!r} is served; there are {known}")
    password, kept = office.passwords.app_password(arguments.protocol, arguments.name)
    await office.services.stores.accounts.add_app_password(account, kept)
    return Made(str(account), kept.protocol, kept.id, Secret(password))


async def list_passwords(office: Office, arguments: List) -> list[Kept]:
    account = await _existing(office, arguments.account)
    passwords = await office.services.stores.accounts.app_passwords(account)
    return [Kept(password.id, password.protocol, password.name, password.created_at) for password in passwords]


async def remove(office: Office, arguments: Remove) -> Done:
    account = await _existing(office, arguments.account)
    if not await office.services.stores.accounts.remove_app_password(account, arguments.id):
        raise Refused(Condition.ITEM_NOT_FOUND, f"{account} has no app password {arguments.id}")
    return Done(f"app password {arguments.id} is revoked")


async def _existing(office: Office, name: str) -> Address:
    account = account_of(office, name)
    if await office.services.stores.accounts.get(account) is None:
        raise Refused(Condition.ITEM_NOT_FOUND, f"there is no account {account}")
    return account


COMMANDS = (
    Command("user app-password add", Add, add, offline=True),
    Command("user app-password list", List, list_passwords, offline=True),
    Command("user app-password remove", Remove, remove, offline=True),
)
