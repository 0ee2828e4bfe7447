"""What an account has set for its conversations and for itself, the same in all clients that show an inbox.

Rows are never dropped while the account lives, and each bears the version at which it last changed: so a client that was
away is told what changed since, also after a restart.
"""

from typing import Literal, Protocol

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.model import Show

#: Which messages of a conversation call for attention.
Level = Literal["all", "mentions", "none"]


class ConversationSettings(Struct, frozen=True, omit_defaults=True):
    """One conversation, with the account or room ``peer``. ``joined`` is a room that clients with an inbox go into by
    themselves, under ``nick`` and with ``password`` where there is one; ``version`` is when something of the conversation
    changed last, also what the account has read of it."""

    peer: Address
    draft: str = ""
    level: Level = "all"
    pinned: bool = False
    hidden: bool = False
    joined: bool = False
    nick: str = ""
    password: str = ""
    version: int = 0


class Preferences(Struct, frozen=True, omit_defaults=True):
    """The account itself: how it shows itself, whether it tells what it has received and that it types; ``client`` is what
    its clients keep for themselves, as JSON."""

    show: Show = Show.HERE
    status: str = ""
    receipts: bool = True
    typing: bool = True
    client: str = "{}"
    version: int = 0


class InboxStore(Protocol):
    """Kept with the account, and erased with it."""

    async def load(self, account: Address) -> list[ConversationSettings]:
        """All rows, in the order of their peers."""
        ...

    async def put(self, account: Address, settings: ConversationSettings) -> None: ...

    async def preferences(self, account: Address) -> Preferences | None: ...

    async def set_preferences(self, account: Address, preferences: Preferences) -> None: ...
