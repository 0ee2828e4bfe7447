"""Prosody from Debian: limits and TLS off, passwords as SCRAM-SHA-1 verifiers, otherwise the package's own modules."""

from pathlib import Path

from bench.servers.server import DOMAIN, ITERATIONS, Server, account, verifier

_CONFIG = """\
run_as_root = true
pidfile = "{directory}/prosody.pid"
data_path = "{directory}"
log = {{ warn = "{directory}/prosody.log" }}
plugin_paths = {{}}
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_hashed"
modules_enabled = {{
  "roster", "saslauth", "disco", "carbons", "pep", "private", "blocklist", "bookmarks", "vcard4", "vcard_legacy",
  "version", "uptime", "time", "ping", "register", "smacks", "csi_simple", "posix"{archive_module}
}}
modules_disabled = {{ "s2s", "tls", "offline" }}
{tuning}
{storage}
VirtualHost "{domain}"
Component "rooms.{domain}" "muc"
  modules_enabled = {{ {room_module} }}
  max_history_messages = 0
  muc_room_locking = false
  restrict_room_creation = false
"""

_DEFAULT = "network_settings = { tcp_backlog = 4096, max_send_buffer_size = 67108864 }\n"

#: The generational collector makes Prosody two to three times faster than the package's own setting.
_TUNED = _DEFAULT + 'gc = { mode = "generational" }\n'

_STORAGE = {
    "": "",
    "internal": "",
    "sqlite": 'storage = {{ archive = "sql", muc_log = "sql" }}\n'
    'sql = {{ driver = "SQLite3", database = "{directory}/archive.sqlite" }}\n',
}


def prosody(directory: Path, port: int, *, accounts: int, archive: str = "", tuning: str = "tuned") -> Server:
    """``archive`` is empty (off), ``internal`` or ``sqlite``; ``tuning`` is ``tuned`` or ``default``."""
    directory.mkdir(parents=True)
    config = _CONFIG.format(
        directory=directory,
        port=port,
        domain=DOMAIN,
        tuning=_TUNED if tuning == "tuned" else _DEFAULT,
        storage=_STORAGE[archive].format(directory=directory),
        archive_module=', "mam"' if archive else "",
        room_module='"muc_mam"' if archive else "",
    )
    (directory / "prosody.cfg.lua").write_text(config)
    _write_accounts(directory / DOMAIN.replace(".", "%2e") / "accounts", accounts)
    return Server(
        name=f"Prosody, archive {archive}" if archive else f"Prosody, {tuning}",
        project="Prosody",
        dialect="xmpp",
        port=port,
        rooms=f"rooms.{DOMAIN}",
        archive=archive,
        directory=directory,
        command=("prosody", "-F", "--config", str(directory / "prosody.cfg.lua")),
    )


def _write_accounts(directory: Path, count: int) -> None:
    keys = verifier()
    record = (
        f'return {{ ["iteration_count"] = {ITERATIONS}; ["salt"] = "{keys.salt.decode()}"; '
        f'["stored_key"] = "{keys.stored_key.hex()}"; ["server_key"] = "{keys.server_key.hex()}"; }};\n'
    )
    directory.mkdir(parents=True)
    for number in range(count):
        (directory / f"{account(number)}.dat").write_text(record)
