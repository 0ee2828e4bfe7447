"""``dragoman doctor``: look at everything, change nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dragoman.app.place import Place
from dragoman.cli import checks
from dragoman.cli.certificates import certificates
from dragoman.cli.checks import Check, State
from dragoman.cli.connection import ask, is_running
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.invocation import Invocation, shared_options
from dragoman.cli.welcome import show_checks
from dragoman.config import Settings
from dragoman.config import domains as domains_of

if TYPE_CHECKING:
    from dragoman.app.build import Server


@click.command()
@shared_options
@click.pass_obj
def doctor(invocation: Invocation) -> None:
    """Check the configuration, the machine, the data and the running server; each finding has its remedy."""
    settings = invocation.settings()
    found = examine(settings)
    show_checks(found, as_json=invocation.as_json)
    bad = [check for check in found if check.state is not State.OK]
    if bad and not invocation.as_json:
        raise Failure(Exit.CHECK_FAILED, f"{len(bad)} of {len(found)} checks need attention", bad[0].remedy)
    if bad:
        raise SystemExit(Exit.CHECK_FAILED)


def examine(settings: Settings) -> list[Check]:
    """All checks that can be made now: a running server is asked, a stopped one's data is looked at."""
    place = Place(Path(settings.server.data))
    if is_running(place.control):
        names = [checks.name(domain.name) for domain in domains_of(settings)]
        return [checks.disk(place.directory), *names, *certificates(settings), _server(place)]
    found = [*checks.machine(settings), *certificates(settings)]
    if place.database.exists():
        found.append(_database(settings))
    return found


def _server(place: Place) -> Check:
    status = ask(place.control, "status", {})
    text = f"{status['state']}, {sum(status['sessions'].values())} sessions of {status['people']} people"
    return Check("server", State.OK if status["state"] == "running" else State.ATTENTION, text)


def _database(settings: Settings) -> Check:
    from dragoman.cli.offline import with_server  # a whole server: other commands start without it

    async def check(server: "Server") -> list[str]:
        return await server.services.stores.check()

    try:
        problems = with_server(settings, check)
    except Failure as failure:
        return Check("database", State.FAILED, failure.text, "dragoman backup, then restore the newest good copy")
    if problems:
        remedy = "stop the server and restore the newest good backup"
        return Check("database", State.FAILED, "; ".join(problems[:3]), remedy)
    return Check("database", State.OK, "sound")
