"""What the owner of a server sets for IRC."""

from msgspec import Struct

from dragoman.formats.secret import Secret


class Operator(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who may look after the server with OPER: ``password``, and where set, only from these accounts."""

    password: Secret
    accounts: tuple[str, ...] = ()


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """IRC as a whole."""

    name: str = ""
    """What the server calls itself on IRC; empty: the name of the domain."""
    network: str = "Dragoman"
    """The network's name, which clients show instead of the server's; no spaces."""
    description: str = ""
    """What WHOIS and LINKS say of the server; empty: the network's name."""
    motd: tuple[str, ...] = ()
    """The message of the day, line by line; empty: none."""
    admin: tuple[str, ...] = ()
    """What ADMIN answers: who runs this server, where, and how to write to them."""
    password: Secret = Secret("")
    """What everybody has to send with PASS before anything else; empty: nothing."""
    operators: dict[str, Operator] = {}
    """By the name that OPER takes."""
    sts_port: int = 0
    """The TLS port that clients shall use and remember (STS); 0: no such policy."""
    sts_seconds: int = 2_592_000
    """For how long clients remember it."""
    max_channels: int = 100
    max_monitored: int = 100
    max_masks: int = 100
    max_history: int = 250
    """How many messages one CHATHISTORY may ask for."""
    replay: int = 20
    """How many messages a client without CHATHISTORY, but with server-time, is shown when it joins; 0: none."""
