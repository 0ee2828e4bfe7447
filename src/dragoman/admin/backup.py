"""A copy of the database while it is in use."""

from typing import Annotated

from msgspec import Meta, Struct

from dragoman.admin.command import Command, Done
from dragoman.admin.office import Office
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import StorageFailed


class Copy(Struct, frozen=True, forbid_unknown_fields=True):
    """Copy the database to a new file."""

    file: Annotated[str, Meta(description="Where to; the server writes it, so name the whole path.")]


async def copy(office: Office, arguments: Copy) -> Done:
    if not arguments.file.startswith("/"):
        raise Refused(Condition.BAD_REQUEST, "name the whole path, beginning with /")
    try:
        await office.services.stores.backup(arguments.file)
    except StorageFailed as failed:
        raise Refused(Condition.UNDEFINED_CONDITION, str(failed)) from failed
    return Done(f"{arguments.file} is a copy of the database")


COMMANDS = (Command("backup", Copy, copy, offline=True),)
