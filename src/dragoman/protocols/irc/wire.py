"""Lines and their bytes (modern IRC §Message Format, IRCv3 message-tags).

A line that came in was decoded strictly and has no CR, LF or NUL in it; a line that goes out is refused where it would
have one, whoever wrote the text. Lengths are octets.
"""

from collections.abc import Mapping
from typing import Final

from dragoman.protocols.irc.line import Line, Malformed, NotUtf8, TooLong

#: What sessions and native events of this protocol are called.
PROTOCOL = "irc"
#: A line without its tags, CR LF included (RFC 1459 §2.3).
MAX_LINE = 512
#: What is repeated of a single word that somebody sent.
MAX_WORD = 300
#: The tags that a client may send, from ``@`` to the space behind them (message-tags §Size limit).
MAX_CLIENT_TAGS = 4096
#: All tags that a server may send, its own and the client's.
MAX_TAGS = 8191

_ESCAPES = {";": r"\:", " ": r"\s", "\\": r"\\", "\r": r"\r", "\n": r"\n"}
_UNESCAPES = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}
_ESCAPE = str.maketrans(_ESCAPES)
_NO_TAGS: Final[Mapping[str, str]] = {}
_CR: Final = 13
#: COMPAT(simple bots): they look for `` :`` before the words, even where one word needs no colon.
_ALWAYS_COLON = frozenset({"PRIVMSG", "NOTICE", "TOPIC", "PART", "QUIT", "KICK", "ERROR", "PONG"})


class LineBuffer:
    """Cuts a stream into lines. Holds at most one unfinished line, and of an overlong one nothing."""

    __slots__ = ("_rest", "_skipping")

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[Line | TooLong | NotUtf8 | Malformed]:
        """What the bytes complete, in order; empty lines are left out (RFC 1459 §2.3)."""
        pieces = (self._rest + data).split(b"\n") if self._rest else data.split(b"\n")
        self._rest = pieces.pop()
        lines: list[Line | TooLong | NotUtf8 | Malformed] = []
        for piece in pieces:
            if self._skipping:
                self._skipping = False
                lines.append(TooLong())
            elif raw := piece.rstrip(b"\r"):
                lines.append(parse(raw))
        if self._skipping or len(self._rest) > MAX_CLIENT_TAGS + MAX_LINE:
            self._rest = b""
            self._skipping = True
        return lines


def parse(raw: bytes) -> Line | TooLong | NotUtf8 | Malformed:
    """Read one line without its line end."""
    if _is_too_long(raw):
        return TooLong(_label_of(raw))
    if _CR in raw or 0 in raw:
        return Malformed()
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return NotUtf8(_command_of(raw), _label_of(raw))
    return _read(text)


def _is_too_long(raw: bytes) -> bool:
    if raw[:1] != b"@":
        return len(raw) > MAX_LINE - 2
    tags = raw.find(b" ") + 1 or len(raw)
    return tags > MAX_CLIENT_TAGS or len(raw) - tags > MAX_LINE - 2


def _label_of(raw: bytes) -> str:
    head = raw[1:MAX_CLIENT_TAGS].partition(b" ")[0] if raw[:1] == b"@" else b""
    return read_tags(head.decode(errors="ignore")).get("label", "")


def _command_of(raw: bytes) -> str:
    words = [word for word in raw.split(b" ") if word and word[:1] not in b"@:"]
    return words[0].decode("ascii", "ignore").upper() if words else ""


def _read(text: str) -> Line:
    tags = _NO_TAGS
    source = ""
    if text[0] == "@":
        head, _, text = text.partition(" ")
        tags = read_tags(head[1:])
        text = text.lstrip(" ")
    if text[:1] == ":":
        source, _, text = text[1:].partition(" ")
    middle, colon, trailing = text.partition(" :")
    words = middle.split(" ")
    if "" in words:
        words = [word for word in words if word]
    if colon:
        words.append(trailing)
    return Line(words[0].upper() if words else "", tuple(words[1:]), source, tags)


def read_tags(text: str) -> dict[str, str]:
    """``a=b;c`` as a mapping; of a key that comes twice the last one counts (message-tags §Rules for duplicate keys)."""
    tags = {}
    for item in text.split(";"):
        key, _, value = item.partition("=")
        if key:
            tags[key] = unescape(value) if "\\" in value else value
    return tags


def unescape(value: str) -> str:
    """A tag's value without its escapes; an unknown escape is the character itself, a lone last backslash nothing."""
    parts = iter(value)
    return "".join(_UNESCAPES.get(following := next(parts, ""), following) if c == "\\" else c for c in parts)


def escape(value: str) -> str:
    """A tag's value as it goes over the wire."""
    return value.translate(_ESCAPE)


def write_tags(tags: Mapping[str, str]) -> str:
    """A mapping as ``a=b;c``; ``ValueError`` where a key could end its tag early."""
    items = []
    for key, value in tags.items():
        if not key or any(character in key for character in " ;=\r\n\0") or "\0" in value:
            raise ValueError("a tag cannot be written")
        items.append(f"{key}={escape(value)}" if value else key)
    return ";".join(items)


def serialise(line: Line) -> bytes:
    """The bytes of a line, CR LF included; ``ValueError`` where they would read as anything else than this one line."""
    words = [f"@{write_tags(line.tags)}"] if line.tags else []
    if line.source:
        words.append(f":{line.source}")
    words.append(line.command)
    if line.params:
        *middle, last = line.params
        for param in middle:
            if not param or param[0] == ":" or " " in param:
                raise ValueError("a parameter before the last is empty, begins with a colon or has a space")
        words += middle
        words.append(f":{last}" if _needs_colon(line.command, last) else last)
    text = " ".join(words)
    if "\n" in text or "\r" in text or "\0" in text or " " in line.source or not line.command:
        raise ValueError("CR, LF or NUL inside a line, or a space in its source")
    return f"{text}\r\n".encode()


def _needs_colon(command: str, last: str) -> bool:
    return not last or last[0] == ":" or " " in last or command in _ALWAYS_COLON


def one_line(text: str) -> str:
    """Words from elsewhere as part of one line: line ends become spaces, NUL goes."""
    return " ".join(text.replace("\0", "").splitlines()) if not text.isprintable() else text


def word(text: str) -> str:
    """What somebody called something, so that it can stand in the middle of a line."""
    safe = cut(one_line(text), MAX_WORD).replace(" ", "_").lstrip(":")
    return safe or "*"


def cut(text: str, octets: int) -> str:
    """The head of a text that fits, without half a character."""
    return text if len(text) * 4 <= octets else text.encode()[:octets].decode(errors="ignore")
