"""One labelled command's answer (IRCv3 labeled-response): exactly one logical message, whatever the command did."""

from msgspec.structs import replace

from dragoman.protocols.irc.line import Line

MAX_LABEL = 64


class LabelledResponse:
    """Gathers what a command answers while it runs. What others say meanwhile waits behind the answer, so that nothing
    gets between, and the client hears it in an order that makes sense."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.lines: list[Line] = []
        self.held: list[Line] = []

    def finished(self, server: str, batch: str) -> list[Line]:
        """The lines as they go out: none is an ACK, one has the label itself, more are a batch named ``batch``."""
        tags = {"label": self.label}
        if not self.lines:
            return [Line("ACK", source=server, tags=tags)]
        if len(self.lines) == 1 or self._is_one_batch():
            first, *others = self.lines
            return [replace(first, tags={**tags, **first.tags}), *others]
        opening = Line("BATCH", (f"+{batch}", "labeled-response"), server, tags)
        inside = [line if "batch" in line.tags else _in_batch(line, batch) for line in self.lines]
        return [opening, *inside, Line("BATCH", (f"-{batch}",), server)]

    def _is_one_batch(self) -> bool:
        """Whether the whole answer is one batch already (§Batch types), such as a page of history."""
        first, last = self.lines[0], self.lines[-1]
        if first.command != "BATCH" or last.command != "BATCH":
            return False
        return last.params[0] == f"-{first.params[0][1:]}"


def _in_batch(line: Line, batch: str) -> Line:
    # The end of an inner batch has no tag; its beginning says where it belongs (batch §Nested batches).
    if line.command == "BATCH" and line.params[0][0] == "-":
        return line
    return replace(line, tags={"batch": batch, **line.tags})
