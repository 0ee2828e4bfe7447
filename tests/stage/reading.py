"""What a client makes of the server's bytes: stanzas and lines. Written for the tests alone, and not with the server's own
readers: a mistake in those must not hide itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat

STREAMS = "http://etherx.jabber.org/streams"
CLOSED = "(closed)"
STREAM_END = "</stream:stream>"


@dataclass(frozen=True)
class Node:
    """An XML element: names are ``{namespace}local``, children elements and strings in their order."""

    name: str
    attributes: Mapping[str, str]
    children: tuple["Node | str", ...] = ()

    @property
    def text(self) -> str:
        return "".join(child for child in self.children if isinstance(child, str))

    @property
    def elements(self) -> list["Node"]:
        return [child for child in self.children if isinstance(child, Node)]

    def find(self, local: str) -> "Node | None":
        """The first element with a local name, at any depth."""
        for child in self.elements:
            if child.name.rpartition("}")[2] == local:
                return child
            if (found := child.find(local)) is not None:
                return found
        return None


class StanzaReader:
    """Cuts one XML stream into its header, its stanzas and its end."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate("utf-8", "}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._open: list[tuple[str, dict[str, str], list[Node | str]]] = []
        self._found: list[Node | str] = []

    def feed(self, data: bytes) -> list[Node | str]:
        self._parser.Parse(data, False)
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        attributes = {_qualified(key): value for key, value in attributes.items()}
        if not self._open:
            self._found.append(Node(_qualified(name), attributes))
        self._open.append((_qualified(name), attributes, []))

    def _end(self, name: str) -> None:
        node = Node(*self._open.pop()[:2], ()) if len(self._open) == 1 else self._close()
        if not self._open:
            self._found.append(STREAM_END)
        elif len(self._open) == 1:
            self._found.append(node)
        else:
            self._open[-1][2].append(node)

    def _close(self) -> Node:
        name, attributes, children = self._open.pop()
        return Node(name, attributes, tuple(children))

    def _characters(self, text: str) -> None:
        if len(self._open) > 1:
            children = self._open[-1][2]
            if children and isinstance(children[-1], str):
                text = f"{children.pop()}{text}"  # it came in two chunks
            children.append(text)


def read_xml(text: str) -> list[Node | str]:
    """Elements that stand beside each other, in the default namespace of a client's stream."""
    reader = StanzaReader()
    reader.feed(f"<s:stream xmlns='jabber:client' xmlns:s='{STREAMS}' xmlns:stream='{STREAMS}'>".encode())
    return reader.feed(text.encode())


def write_xml(node: Node | str, scope: str = "jabber:client", depth: int = 0) -> str:
    """An element for people to read, and for a diff to compare: a line each, attributes in order of their names."""
    if isinstance(node, str):
        return "  " * depth + node
    namespace, _, local = node.name.rpartition("}")
    namespace = namespace.removeprefix("{")
    head = f"{'  ' * depth}<{local}" + (f" xmlns='{namespace}'" if namespace != scope else "")
    head += "".join(f" {key}={value!r}" for key, value in sorted(node.attributes.items()))
    if not node.children:
        return head + "/>"
    if not node.elements:
        return f"{head}>{node.text}</{local}>"
    inner = [
        write_xml(child, namespace, depth + 1) for child in node.children if isinstance(child, Node) or child.strip()
    ]
    return "\n".join([head + ">", *inner, f"{'  ' * depth}</{local}>"])


def _qualified(name: str) -> str:
    namespace, separator, local = name.rpartition("}")
    if namespace == "http://www.w3.org/XML/1998/namespace":
        return f"xml:{local}"
    return f"{{{namespace}}}{local}" if separator else name


class Line(NamedTuple):
    """A line of IRC."""

    tags: dict[str, str]
    source: str
    command: str
    params: tuple[str, ...]


def read_line(text: str) -> Line:
    tags: dict[str, str] = {}
    source = ""
    if text.startswith("@"):
        head, _, text = text[1:].partition(" ")
        tags = {key: value for key, _, value in (item.partition("=") for item in head.split(";"))}
    text = text.lstrip(" ")
    if text.startswith(":"):
        source, _, text = text[1:].partition(" ")
    middle, colon, last = text.partition(" :")
    command, *params = middle.split()
    return Line(tags, source, command, (*params, last) if colon else tuple(params))


class FrameReader:
    """JSON, of which each message is one piece."""

    def feed(self, data: bytes) -> list[str]:
        return [data.decode()]


class LineReader:
    """Cuts what an IRC server sends into lines; a CR or LF anywhere but at the end of one would show as another line."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            assert line.endswith(b"\r"), f"a line without CR: {line!r}"
            yield line[:-1].decode()
