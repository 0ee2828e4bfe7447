"""What every command is given: where the data is, which configuration holds, whether a program is listening."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec.structs import replace

from dragoman import config
from dragoman.app.place import Place
from dragoman.cli.failure import Exit, Failure

CONFIG_NAME = "dragoman.toml"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Invocation:
    """The options that all commands share; each may stand before or behind the command's name."""

    data: Path | None = None
    file: Path | None = None
    as_json: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def settings(self) -> config.Settings:
        """The settings that hold, with the data directory in them. Ends the command where they have mistakes."""
        file = self.config_file()
        try:
            settings = config.load(file, self.environment)
        except config.Invalid as invalid:
            problems = tuple(invalid.problems)
            raise Failure(
                Exit.CONFIGURATION, "the configuration has mistakes", "dragoman config check", problems
            ) from invalid
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(Exit.NOT_FOUND, f"{file} cannot be read: {error}", "dragoman config init") from error
        return replace(settings, server=replace(settings.server, data=str(self._data_of(settings))))

    def config_file(self) -> Path | None:
        """The file that is read: the one named, or the data directory's own where there is one."""
        if self.file is not None:
            return self.file
        file = (self.data or default_data(self.environment)) / CONFIG_NAME
        return file if file.exists() else None

    def data_directory(self) -> Path:
        """Where everything is kept."""
        return Path(self.settings().server.data)

    def control_socket(self) -> Path:
        """Where a running server takes commands."""
        return Place(self.data_directory()).control

    def _data_of(self, settings: config.Settings) -> Path:
        if self.data is not None:
            return self.data
        if settings.server.data:
            return Path(settings.server.data).expanduser()
        return default_data(self.environment)


def default_data(environment: Mapping[str, str]) -> Path:
    """The data directory of whoever names none (XDG Base Directory Specification)."""
    if os.geteuid() == 0:
        return Path("/var/lib/dragoman")
    home = environment.get("XDG_DATA_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".local/share"
    return Path(home) / "dragoman"


def shared_options(command: F) -> F:
    """Gives a command the options of :class:`Invocation`."""
    options = [
        click.option("--json", "as_json", is_flag=True, callback=_keep, expose_value=False, help="Print JSON."),
        click.option(
            "--config",
            "file",
            type=click.Path(path_type=Path),
            callback=_keep,
            expose_value=False,
            envvar="DRAGOMAN_CONFIG",
            help="The configuration file [DATA/dragoman.toml, where it is].",
        ),
        click.option(
            "--data",
            type=click.Path(path_type=Path, file_okay=False),
            callback=_keep,
            expose_value=False,
            envvar="DRAGOMAN_DATA",
            help="The data directory.",
        ),
    ]
    for option in options:
        command = option(command)
    return command


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    invocation = context.ensure_object(Invocation)
    typed = context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE
    if value and (typed or not getattr(invocation, parameter.name or "")):
        setattr(invocation, parameter.name or "", value)
