"""``dragoman backup``: everything that a server needs to go on elsewhere, in one new directory."""

import shutil
from pathlib import Path

import click

from dragoman.admin import backup as admin
from dragoman.app.place import Place
from dragoman.cli.commands import perform
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.invocation import CONFIG_NAME, Invocation, shared_options
from dragoman.cli.show import show


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@shared_options
@click.pass_obj
def backup(invocation: Invocation, directory: Path) -> None:
    """Copy the database, the key file, the certificates and the configuration, while the server runs or not.

    DIRECTORY: a new one. To restore, stop the server and use the copy as its data directory.
    """
    directory = directory.resolve()
    place, copy = Place(invocation.data_directory()), Place(directory)
    if not place.database.exists():
        raise Failure(
            Exit.NOT_FOUND, f"there is no database in {place.directory}", "name the right directory with --data"
        )
    try:
        directory.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise Failure(Exit.CONFLICT, f"{directory} is there already", "name a new directory") from error
    except OSError as error:
        raise Failure(Exit.FAILED, f"{directory} cannot be made: {error.strerror}", "name another place") from error
    perform(invocation, admin.COMMANDS[0], {"file": str(copy.database)})
    _copy_files(invocation, place, copy)
    show({"done": f"{directory} can take the place of {place.directory}"}, as_json=invocation.as_json)


def _copy_files(invocation: Invocation, place: Place, copy: Place) -> None:
    """The small files beside the database; they hold keys, and the copies can be read by the owner only as well."""
    if place.key.exists():
        shutil.copy2(place.key, copy.key)
    if place.certificates.exists():
        shutil.copytree(place.certificates, copy.certificates)
    file = invocation.config_file()
    if file is not None:
        shutil.copy2(file, copy.directory / CONFIG_NAME)
