"""Takes the README's picture again: profanity and irssi, side by side, on what ``make run`` starts in a fresh clone.

``python -m tools.picture`` writes ``docs/images/conversation.png``. It types what the guide tells people to type, and
photographs a real terminal. Debian's packages: git, irssi, profanity, tmux, xterm, xvfb, imagemagick, fonts-jetbrains-mono.
The ports of ``make run`` have to be free. Where they are not, make a clone with ``make .venv/ready`` in it, name it as
the argument, and run this in a network of its own (``unshare -n``).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PICTURE = Path("docs/images/conversation.png")
NEEDED = ("git", "irssi", "profanity", "tmux", "xterm", "Xvfb", "import", "convert")
COLUMNS, ROWS = 168, 15
#: How often a pane is looked at before what must come counts as missing: for twenty seconds.
LOOKS = 100
#: The terminal's colours, black to white and once more brighter.
PALETTE = (
    *("#1c2129", "#e06c75", "#98c379", "#e5c07b", "#3d5a80", "#c678dd", "#56b6c2", "#d7dae0"),
    *("#6b7280", "#e88b93", "#b5d99c", "#f0d399", "#7fb2e5", "#d7a1e7", "#8bd0d9", "#ffffff"),
)
FRAME = ("-bordercolor", PALETTE[0], "-border", "12", "-strip", "-colors", "128")
TMUX = """
set -g status off
set -g default-terminal screen-256color
set -g pane-border-status top
set -g pane-border-lines heavy
set -g pane-border-style fg=colour8
set -g pane-active-border-style fg=colour8
set -g pane-border-format '#[fg=colour11,bold] #{pane_title} '
"""
LEFT, RIGHT = "picture.0", "picture.1"


class Screen:
    """A tmux with the two programs, shown by an xterm that nobody sees."""

    def __init__(self, folder: Path, display: str) -> None:
        self._socket = str(folder / "tmux")
        self.display = display
        (folder / "tmux.conf").write_text(TMUX)
        self.tmux("-f", str(folder / "tmux.conf"), *f"new-session -d -s picture -x {COLUMNS} -y {ROWS}".split())

    def start(self, pane: str, title: str, command: str) -> None:
        """A program in a pane; ``title`` stands in the pane's border."""
        if pane == RIGHT:
            self.tmux("split-window", "-h", "-t", LEFT, command)
        else:
            self.tmux("respawn-pane", "-k", "-t", pane, command)
        self.tmux("select-pane", "-t", pane, "-T", title)

    def type(self, pane: str, text: str, sign: str = "", seen_in: str = "") -> None:
        """A line and Enter; then wait for ``sign``, in the same pane unless ``seen_in`` names another one."""
        self.tmux("send-keys", "-t", pane, "-l", text)
        self.tmux("send-keys", "-t", pane, "Enter")
        if sign:
            self.until(seen_in or pane, sign)

    def until(self, pane: str, sign: str) -> None:
        """Wait for something to stand in a pane."""
        shown = ""
        for _ in range(LOOKS):
            shown = self.tmux("capture-pane", "-p", "-t", pane)
            if sign in shown:
                return
            time.sleep(0.2)
        sys.exit(f"{sign!r} did not come:\n{shown}")

    def photograph(self, file: Path) -> None:
        """What the xterm shows."""
        time.sleep(1.5)  # the last of it has to be drawn
        subprocess.run(["import", "-display", self.display, "-window", "root", "-trim", str(file)], check=True)

    def tmux(self, *arguments: str) -> str:
        run = subprocess.run(["tmux", "-S", self._socket, *arguments], check=True, capture_output=True, text=True)
        return run.stdout

    def attach(self) -> list[str]:
        """The command that shows it all."""
        colours = [option for place, colour in enumerate(PALETTE) for option in ("-xrm", f"*color{place}: {colour}")]
        look = ["-fa", "JetBrains Mono", "-fs", "11", "-b", "14", "-bg", PALETTE[0], "-fg", PALETTE[7], "+sb", "-uc"]
        look += ["-geometry", f"{COLUMNS}x{ROWS}+0+0"]
        return ["xterm", *look, *colours, "-e", f"tmux -u -S {self._socket} attach"]


@contextmanager
def running(command: list[str], **more: object) -> Iterator[subprocess.Popen[str]]:
    """A program as long as it is needed."""
    process = subprocess.Popen(command, text=True, **more)  # type: ignore[call-overload]  # what Popen takes
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def passwords(server: subprocess.Popen[str]) -> dict[str, str]:
    """What ``make run`` prints until it is ready."""
    assert server.stdout is not None
    found: dict[str, str] = {}
    for line in server.stdout:
        print(line, end="")
        if account := re.fullmatch(r"  (\w+)@localhost  (\S+)\n", line):
            found[account[1]] = account[2]
        if line == "ready\n":
            return found
    sys.exit("make run ended")


