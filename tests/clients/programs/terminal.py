"""Programs for terminals, in a tmux of their own."""

import asyncio
import shlex
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 25.0


@dataclass
class Terminal:
    """One window of 110 by 30 characters; ``home`` is the program's whole home directory."""

    home: Path

    async def open(self, command: list[str], **environment: str) -> None:
        variables = {"HOME": str(self.home), "LANG": "C.UTF-8", "TERM": "screen-256color", **environment}
        text = shlex.join(["env", *(f"{name}={value}" for name, value in variables.items()), *command])
        await self._tmux("-f", "/dev/null", "new-session", "-d", "-s", "main", "-x", "110", "-y", "30", text)

    async def type(self, text: str) -> None:
        """A line, and Enter, instead of what stands in the input line."""
        await self.clear()
        await self._tmux("send-keys", "-t", "main", "-l", text)
        await self._tmux("send-keys", "-t", "main", "Enter")

    async def press(self, text: str) -> None:
        """The same without Enter."""
        await self._tmux("send-keys", "-t", "main", "-l", text)

    async def clear(self) -> None:
        """Take back what stands in the input line."""
        await self._tmux("send-keys", "-t", "main", "C-u")

    async def screen(self, *, colours: bool = False) -> str:
        return await self._tmux("capture-pane", "-p", *(["-e"] if colours else []), "-t", "main")

    async def until(self, sign: str) -> None:
        """Wait until something stands on the screen."""
        async with asyncio.timeout(PATIENCE):
            while sign not in await self.screen():
                await asyncio.sleep(0.1)

    async def close(self) -> None:
        """End the program with its tmux; only this one has this socket."""
        await self._tmux("kill-server")

    async def _tmux(self, *arguments: str) -> str:
        socket = str(self.home / "tmux.sock")
        process = await asyncio.create_subprocess_exec(
            "tmux", "-S", socket, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return output.decode()
