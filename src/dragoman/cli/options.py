"""Options of ``up`` and ``run`` that stand above the configuration for one run."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from msgspec.structs import replace

from dragoman.config import DomainSettings, Settings, without_limits

F = TypeVar("F", bound=Callable[..., Any])


def server_options(command: F) -> F:
    """Gives a command the options that :func:`overridden` takes."""
    options = [
        click.option(
            "--no-limits", is_flag=True, help="Switch off every limit on rates and sizes: for benchmarks only."
        ),
        click.option("--port-offset", type=int, help="Add this to every port, so that servers can run side by side."),
        click.option("--listen", multiple=True, metavar="ADDRESS", help="Listen on this address; may be repeated."),
        click.option("--domain", "domains", multiple=True, metavar="NAME", help="Serve this domain; may be repeated."),
    ]
    for option in options:
        command = option(command)
    return command


def overridden(
    settings: Settings,
    *,
    domains: Sequence[str] = (),
    listen: Sequence[str] = (),
    port_offset: int | None = None,
    no_limits: bool = False,
) -> Settings:
    """The settings with what was said on the command line."""
    if domains:
        named = {name: settings.domains.get(name, DomainSettings()) for name in domains}
        name = settings.server.name if settings.server.name in named else ""
        settings = replace(settings, domains=named, server=replace(settings.server, name=name))
    if listen:
        settings = replace(settings, server=replace(settings.server, listen=tuple(listen)))
    if port_offset is not None:
        settings = replace(settings, server=replace(settings.server, port_offset=port_offset))
    if no_limits:
        settings = without_limits(settings)
    return settings
