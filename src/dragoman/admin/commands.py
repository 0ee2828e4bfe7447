"""Every command of administration, in the order in which people are shown them."""

from typing import Any

from dragoman.admin import app_passwords, backup, certificates, rooms, status, users
from dragoman.admin.command import Command

COMMANDS: tuple[Command[Any], ...] = (
    *status.COMMANDS,
    *users.COMMANDS,
    *app_passwords.COMMANDS,
    *certificates.COMMANDS,
    *rooms.COMMANDS,
    *backup.COMMANDS,
)
