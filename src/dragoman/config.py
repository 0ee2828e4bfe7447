"""One TOML file, and the environment over it, into the frozen settings of every module.

Nothing needs a file: each setting has its default here or in the module that it belongs to. ``DRAGOMAN_HTTP__PORT=8080``
sets ``port`` in ``[http]``; a secret ``x`` may stand in a file that ``x_file`` names.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field, structs

from dragoman.auth.settings import Settings as AuthSettings
from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.core.policy import Domain, Domains, Policy
from dragoman.features.limit_settings import Settings as LimitSettings
from dragoman.features.uploads import Settings as FileSettings
from dragoman.formats import settings as strict
from dragoman.formats import toml
from dragoman.media.settings import Settings as MediaSettings
from dragoman.net.settings import UNLIMITED
from dragoman.net.settings import Settings as ConnectionSettings
from dragoman.net.web.settings import Settings as WebSettings
from dragoman.protocols.irc.settings import Settings as IrcSettings
from dragoman.protocols.jmap.settings import Settings as JmapSettings
from dragoman.protocols.xmpp.settings import Settings as XmppSettings

LOOPBACK = ("127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")
_PREFIX = "DRAGOMAN_"

Port = Annotated[int, Meta(ge=0, le=65535)]


class Server(Struct, frozen=True):
    """The server as a whole."""

    name: str = ""
    """What the server calls itself; empty: its first domain, or localhost where there is none."""
    data: str = ""
    """The directory of everything that is kept; empty: ~/.local/share/dragoman, or /var/lib/dragoman as root."""
    listen: tuple[str, ...] = ()
    """Addresses of the listeners that name none; empty: this machine only for localhost, else every address."""
    port_offset: int = 0
    """Added to every port, so that several servers can run side by side."""
    drain_seconds: Annotated[float, Meta(ge=0, le=30)] = 10.0
    """How long a stopping server gives its clients to read what it has for them."""


class DomainSettings(Struct, frozen=True):
    """One domain, with its own accounts, rooms and rules."""

    rooms: str = ""
    """The name under which its rooms live; empty: rooms. before the domain's name."""
    policy: Policy = Policy()


class Listener(Struct, frozen=True):
    """One port that clients connect to."""

    protocol: Literal["xmpp", "irc"]
    port: Port
    """0: any free one."""
    tls: Literal["direct", "starttls", "none"]
    """none is for loopback and for tunnels; nobody can log in with a password over it from elsewhere."""
    addresses: tuple[str, ...] = ()
    """Empty: those of [server] listen."""
    enabled: bool = True


class Tls(Struct, frozen=True):
    """Certificates. Without files, the server makes its own authority in the data directory."""

    certificate_file: str = ""
    """The certificate with its chain, PEM; read again on SIGHUP."""
    key_file: str = ""
    """The certificate's private key, PEM."""


class Storage(Struct, frozen=True):
    """How the database is written."""

    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    """NORMAL is faster and loses what was acknowledged when the power fails."""


class Http(Struct, frozen=True):
    """Health and figures for machines: /healthz, /readyz, /metrics."""

    enabled: bool = True
    address: str = "127.0.0.1"
    port: Port = 5280


class Logging(Struct, frozen=True):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "human"] = "auto"
    """auto: for people on a terminal, else JSON, one object a line."""


DEFAULT_LISTENERS = {
    "xmpp": Listener("xmpp", 5222, "starttls"),
    "xmpps": Listener("xmpp", 5223, "direct"),
    "ircs": Listener("irc", 6697, "direct"),
    "irc": Listener("irc", 6667, "none", LOOPBACK),
}


class Settings(Struct, frozen=True):
    """Everything that can be set. Listeners that are not named keep their defaults; ``enabled = false`` closes one."""

    server: Server = Server()
    domains: dict[str, DomainSettings] = {}
    listeners: dict[str, Listener] = field(default_factory=DEFAULT_LISTENERS.copy)
    tls: Tls = Tls()
    storage: Storage = Storage()
    limits: LimitSettings = LimitSettings()
    connections: ConnectionSettings = ConnectionSettings()
    auth: AuthSettings = AuthSettings()
    xmpp: XmppSettings = XmppSettings()
    irc: IrcSettings = IrcSettings()
    web: WebSettings = WebSettings()
    jmap: JmapSettings = JmapSettings()
    files: FileSettings = FileSettings()
    http: Http = Http()
    media: MediaSettings = MediaSettings()
    logging: Logging = Logging()


class Invalid(Exception):
    """The configuration has mistakes: one sentence each, with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read a file and the environment. Raises ``Invalid`` with every mistake in both."""
    text = _text_of(file) if file else ""
    return parse(text, str(file or ""), environment or {})


