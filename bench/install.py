"""The peers and a compiler, from Debian: what is missing is installed, and what a package would start is kept from starting."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.machine import NotFit

#: What each project needs: the server itself, then what its archive in SQLite takes.
PACKAGES = {
    "Prosody": ("prosody", "lua-dbi-sqlite3"),
    "ejabberd": ("ejabberd", "erlang-p1-sqlite3"),
    "InspIRCd": ("inspircd",),
    "ngIRCd": ("ngircd",),
}
#: What the load generator and our own wheel are compiled with.
TOOLS = ("gcc", "libc6-dev", "python3-dev")
_POLICY = Path("/usr/sbin/policy-rc.d")  # invoke-rc.d asks it before it starts a service


def version(package: str) -> str:
    """The installed version of a package, empty where it is not installed."""
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Version}", package]
    status, _, number = subprocess.run(query, capture_output=True, text=True).stdout.partition(" ")
    return number if status == "installed" else ""


def install() -> None:
    """Install what is missing; ``NotFit`` with the command where this user cannot."""
    if shutil.which("dpkg-query") is None:
        raise NotFit("the bench takes its peers from Debian: run it on Debian 12 or later")
    missing = [package for packages in (*PACKAGES.values(), TOOLS) for package in packages if not version(package)]
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        raise NotFit(f"missing: {', '.join(missing)}. As root: {' '.join(command)}")
    print(f"installing {', '.join(missing)}", flush=True)
    with _nothing_starts():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "--quiet", "--quiet"], check=True, env=environment)
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def _nothing_starts() -> Iterator[None]:
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()
