"""What ``up`` tells a person: what it found, and how to connect."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert
from typing import TYPE_CHECKING

import click
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from dragoman import __version__, config
from dragoman.cli.checks import Check, State
from dragoman.cli.directions import Way, lines, ways
from dragoman.cli.show import printable

if TYPE_CHECKING:
    from dragoman.app.serve import Running

_COLOURS = {State.OK: "green", State.ATTENTION: "yellow", State.FAILED: "red"}


class Welcome(Struct, frozen=True):
    """A server that is ready; ``authority`` is the file of its own authority, empty where it has none;
    ``web`` is the address of the web client."""

    domains: dict[str, list[Way]]
    authority: str
    fingerprint: str
    web: str
    status: str


def welcome(running: "Running") -> Welcome:
    """How to connect to what runs, with the ports that are really open."""
    settings = running.server.settings
    ports = {listening.name: listening.port for listening in running.listening}
    open_listeners = {
        name: replace(listener, port=ports[name])
        for name, listener in config.listeners(settings).items()
        if name in ports
    }
    authority = running.certificates.authority_file
    address = settings.http.address
    host = f"[{address}]" if ":" in address else address
    return Welcome(
        {domain.name: ways(domain.name, open_listeners) for domain in config.domains(settings)},
        str(authority or ""),
        fingerprint(authority) if authority else "",
        config.web_url(settings, running.web_port),
        f"http://{host}:{running.http_port}/readyz" if running.http_port else "",
    )


def fingerprint(file: Path) -> str:
    """SHA-256 of a certificate, as clients show it."""
    return sha256(PEM_cert_to_DER_cert(file.read_text())).digest().hex(":").upper()


def show_checks(checks: list[Check], *, as_json: bool) -> None:
    """One line a check, with the remedy below where something is to be done."""
    if as_json:
        print(json.dumps({"checks": to_builtins(checks)}, ensure_ascii=False), flush=True)
        return
    for check in checks:
        colour = _COLOURS[check.state]
        click.echo(f"  {check.name:12}{printable(check.text):60} {click.style(check.state, colour)}")
        if check.remedy:
            click.secho(f"  {'':12}{printable(check.remedy)}", fg=colour)


def show_heading(settings: config.Settings) -> None:
    """The first line."""
    names = ", ".join(domain.name for domain in config.domains(settings))
    print(f"Dragoman {__version__} for {names}", flush=True)


def show_accounts(made: Mapping[str, str], *, as_json: bool) -> None:
    """Accounts that were made just now, with their passwords."""
    if as_json:
        print(json.dumps({"accounts": made}, ensure_ascii=False), flush=True)
    elif made:
        print("\nAccounts to try it with; the passwords are not shown again:")
        print(*(f"  {account}  {password}" for account, password in made.items()), sep="\n", flush=True)


def show_welcome(told: Welcome, *, as_json: bool) -> None:
    """How to connect, then ``ready`` on a line of its own; as JSON, one object that says so."""
    if as_json:
        print(json.dumps({"ready": True, **to_builtins(told)}, ensure_ascii=False), flush=True)
        return
    for domain, found in told.domains.items():
        print("", *lines(domain, found, told.authority, told.fingerprint), sep="\n")
    if told.web:
        print(f"\nIn a browser: {told.web}")
    print(f"\nStatus: {told.status}" if told.status else "", "Stop with Ctrl-C.", "", "ready", sep="\n", flush=True)
