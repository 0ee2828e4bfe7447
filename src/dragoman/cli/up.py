"""``dragoman up``: a server from nothing. It makes what is missing, and can be started again at any time."""

import secrets
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dragoman import config
from dragoman.admin import users
from dragoman.app.place import Place
from dragoman.cli import checks
from dragoman.cli.configuration import write
from dragoman.cli.connection import is_running
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.invocation import CONFIG_NAME, Invocation, shared_options
from dragoman.cli.options import overridden, server_options
from dragoman.cli.welcome import show_accounts, show_checks, show_heading, show_welcome, welcome
from dragoman.formats.secret import Secret

if TYPE_CHECKING:
    from dragoman.app.build import Server
    from dragoman.app.serve import Running

#: Octets of a demo account's password.
_DEMO_OCTETS = 9


@click.command()
@click.option(
    "--demo",
    multiple=True,
    metavar="NAME",
    help="Create this account if there is no account yet; several are each other's contacts.",
)
@server_options
@shared_options
@click.pass_obj
def up(
    invocation: Invocation,
    demo: tuple[str, ...],
    domains: tuple[str, ...],
    listen: tuple[str, ...],
    port_offset: int | None,
    no_limits: bool,
) -> None:
    """Start a server that needs no configuration, and tell how to connect.

    It creates what is missing, prints what it found with the remedy where something is wrong, and prints `ready` when it
    accepts connections.
    """
    from dragoman.cli.offline import with_server  # a whole server: other commands start without it
    from dragoman.cli.serving import run_server

    settings = overridden(
        invocation.settings(), domains=domains, listen=listen, port_offset=port_offset, no_limits=no_limits
    )
    data = Path(settings.server.data)
    if is_running(Place(data).control):
        raise Failure(Exit.CONFLICT, f"a server runs already in {data}", f"dragoman --data {data} status")
    if not invocation.as_json:
        show_heading(settings)
    _check(settings, as_json=invocation.as_json)
    if invocation.config_file() is None:
        write(data / CONFIG_NAME, domains)
    if demo:
        show_accounts(with_server(settings, lambda server: _create(server, demo)), as_json=invocation.as_json)

    def ready(running: "Running") -> None:
        show_welcome(welcome(running), as_json=invocation.as_json)

    run_server(settings, ready)


def _check(settings: config.Settings, *, as_json: bool) -> None:
    found = checks.machine(settings)
    show_checks(found, as_json=as_json)
    failed = [check for check in found if check.state is checks.State.FAILED]
    if failed:
        raise Failure(Exit.CHECK_FAILED, f"{failed[0].name}: {failed[0].text}", failed[0].remedy)


async def _create(server: "Server", names: Sequence[str]) -> dict[str, str]:
    """The accounts that were made, with their passwords; none where there is an account already."""
    domain = next(iter(server.services.domains)).name
    if await server.services.stores.accounts.count(domain):
        return {}
    made = {f"{name}@{domain}": secrets.token_urlsafe(_DEMO_OCTETS) for name in names}
    for account, password in made.items():
        await users.add(server.office, users.Add(account, Secret(password)))
    for one, other in combinations(made, 2):
        await users.introduce(server.office, users.Introduce(one, other))
    return made
