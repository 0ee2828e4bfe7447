"""Running a server until it is told to stop: what ``up`` and ``run`` have in common."""

from collections.abc import Callable

from dragoman import logs
from dragoman.app.serve import Running, run, serve
from dragoman.auth.keys import KeyFailed
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.notify import notify
from dragoman.config import Settings
from dragoman.core.stores import StorageFailed
from dragoman.net.certificates import CertificateError
from dragoman.net.control import Occupied

REMEDIES = {
    CertificateError: "name other files in [tls], or none to have a certificate made",
    KeyFailed: "restore the key file from a backup: app passwords cannot be read without it",
    StorageFailed: "dragoman doctor",
}


def run_server(settings: Settings, on_ready: Callable[[Running], None]) -> None:
    """Serve until SIGTERM or SIGINT. Ends the command on a ``Failure`` where the server cannot start."""
    logs.configure(settings.logging.level, settings.logging.format)

    def ready(running: Running) -> None:
        on_ready(running)
        notify("READY=1")

    try:
        run(lambda: serve(settings, ready))
    except Occupied as occupied:
        raise Failure(Exit.CONFLICT, str(occupied), "stop it, or name another --data") from occupied
    except (CertificateError, KeyFailed, StorageFailed) as failed:
        raise Failure(Exit.FAILED, str(failed), REMEDIES[type(failed)]) from failed
    except OSError as error:
        raise Failure(Exit.FAILED, f"the server cannot start: {error}", "dragoman doctor") from error
