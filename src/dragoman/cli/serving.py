"""Running a server until it is told to stop: what ``up`` and ``run`` have in common."""

from collections.abc import Callable

from dragoman import logs
from dragoman.app.loop import run
from dragoman.app.serve import FAILURES, Running, remedy_of, serve
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.notify import notify
from dragoman.config import Settings


def run_server(settings: Settings, on_ready: Callable[[Running], None]) -> None:
    """Serve until SIGTERM or SIGINT. Ends the command on a ``Failure`` where the server cannot start."""
    logs.configure(settings.logging.level, settings.logging.format)

    def ready(running: Running) -> None:
        on_ready(running)
        notify("READY=1")

    try:
        run(lambda: serve(settings, ready))
    except FAILURES as failure:
        raise Failure(Exit.FAILED, f"the server cannot start: {failure}", remedy_of(failure)) from failure