def connect(screen: Screen, folder: Path, authority: Path, secrets: dict[str, str]) -> None:
    """As the guide says."""
    for name in ("alice", "bob"):
        (folder / name).mkdir()
    profanity = f"env HOME={folder}/alice LANG=C.UTF-8 profanity"
    screen.start(LEFT, "alice has profanity, over XMPP", profanity)
    screen.until(LEFT, "Type /help for help")
    for preference in ("/splash off", "/statuses chat all", "/resource message off", "/titlebar hide encwarn"):
        screen.type(LEFT, preference)
    screen.type(LEFT, "/connect alice@localhost server 127.0.0.1 port 5222 tls force", "Enter password")
    screen.type(LEFT, secrets["alice"], "/tls always")
    screen.type(LEFT, "/tls always", "logged in")
    screen.start(RIGHT, "bob has irssi, over IRC", f"env HOME={folder}/bob LANG=C.UTF-8 irssi -n bob")
    screen.until(RIGHT, "[(status)]")
    sasl = f"-sasl_username bob -sasl_password {secrets['bob']} -sasl_mechanism PLAIN"
    screen.type(RIGHT, f"/network add {sasl} dragoman")
    screen.type(RIGHT, f"/server add -net dragoman -tls -tls_verify -tls_cafile {authority} localhost 6697")
    screen.type(RIGHT, "/connect dragoman", "[bob(+i)]")


def one_to_one(screen: Screen) -> None:
    """A few words, and bob goes away."""
    screen.type(LEFT, "/msg bob@localhost Good morning, Bob! This is XMPP.", "Act: 2", RIGHT)
    screen.type(RIGHT, "/window goto alice", "[alice]")
    screen.type(RIGHT, "Good morning, Alice. Here it is IRC.", "Here it is IRC", LEFT)
    screen.type(LEFT, "/me waves across the protocols", "waves across", RIGHT)
    screen.type(RIGHT, "/away Lunch, back at one", "[away]", LEFT)
    screen.type(LEFT, "Enjoy it! See you in the team's room.", "Enjoy it", RIGHT)


def in_the_room(screen: Screen) -> None:
    """Alice opens it and speaks before bob comes; he is shown what he missed."""
    screen.type(LEFT, "/join team@rooms.localhost", "You have joined the room")
    screen.type(LEFT, "/room accept", "Room unlocked")
    screen.type(LEFT, "/clear")
    screen.type(LEFT, '/subject set "Plans for the weekend"', "Plans for the weekend")
    screen.type(LEFT, "Who comes to the lake on Saturday?", "Who comes to the lake")
    screen.type(RIGHT, "/away")
    screen.type(RIGHT, "/join #team", "Who comes to the lake")
    screen.until(LEFT, "  bob")
    screen.type(RIGHT, "I do, and I bring cake.", "I bring cake", LEFT)
    screen.type(LEFT, "Then I take the boat.", "the boat", RIGHT)
    screen.type(RIGHT, "/me packs the plates", "packs the plates", LEFT)
    screen.type(LEFT, "See you there!", "See you there", RIGHT)


def main() -> None:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clone = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "dragoman"
        if not clone.exists():
            subprocess.run(["git", "clone", "--quiet", ".", str(clone)], check=True)
        make = ["make", "--silent", "run"]
        server = stack.enter_context(
            running(make, cwd=clone, stdout=subprocess.PIPE, env={**os.environ, "DATA": "data"})
        )
        secrets = passwords(server)
        xvfb = ["Xvfb", "-displayfd", "1", "-screen", "0", "2000x800x24", "-nolisten", "tcp"]
        shown = stack.enter_context(running(xvfb, stdout=subprocess.PIPE))
        assert shown.stdout is not None
        screen = Screen(folder, f":{shown.stdout.readline().strip()}")
        stack.callback(screen.tmux, "kill-server")
        connect(screen, folder, clone / "data/certificates/authority.pem", secrets)
        stack.enter_context(running(screen.attach(), env={**os.environ, "DISPLAY": screen.display}))
        parts = []
        for act in (one_to_one, in_the_room):
            act(screen)
            parts.append(folder / f"{act.__name__}.png")
            screen.photograph(parts[-1])
        subprocess.run(["convert", *map(str, parts), "-append", *FRAME, str(PICTURE)], check=True)


if __name__ == "__main__":
    main()
