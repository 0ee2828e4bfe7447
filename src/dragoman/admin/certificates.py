"""Commands on client certificates: each logs in as one account, without a password (SASL EXTERNAL)."""

import re
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from dragoman.admin.command import Command, Done
from dragoman.admin.office import Office, account_of
from dragoman.admin.users import Account
from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import Credentials

_FINGERPRINT = re.compile("[0-9a-f]{64}")

Fingerprint = Annotated[
    str, Meta(description="The SHA-256 of the certificate in hexadecimal digits, with or without colons.")
]


class Add(Struct, frozen=True, forbid_unknown_fields=True):
    """Let a client certificate log in as an account."""

    account: Account
    fingerprint: Fingerprint


class List(Struct, frozen=True, forbid_unknown_fields=True):
    """List the certificates that may log in as an account."""

    account: Account


class Remove(Struct, frozen=True, forbid_unknown_fields=True):
    """Let a certificate log in no more."""

    account: Account
    fingerprint: Fingerprint


class Registered(Struct, frozen=True):
    """One certificate, as its fingerprint."""

    fingerprint: str


async def add(office: Office, arguments: Add) -> Done:
    account, credentials = await _existing(office, arguments.account)
    fingerprint = _read(arguments.fingerprint)
    if fingerprint in credentials.certificates:
        raise Refused(Condition.CONFLICT, f"this certificate is one of {account}'s already")
    await _put(office, account, credentials, (*credentials.certificates, fingerprint))
    return Done(f"{account} can log in with this certificate now")


async def list_certificates(office: Office, arguments: List) -> list[Registered]:
    _, credentials = await _existing(office, arguments.account)
    return [Registered(fingerprint) for fingerprint in credentials.certificates]


async def remove(office: Office, arguments: Remove) -> Done:
    account, credentials = await _existing(office, arguments.account)
    fingerprint = _read(arguments.fingerprint)
    if fingerprint not in credentials.certificates:
        raise Refused(Condition.ITEM_NOT_FOUND, f"{account} has no such certificate")
    left = tuple(each for each in credentials.certificates if each != fingerprint)
    await _put(office, account, credentials, left)
    return Done(f"{account} cannot log in with this certificate any more")


def _read(fingerprint: str) -> str:
    """As it is kept: 64 lower-case digits. openssl writes capitals and colons."""
    read = fingerprint.replace(":", "").lower()
    if not _FINGERPRINT.fullmatch(read):
        remedy = "openssl x509 -noout -fingerprint -sha256 -in FILE prints it"
        raise Refused(Condition.BAD_REQUEST, f"a fingerprint is 64 hexadecimal digits; {remedy}")
    return read


async def _existing(office: Office, name: str) -> tuple[Address, Credentials]:
    account = account_of(office, name)
    credentials = await office.services.stores.accounts.get(account)
    if credentials is None:
        raise Refused(Condition.ITEM_NOT_FOUND, f"there is no account {account}")
    return account, credentials


async def _put(office: Office, account: Address, before: Credentials, certificates: tuple[str, ...]) -> None:
    await office.services.stores.accounts.replace(account, replace(before, certificates=certificates))


COMMANDS = (
    Command("user certificate add", Add, add, offline=True),
    Command("user certificate list", List, list_certificates, offline=True),
    Command("user certificate remove", Remove, remove, offline=True),
)
