"""``dragoman run``: the server for a service manager, without talk."""

import click

from dragoman.cli.invocation import Invocation, shared_options
from dragoman.cli.options import overridden, server_options


@click.command()
@server_options
@shared_options
@click.pass_obj
def run(
    invocation: Invocation, domains: tuple[str, ...], listen: tuple[str, ...], port_offset: int | None, no_limits: bool
) -> None:
    """Run the server for a service manager: it logs, tells systemd when it is ready, and prints `ready`."""
    settings = overridden(
        invocation.settings(), domains=domains, listen=listen, port_offset=port_offset, no_limits=no_limits
    )
    from dragoman.cli.serving import run_server  # a whole server: other commands start without it

    run_server(settings, lambda running: click.echo("ready"))
