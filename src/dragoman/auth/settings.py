"""What the owner of a server sets for logging in."""

from typing import Annotated

from msgspec import Meta, Struct

from dragoman.formats import scram

Iterations = Annotated[int, Meta(ge=scram.MIN_ITERATIONS, le=scram.MAX_ITERATIONS)]


class PasswordSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How costly a guess is. What is changed here holds for new passwords; old ones keep their own count."""

    sha256_iterations: Iterations = 4096
    """Rounds of PBKDF2 for SCRAM-SHA-256: one login costs clients and server this much."""
    sha1_iterations: Iterations = 4096
    """The same for SCRAM-SHA-1."""
    min_length: Annotated[int, Meta(ge=1)] = 8
    """Characters that a password has at least."""


class ThrottleSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Failures that are free, and how long one waits after more."""

    enabled: bool = True
    """False is for measurements only."""
    free_per_network: Annotated[int, Meta(ge=1)] = 30
    """Failed logins of a /24 or /48, for whichever accounts, before the next one has to wait."""
    free_per_account: Annotated[int, Meta(ge=1)] = 10
    """The same for an account, from wherever."""
    first_wait_seconds: Annotated[float, Meta(gt=0, le=60)] = 1.0
    """After the first failure that is not free; doubles with each further one."""
    longest_wait_seconds: Annotated[float, Meta(gt=0, le=3600)] = 60.0
    """No wait is longer: a longer one would lock the owner out."""
    longest_known_wait_seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0
    """The same for an account in a network that it has logged in from."""
    halving_seconds: Annotated[float, Meta(gt=0)] = 600.0
    """In which half of the failures are forgotten."""
    remembered_networks: Annotated[int, Meta(ge=1)] = 16_384
    """How many networks with failures are kept in memory."""
    remembered_accounts: Annotated[int, Meta(ge=1)] = 16_384
    """How many accounts with failures."""
    remembered_known: Annotated[int, Meta(ge=1)] = 65_536
    """How many pairs of an account and a network that it has logged in from."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """How people log in."""

    plain_on_loopback: bool = False
    """Whether a password may be sent in the clear over a connection that does not leave this machine."""
    clear_on_network: bool = False
    """Whether somebody may log in at all over a network connection without TLS; never by PLAIN."""
    app_passwords_only: tuple[str, ...] = ()
    """Protocols that never see a main password."""
    client_authorities_file: str = ""
    """Authorities, PEM: a client certificate that one of them has issued logs in as the account that it names."""
    passwords: PasswordSettings = PasswordSettings()
    throttle: ThrottleSettings = ThrottleSettings()