def parse(text: str, name: str, environment: Mapping[str, str]) -> Settings:
    """Settings from TOML; ``name`` is what messages call the file."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid([f"{name}: not TOML: {error}"]) from error
    places = toml.lines(text)
    problems = _from_environment(table, environment)
    table["listeners"] = _with_defaults(table.get("listeners", {}))
    settings, mistakes = strict.read(Settings, table, _text_of)
    mistakes += check(settings) if settings else []
    problems += [_sentence(mistake, name, places) for mistake in mistakes]
    if settings is None or problems:
        raise Invalid(problems)
    return settings


def check(settings: Settings) -> list[strict.Mistake]:
    """What is wrong between settings that are each right."""
    found = [*_domain_mistakes(settings), *_listener_mistakes(settings)]
    if bool(settings.tls.certificate_file) != bool(settings.tls.key_file):
        found.append(strict.Mistake(("tls",), "needs both certificate_file and key_file, or neither"))
    return found


def domains(settings: Settings) -> Domains:
    """The domains with their rules; one named like the server where none is set."""
    named = settings.domains or {settings.server.name or "localhost": DomainSettings()}
    return Domains(tuple(_domain(name, domain) for name, domain in named.items()))


def server_name(settings: Settings) -> str:
    """What the server calls itself."""
    return settings.server.name or next(iter(settings.domains), "localhost")


def listeners(settings: Settings) -> dict[str, Listener]:
    """Those that are to be opened, with their addresses and with the offset in their ports."""
    usual = usual_addresses(settings)
    return {
        name: structs.replace(
            listener, addresses=listener.addresses or usual, port=_moved(listener.port, settings.server.port_offset)
        )
        for name, listener in settings.listeners.items()
        if listener.enabled
    }


def without_limits(settings: Settings) -> Settings:
    """The same without limits on rates and sizes: for measurements."""
    auth = structs.replace(settings.auth, throttle=structs.replace(settings.auth.throttle, enabled=False))
    return structs.replace(settings, limits=LimitSettings(enabled=False), connections=UNLIMITED, auth=auth)


def http(settings: Settings) -> Http:
    """The HTTP port with the offset in it."""
    return structs.replace(settings.http, port=_moved(settings.http.port, settings.server.port_offset))


def web(settings: Settings) -> WebSettings:
    """The web with its addresses, with the offset in its port, and with TLS as it is to be."""
    wanted = settings.web
    addresses = wanted.addresses or usual_addresses(settings)
    tls = wanted.tls if wanted.tls != "auto" else "none" if set(addresses) <= set(LOOPBACK) else "direct"
    port = _moved(wanted.port, settings.server.port_offset)
    return structs.replace(wanted, addresses=addresses, port=port, tls=tls)


def web_url(settings: Settings, port: int) -> str:
    """Where a browser finds the web, without a slash at the end; empty where it is not served."""
    wanted = web(settings)
    if not port or wanted.url:
        return wanted.url.rstrip("/") if port else ""
    scheme, usual = ("https", 443) if wanted.tls == "direct" else ("http", 80)
    host = "localhost" if set(wanted.addresses) <= set(LOOPBACK) else server_name(settings)
    return f"{scheme}://{host}" if port == usual else f"{scheme}://{host}:{port}"


def media(settings: Settings) -> MediaSettings:
    """The relay for calls, with its addresses and with the offset in its ports."""
    wanted, offset = settings.media, settings.server.port_offset
    return structs.replace(
        wanted,
        addresses=wanted.addresses or usual_addresses(settings),
        port=_moved(wanted.port, offset),
        tls_port=_moved(wanted.tls_port, offset),
    )


def usual_addresses(settings: Settings) -> tuple[str, ...]:
    """Where listeners listen that name no addresses."""
    return settings.server.listen or (LOOPBACK if server_name(settings) == "localhost" else EVERYWHERE)


def _moved(port: int, offset: int) -> int:
    return port + offset if port else 0


def _domain(name: str, domain: DomainSettings) -> Domain:
    prepared = Address.of("", name).domain
    rooms = Address.of("", domain.rooms or f"rooms.{name}").domain
    return Domain(prepared, rooms, domain.policy)


def _domain_mistakes(settings: Settings) -> list[strict.Mistake]:
    found = []
    taken: set[str] = set()
    for name, domain in settings.domains.items():
        try:
            made = _domain(name, domain)
        except Refused as refused:
            found.append(strict.Mistake(("domains", name), f"is no domain name: {refused.text}"))
            continue
        found += [
            strict.Mistake(("domains", name), f"uses the name {used}, which is taken already")
            for used in (made.name, made.rooms)
            if used in taken or made.name == made.rooms
        ]
        taken |= {made.name, made.rooms}
    return found


def _listener_mistakes(settings: Settings) -> list[strict.Mistake]:
    found = []
    taken: dict[int, str] = {}
    for name, listener in listeners(settings).items():
        if not 0 <= listener.port <= 65535:
            found.append(strict.Mistake(("listeners", name, "port"), f"is {listener.port} with the offset"))
        if listener.port and listener.port in taken:
            found.append(strict.Mistake(("listeners", name, "port"), f"is also the port of {taken[listener.port]}"))
        taken[listener.port] = name
        if listener.protocol == "irc" and listener.tls == "starttls":
            found.append(strict.Mistake(("listeners", name, "tls"), "cannot be starttls for irc; use direct"))
    return found


def _with_defaults(given: Any) -> Any:
    """Listeners that are named by default may be given in part."""
    if not isinstance(given, dict):
        return given
    merged = {name: structs.asdict(listener) for name, listener in DEFAULT_LISTENERS.items()}
    for name, listener in given.items():
        merged[name] = {**merged.get(name, {}), **listener} if isinstance(listener, dict) else listener
    return merged


def _from_environment(table: dict[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Variables with a double underscore are settings; others, such as DRAGOMAN_CONFIG, belong to the command line."""
    names = sorted(name for name in environment if name.startswith(_PREFIX) and "__" in name)
    results = [
        strict.put(Settings, table, tuple(name.removeprefix(_PREFIX).lower().split("__")), environment[name])
        for name in names
    ]
    return [
        f"{name} in the environment: {'.'.join(mistake.path)} {mistake.text}"
        for name, mistake in zip(names, results, strict=True)
        if mistake
    ]


def _text_of(name: str | Path) -> str:
    return Path(name).read_text("utf-8")


def _sentence(mistake: strict.Mistake, name: str, places: Mapping[tuple[str, ...], int]) -> str:
    line = toml.line_of(places, mistake.path)
    place = f"{name}:{line}: " if name and line else f"{name}: " if name else ""
    return f"{place}{'.'.join(mistake.path) or 'the file'} {mistake.text}"
