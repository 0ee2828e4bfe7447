"""ejabberd from Debian: limits and TLS off, passwords as SCRAM-SHA-1 verifiers, otherwise the package's own modules.

It runs without Erlang's distribution, so that no port mapper is left behind when it ends.
"""

from pathlib import Path

from bench.servers.server import DOMAIN, ITERATIONS, Server, base64_text, verifier

_CONFIG = """\
hosts: ["{domain}"]
loglevel: warning
log_rotate_count: 0
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    shaper: none
    access: all
    backlog: 4096
auth_method: internal
auth_password_format: scram
auth_scram_hash: sha
acl: {{}}
shaper: {{}}
shaper_rules:
  max_user_sessions: infinity
  max_user_offline_messages: infinity
  c2s_shaper: none
{storage}
modules:
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_last: {{}}
  mod_muc:
    host: rooms.{domain}
    access_create: all
    access_persistent: all
    max_users: 5000
    max_users_presence: 5000
    history_size: 0
    min_message_interval: 0
    min_presence_interval: 0
    default_room_options:
      max_users: 5000
      mam: {room_archive}
  mod_offline: {{}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pubsub:
    plugins: [flat, pep]
  mod_roster:
    versioning: true
  mod_stream_mgmt: {{}}
  mod_time: {{}}
  mod_vcard: {{}}
  mod_version: {{}}
{archive_module}
"""

_ARCHIVE = {
    "": "",
    "mnesia": "  mod_mam:\n    default: always\n    assume_mam_usage: true\n    db_type: mnesia\n",
    "sqlite": "  mod_mam:\n    default: always\n    assume_mam_usage: true\n    db_type: sql\n",
}

#: Puts one record for each account into the table of passwords, then makes it durable.
_ACCOUNTS = (
    'lists:foreach(fun(N) -> User = list_to_binary(io_lib:format("b~5..0B", [N])), '
    'mnesia:dirty_write({{passwd, {{User, <<"{domain}">>}}, {{scram, <<"{stored}">>, <<"{server}">>, '
    '<<"{salt}">>, sha, {iterations}}}}}) end, lists:seq(0, {last})), mnesia:dump_log().'
)


def ejabberd(directory: Path, port: int, *, accounts: int, archive: str = "") -> Server:
    """``archive`` is empty (off), ``mnesia`` or ``sqlite``."""
    directory.mkdir(parents=True)
    database = f'sql_type: sqlite\nsql_database: "{directory}/archive.sqlite"' if archive == "sqlite" else ""
    config = _CONFIG.format(
        domain=DOMAIN,
        port=port,
        storage=database,
        room_archive="true" if archive else "false",
        archive_module=_ARCHIVE[archive],
    )
    (directory / "ejabberd.yml").write_text(config)
    return Server(
        name=f"ejabberd, archive {archive}" if archive else "ejabberd",
        project="ejabberd",
        dialect="xmpp",
        port=port,
        rooms=f"rooms.{DOMAIN}",
        archive=archive,
        directory=directory,
        environment={
            "EJABBERD_CONFIG_PATH": str(directory / "ejabberd.yml"),
            "HOME": str(directory),
            "EJABBERD_LOG_PATH": str(directory / "ejabberd.log"),
            "ERL_MAX_PORTS": "65536",
            "EJABBERD_PID_PATH": str(directory / "pid"),
        },
        command=_command(directory, accounts),
    )


def _command(directory: Path, accounts: int) -> tuple[str, ...]:
    keys = verifier()
    fill = _ACCOUNTS.format(
        domain=DOMAIN,
        stored=base64_text(keys.stored_key),
        server=base64_text(keys.server_key),
        salt=base64_text(keys.salt),
        iterations=ITERATIONS,
        last=accounts - 1,
    )
    # Schedulers that wait in a loop for work would be counted as if they worked: +sbwt none.
    tuning = "+K true +P 250000 +Q 65536 +sbwt none +sbwtdcpu none +sbwtdio none"
    libraries = sorted(Path("/usr/lib").glob("*/ejabberd-*/ebin"))
    paths = [part for library in libraries for part in ("-pa", str(library))]
    database = ("-mnesia", "dir", f'"{directory}/mnesia"')
    return ("erl", *tuning.split(), "-noinput", *paths, *database, "-s", "ejabberd", "-eval", fill)
