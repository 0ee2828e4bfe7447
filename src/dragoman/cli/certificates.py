"""How long the certificates are good for."""

from pathlib import Path

from dragoman.app.place import Place
from dragoman.cli.checks import Check, State
from dragoman.config import Settings
from dragoman.core.clock import system_time

#: Fewer days need attention: the server makes its own anew when fewer than thirty are left.
ENOUGH_DAYS = 14
_DAY = 86400


def certificates(settings: Settings) -> list[Check]:
    """A check for each certificate that there is: the owner's, or the server's own ones."""
    if settings.tls.certificate_file:
        remedy = "renew it; the server reads it again by itself"
        return [certificate(Path(settings.tls.certificate_file), remedy)]
    own = sorted(Place(Path(settings.server.data)).certificates.glob("*.pem"))
    return [certificate(file, "start the server: it renews its own certificates") for file in own]


def certificate(file: Path, remedy: str) -> Check:
    """Whether a file holds a certificate that is good for a while."""
    from cryptography import x509  # a tenth of a second, which other commands do not need

    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        return Check("certificate", State.FAILED, f"{file} cannot be used: {error}", "name other files in [tls]")
    days = int((found.not_valid_after_utc.timestamp() - system_time()) // _DAY)
    if days < 0:
        return Check("certificate", State.FAILED, f"{file} ended {-days} days ago", remedy)
    if days < ENOUGH_DAYS:
        return Check("certificate", State.ATTENTION, f"{file.name} is good for {days} days", remedy)
    return Check("certificate", State.OK, f"{file.name} is good for {days} days")
