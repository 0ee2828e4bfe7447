"""The one judge of what a server did with what was said to it, whatever was done to the server meanwhile.

A test writes down what was sent, what the server acknowledged, what each client received, and in the end what the archive
has. :func:`judge` holds them against each other. A message is known by its conversation, its sender and the sender's own
name for it, which a resend repeats.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple


class Said(NamedTuple):
    """One message, however often it was sent."""

    conversation: str
    sender: str
    name: str


@dataclass
class Run:
    """What happened, in the order in which it happened.

    ``members`` are the clients that must have every acknowledged message of a conversation in the end, and the only ones
    that may have any; a conversation that is not in it is not looked at on the clients' side.
    """

    sent: list[Said] = field(default_factory=list)
    acknowledged: list[Said] = field(default_factory=list)
    received: dict[str, list[Said]] = field(default_factory=dict)
    archived: list[Said] = field(default_factory=list)
    members: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """One sentence for each thing that must not be, by kind."""

    lost: tuple[str, ...] = ()
    duplicated_in_archive: tuple[str, ...] = ()
    duplicated_at_client: tuple[str, ...] = ()
    reordered: tuple[str, ...] = ()
    phantom: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not (
            self.lost or self.duplicated_in_archive or self.duplicated_at_client or self.reordered or self.phantom
        )

    def __str__(self) -> str:
        kinds = {
            "lost": self.lost,
            "duplicated in the archive": self.duplicated_in_archive,
            "duplicated at a client": self.duplicated_at_client,
            "reordered": self.reordered,
            "phantom": self.phantom,
        }
        lines = [", ".join(f"{kind} {len(found)}" for kind, found in kinds.items())]
        lines += [f"{kind}: {sentence}" for kind, found in kinds.items() for sentence in found[:5]]
        return "\n".join(lines)


def judge(run: Run) -> Verdict:
    """What went wrong in a run; a clean verdict where nothing did."""
    return Verdict(
        lost=tuple(_lost(run)),
        duplicated_in_archive=tuple(_repeated("the archive", run.archived)),
        duplicated_at_client=tuple(
            sentence for client, received in run.received.items() for sentence in _repeated(client, received)
        ),
        reordered=tuple(_reordered(run)),
        phantom=tuple(_phantom(run)),
    )


def _lost(run: Run) -> Iterable[str]:
    archived = set(run.archived)
    received = {client: set(got) for client, got in run.received.items()}
    for said in dict.fromkeys(run.acknowledged):
        if said not in archived:
            yield f"{said} was acknowledged and is not in the archive"
        for client in sorted(run.members.get(said.conversation, ())):
            if said not in received.get(client, ()):
                yield f"{said} was acknowledged and never reached {client}"


def _repeated(where: str, messages: Iterable[Said]) -> Iterable[str]:
    return (f"{said} is {count} times in {where}" for said, count in Counter(messages).items() if count > 1)


def _reordered(run: Run) -> Iterable[str]:
    """A sender's order must be the archive's, and the archive's order each client's."""
    sent = {said: place for place, said in reversed(list(enumerate(run.sent)))}
    for messages in _grouped(run.archived, lambda said: (said.conversation, said.sender)).values():
        yield from _inversions("the archive", messages, sent)
    archived = {said: place for place, said in reversed(list(enumerate(run.archived)))}
    for client, received in run.received.items():
        for messages in _grouped(received, lambda said: (said.conversation,)).values():
            yield from _inversions(client, messages, archived)


def _grouped(messages: Iterable[Said], key: Callable[[Said], tuple[str, ...]]) -> dict[tuple[str, ...], list[Said]]:
    """First occurrences, by a key, in their order."""
    groups: defaultdict[tuple[str, ...], list[Said]] = defaultdict(list)
    for said in dict.fromkeys(messages):
        groups[key(said)].append(said)
    return groups


def _inversions(where: str, messages: Sequence[Said], places: Mapping[Said, int]) -> Iterable[str]:
    known = [said for said in messages if said in places]
    for before, after in pairwise(known):
        if places[before] > places[after]:
            yield f"{after} comes behind {before} in {where}"


def _phantom(run: Run) -> Iterable[str]:
    sent = set(run.sent)
    for said in dict.fromkeys(run.archived):
        if said not in sent:
            yield f"{said} is in the archive and was never sent"
    for client, received in run.received.items():
        for said in dict.fromkeys(received):
            if said not in sent:
                yield f"{said} reached {client} and was never sent"
            elif client not in run.members.get(said.conversation, {client}):
                yield f"{said} reached {client}, for whom it was not"
