"""slixmpp's own integration tests, from its sources as PyPI has them."""

import asyncio
import importlib.util
import json
import os
import sys
import tarfile
from pathlib import Path

import pytest
from tests.stage.process import PASSWORD, Process

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]

VERSION = "1.17.0"
CACHE = Path(__file__).parents[2] / ".cache" / "slixmpp"

#: What this server does not do yet, or what cannot be asked of it at a port of its own choosing.
EXCLUDED = {
    "test_component": "XEP-0114, components",
    "test_httpupload": "XEP-0363, uploads",
    "test_pep": "XEP-0163, personal eventing",
    "test_privatestorage": "XEP-0049, private storage",
    "test_sos": "XEP-0455, service outage status",
    "test_user_avatar": "XEP-0084, avatars",
    "test_vcard": "XEP-0054, vCards, and XEP-0153 with them",
    "test_tls_check.TestTLS.test_connect_custom$": "asks for port 5222 by number",
    "test_tls_check.TestTLS.test_connect_direct_tls": "asks for port 5223 by number",
    "test_tls_check.TestTLS.test_connect_starttls": "asks for port 5222 by number",
}
EXPECTED = 24  # tests that are left, at least


async def sources(folder: Path) -> Path:
    """The unpacked sources, downloaded once; skips where there is no way to PyPI."""
    unpacked = CACHE / f"slixmpp-{VERSION}"
    if unpacked.exists():
        return unpacked
    pip = folder / "pip"
    steps = (
        [sys.executable, "-m", "venv", str(pip)],
        [
            str(pip / "bin/pip"),
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary=slixmpp",
            "-d",
            str(folder),
            f"slixmpp=={VERSION}",
        ],
    )
    for step in steps:
        process = await asyncio.create_subprocess_exec(*step, stderr=asyncio.subprocess.PIPE)
        _, errors = await process.communicate()
        if process.returncode != 0:
            pytest.skip(f"slixmpp's sources cannot be had: {errors.decode()[-300:]}")
    with tarfile.open(folder / f"slixmpp-{VERSION}.tar.gz") as archive:
        # COMPAT(Python 3.11.0 to 3.11.3): tar files have no filters there.
        archive.extractall(CACHE, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return unpacked


async def test_all_that_this_server_claims_passes(server: Process, tmp_path: Path) -> None:
    if importlib.util.find_spec("slixmpp") is None:
        pytest.skip("not installed: slixmpp (uv sync --group clients)")
    folder = await sources(tmp_path)
    accounts = {f"CI_ACCOUNT{number}": f"{name}@{server.domain}" for number, name in ((1, "alice"), (2, "bob"))}
    passwords = {f"{name}_PASSWORD": PASSWORD for name in accounts}
    environment = {"CI_MUC_SERVER": f"rooms.{server.domain}", "SSL_CERT_FILE": str(server.authority)}
    script = Path(__file__).parent / "programs" / "slixmpp_suite.py"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(script), str(server.port("xmpp")), *EXCLUDED),
        cwd=_only_tests(folder, tmp_path),
        env={**os.environ, **accounts, **passwords, **environment, "HOME": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    outcomes: dict[str, str] = json.loads(output.splitlines()[-1])
    wrong = {name: outcome for name, outcome in outcomes.items() if outcome not in ("ok", "skipped")}
    assert not wrong, "\n".join(f"{name}: {outcome}" for name, outcome in wrong.items())
    assert list(outcomes.values()).count("ok") >= EXPECTED, outcomes


def _only_tests(folder: Path, place: Path) -> Path:
    """A directory with the tests and without the sources of the package."""
    directory = place / "suite"
    directory.mkdir()
    (directory / "itests").symlink_to(folder / "itests")
    return directory
