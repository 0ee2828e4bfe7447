"""What the owner of a server sets for the web."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The web client and the API for programs."""

    enabled: bool = True
    addresses: tuple[str, ...] = ()
    """Empty: those of [server] listen."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    """0: any free one."""
    tls: Literal["auto", "direct", "none"] = "auto"
    """auto: TLS unless all addresses are of this machine only; none on other addresses is for a proxy that speaks TLS."""
    hosts: tuple[str, ...] = ()
    """Names by which browsers may reach it, besides the domains, localhost and addresses."""
    url: str = ""
    """Where others find it, for links to files, as https://chat.example.org; empty: by its name and port."""
    proxy: bool = False
    """Whether a proxy on this machine stands before it, and tells who asks in X-Forwarded-For and X-Forwarded-Proto."""
    client: str = ""
    """The directory of the web client; empty: the one that is part of Dragoman."""
