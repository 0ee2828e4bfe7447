"""Plays: conversations that read like the wire. See ``tests/plays/README.md`` for how they are written."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.stage.clients import Client
from tests.stage.matching import Kept, Mismatch, expect, fill
from tests.stage.stage import Stage

_HELLO = re.compile(r"(\w+) is (xmpp|irc)(?: as (\S+?)(?:/(\S+))?)?(?: (with|without) (.+))?")
_STRANGER = re.compile(r"(\w+) is a stranger by (xmpp|irc)( without tls)?")
_FRIENDS = re.compile(r"(\w+) and (\w+) are friends")
_ROOM = re.compile(r"in (\w+): (.+)")
_DROP = re.compile(r"(\w+) drops")
_PAUSE = re.compile(r"(\d+) seconds pass")
_SPEECH = re.compile(r"(\w+) ([<>])(?: (.*))?", re.DOTALL)


@dataclass(frozen=True)
class Statement:
    """One statement of a play; ``line`` is where it stands."""

    text: str
    line: int

    @property
    def is_expectation(self) -> bool:
        speech = _SPEECH.fullmatch(self.text)
        return speech is not None and speech[2] == "<"


@dataclass(frozen=True)
class Play:
    """A whole file. ``local`` plays need the test's own clock, or what pings would disturb: they run in memory only."""

    path: Path
    statements: tuple[Statement, ...]

    @property
    def is_local(self) -> bool:
        return any(s.text == "only in memory" or _PAUSE.fullmatch(s.text) for s in self.statements)


def read_play(path: Path) -> Play:
    """A statement a line; indented lines go on with the one before; ``#`` at the beginning of a line is a remark."""
    statements: list[Statement] = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] == " ":
            last = statements.pop()
            statements.append(
                Statement(f"{last.text}{'' if last.text.endswith('>') else ' '}{line.strip()}", last.line)
            )
        else:
            statements.append(Statement(line.rstrip(), number))
    return Play(path, tuple(statements))


@dataclass
class Performance:
    """A play on a stage: actions are done, then each client named by an expectation must have heard exactly that."""

    stage: Stage
    kept: Kept = field(default_factory=dict)
    _expected: dict[str, list[str]] = field(default_factory=dict)
    _at: int = 0
    _ended: bool = True

    async def run(self, play: Play) -> None:
        for statement in play.statements:
            try:
                if not statement.is_expectation and self._expected:
                    self._judge()
                await self._do(statement)
            except Mismatch as mismatch:
                raise Mismatch(f"{play.path.name}:{self._at}: {mismatch}") from None
        try:
            self._judge()
        except Mismatch as mismatch:
            raise Mismatch(f"{play.path.name}:{self._at}: {mismatch}") from None

    async def _do(self, statement: Statement) -> None:
        text = statement.text
        if speech := _SPEECH.fullmatch(text):
            await self._speak(speech[1], speech[2], speech[3] or "", statement.line)
        elif hello := _HELLO.fullmatch(text):
            await self._enter(*hello.groups())
        elif stranger := _STRANGER.fullmatch(text):
            await self.stage.stranger(stranger[1], stranger[2], secure=not stranger[3])
        elif friends := _FRIENDS.fullmatch(text):
            await self.stage.befriend(friends[1], friends[2])
        elif room := _ROOM.fullmatch(text):
            await self.stage.meet(room[1], [self._client(name) for name in room[2].split()])
            self._forget()
        elif drop := _DROP.fullmatch(text):
            self._begin()
            await self._client(drop[1]).drop()
            await self.stage.settle()
        elif pause := _PAUSE.fullmatch(text):
            self._begin()
            await self.stage.advance(float(pause[1]))
        else:
            assert text == "only in memory", f"line {statement.line} says nothing that is known: {text}"

    async def _enter(self, name: str, protocol: str, account: str, resource: str, with_: str, what: str) -> None:
        if protocol == "xmpp":
            assert what in (None, "presence"), what
            await self.stage.xmpp(name, account or name, resource or "here", presence=with_ != "without")
        else:
            await self.stage.irc(name, account or name, what or "")
        self._forget()

    async def _speak(self, name: str, direction: str, text: str, line: int) -> None:
        if direction == "<":
            if not self._expected:
                await self.stage.settle()
                self._at = line
            self._ended = True
            self._expected.setdefault(name, [])
            if text:
                self._expected[name].append(text)
            return
        self._begin()
        await self._client(name).send(_unescaped(fill(text, self.kept)))
        await self.stage.settle(first=self._client(name))

    def _begin(self) -> None:
        """The first action after expectations: what was heard before it has been judged, or nobody cared."""
        if self._ended:
            self._forget()
        self._ended = False

    def _forget(self) -> None:
        for client in self.stage.clients.values():
            client.take()

    def _judge(self) -> None:
        for name, expected in self._expected.items():
            client = self._client(name)
            self.kept = expect(client.protocol, expected, client.heard, self.kept, name)
        self._expected = {}

    def _client(self, name: str) -> Client:
        return self.stage.clients[name]


def _unescaped(text: str) -> str:
    r"""``\r``, ``\n``, ``\0`` and ``\x01`` for what a line of a file cannot hold."""
    return re.sub(
        r"\\(r|n|0|x([0-9a-f]{2}))",
        lambda m: chr(int(m[2], 16)) if m[2] else {"r": "\r", "n": "\n", "0": "\0"}[m[1]],
        text,
    )
