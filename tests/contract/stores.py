"""What the tests of stores need: a clock to set, and words for messages."""

from collections.abc import Callable

from dragoman.core.address import Address
from dragoman.core.clock import Timer, id_text
from dragoman.core.model import Kind, Message, Talk
from dragoman.core.stores import Archived, Entry, Keep, Page, Record

ALICE = Address("alice", "example.org")
BOB = Address("bob", "example.org")
CAROL = Address("carol", "example.net")
ROOM = Address("team", "rooms.example.org")


class Pending:
    """A timer of :class:`SetClock`."""

    def __init__(self, due: float, call: Callable[[], None]) -> None:
        self.due = due
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.time = now
        self.timers: list[Pending] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Pending(self.time + seconds, call))
        return self.timers[-1]

    def advance(self, seconds: float) -> None:
        """Let time pass, and what is due happen."""
        self.time += seconds
        due = [timer for timer in self.timers if timer.due <= self.time and not timer.cancelled]
        self.timers = [timer for timer in self.timers if timer.due > self.time and not timer.cancelled]
        for timer in due:
            timer.call()


def message(number: int, text: str = "hello", sender: Address = ALICE, recipient: Address = BOB) -> Message:
    """A message that its sender calls ``m<number>``."""
    return Message(
        sender=sender.at("phone"), recipient=recipient, id=f"m{number}", archive_id=id_text(number), text=text
    )


def said(
    number: int,
    event: Talk | None = None,
    *,
    keeps: tuple[int, int] = (Keep.ARCHIVE, Keep.ARCHIVE),
    dedup: str = "",
) -> Record:
    """What is kept of something said from one account to another: ``keeps`` for the sender and for the recipient."""
    event = event or message(number)
    sender, recipient = event.sender.bare, event.recipient.bare
    entries = Entry(sender, recipient, keeps[0]), Entry(recipient, sender, keeps[1])
    return Record(number, event, tuple(entry for entry in entries if entry.keep), dedup)


def said_in_room(number: int, text: str = "hello") -> Record:
    """What is kept of a message in a room."""
    event = Message(
        sender=ROOM.at("alice"), recipient=ROOM, id=f"m{number}", archive_id=id_text(number), text=text,
        kind=Kind.GROUPCHAT,
    )  # fmt: skip
    return Record(number, event, (Entry(ROOM, ROOM, Keep.ARCHIVE),))


def ids(found: Page | list[Archived]) -> list[int]:
    """The ids of what was found, in its order."""
    return [archived.id for archived in (found.records if isinstance(found, Page) else found)]
