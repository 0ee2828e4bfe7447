"""What was said before, told again: one batch, the same ids and moments as then (IRCv3 chathistory)."""

from collections.abc import Sequence

from msgspec.structs import replace

from dragoman.core.model import Kind, Talk
from dragoman.core.room_news import conceal_talk
from dragoman.core.stores import Archived
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.say import lines_of


def replay(client: Client, asked: str, name: str, records: Sequence[Archived]) -> None:
    """A page of a history as the answer to a command: ``asked`` is what the client called the conversation, ``name`` what
    it is called in lines."""
    history = client.network.services.history
    server = client.network.name
    batch = client.network.next_batch() if client.has(cap.BATCH) else ""
    if batch:
        client.answer(Line("BATCH", (f"+{batch}", "chathistory", asked), server))
    for record in records:
        for line in lines_of(client, _concealed(client, history.as_history(record)), to=_target(client, name, record)):
            client.answer(replace(line, tags={**line.tags, "batch": batch}) if batch else line)
    if batch:
        client.answer(Line("BATCH", (f"-{batch}",), server))


def _target(client: Client, name: str, record: Archived) -> str:
    """Whom a line of a conversation was said to: the channel, the other one, or oneself."""
    event = record.event
    if event.kind is Kind.GROUPCHAT:
        return name
    return name if event.sender.bare == client.account else client.nick


def _concealed(client: Client, event: Talk) -> Talk:
    """A room's message as this client may see it now."""
    room = client.network.room(event.sender.bare) if event.occupant is not None else None
    if room is None:
        return event
    return conceal_talk(room, event, room.accounts.get(client.account))
