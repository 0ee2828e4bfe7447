"""The server's certificates on disk: its own ones, made and renewed by itself, or those of the owner's files; read again
while the server runs."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from msgspec import Struct
from OpenSSL import SSL

from dragoman.core.clock import Clock, Timer
from dragoman.net.authority import Holder, Site, ascii_name, dns_names, make_authority, make_certificate, names_of
from dragoman.net.tls import Identity

log = structlog.get_logger()

RENEW_DAYS = 30
"""An own certificate is made anew when fewer days are left."""

_AUTHORITY = "authority"


class CertificateError(Exception):
    """A certificate cannot be used; the text names the file and says why."""


class PemPair(Struct, frozen=True):
    """Files of the owner: a certificate with its chain, and its private key."""

    certificate: Path
    key: Path


class Summary(Struct, frozen=True):
    """A certificate in the owner's eyes. ``not_after`` is an ISO 8601 moment, ``days_left`` may be negative."""

    subject: str
    names: tuple[str, ...]
    not_after: str
    days_left: int
    issuer: str
    file: str
    own: bool


class Certificates:
    """Implements :class:`dragoman.net.tls.Identities` over files. A name that no certificate has is answered with the
    first one."""

    def __init__(self, directory: Path, sites: Sequence[Site], clock: Clock, pairs: Sequence[PemPair] = ()) -> None:
        self._directory = directory
        self._sites = sites
        self._clock = clock
        self._own = not pairs
        self._pairs = list(pairs) or [self._own_pair(ascii_name(site.domain)) for site in sites]
        self._stamps: list[tuple[int, int]] = []
        self._identities: list[Identity] = []
        self._names: dict[str, Identity] = {}
        self._timer: Timer | None = None
        #: Called after every successful :meth:`reload`, for who reads the files itself.
        self.reloaded: Callable[[], None] = lambda: None

    @property
    def authority_file(self) -> Path | None:
        """The own authority's certificate, for clients that are to trust it; None with the owner's files."""
        return self._own_pair(_AUTHORITY).certificate if self._own else None

    def load(self) -> None:
        """Make what is missing or runs out, and read everything. Raises CertificateError; then what was read before is
        still in use."""
        if self._own:
            self._make()
        identities = [_read(pair) for pair in self._pairs]
        names: dict[str, Identity] = {}
        for identity in identities:
            for name in dns_names(identity.certificate):
                names.setdefault(name, identity)
        self._stamps = self._look()
        self._identities = identities
        self._names = names

    def reload(self) -> bool:
        """Read again, for SIGHUP. New connections get the new certificates, those that are open keep theirs. Where
        something is wrong, it is logged and the old ones stay: False."""
        try:
            self.load()
        except CertificateError as error:
            log.error("the certificates could not be read again", problem=str(error))
            return False
        log.info("the certificates were read again", names=sorted(self._names))
        self.reloaded()
        return True

    def watch(self, seconds: float = 60.0) -> None:
        """Look every so often whether files have changed or own certificates run out."""
        self._timer = self._clock.call_later(seconds, lambda: self._check(seconds))

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def select(self, server_name: str) -> Identity:
        """The identity for a name, or for its parent's wildcard (RFC 9525 §6.3), or the first."""
        _, _, parent = server_name.partition(".")
        return self._names.get(server_name) or self._names.get(f"*.{parent}") or self._identities[0]

    @property
    def pairs(self) -> tuple[PemPair, ...]:
        """The files, in the order of the domains."""
        return tuple(self._pairs)

    def summary(self) -> list[Summary]:
        """One entry a certificate, in the order of the domains or files."""
        return [
            self._summary(identity.certificate, pair)
            for identity, pair in zip(self._identities, self._pairs, strict=True)
        ]

    def _check(self, seconds: float) -> None:
        if self._look() != self._stamps or (self._own and self._runs_out()):
            self.reload()
        self.watch(seconds)

    def _look(self) -> list[tuple[int, int]]:
        stamps = []
        for path in (file for pair in self._pairs for file in (pair.certificate, pair.key)):
            try:
                status = path.stat()
            except OSError:
                stamps.append((0, 0))
            else:
                stamps.append((status.st_mtime_ns, status.st_ino))
        return stamps

    def _runs_out(self) -> bool:
        return any(self._is_ending(identity.certificate) for identity in self._identities)

    def _is_ending(self, certificate: x509.Certificate) -> bool:
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        return certificate.not_valid_after_utc - now < timedelta(days=RENEW_DAYS)

    def _own_pair(self, name: str) -> PemPair:
        return PemPair(self._directory / f"{name}.pem", self._directory / f"{name}.key")

    def _make(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = self._holder(self._own_pair(_AUTHORITY))
        if authority is None or self._is_ending(authority.certificate):
            authority = make_authority(self._sites[0].domain, self._clock.now())
            _write(self._own_pair(_AUTHORITY), authority)
        for site, pair in zip(self._sites, self._pairs, strict=True):
            holder = self._holder(pair)
            if holder is None or not self._is_good(holder.certificate, authority, site):
                made = make_certificate(authority, site, self._clock.now())
                _write(pair, made, authority.certificate)

    def _is_good(self, certificate: x509.Certificate, authority: Holder, site: Site) -> bool:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        try:
            certificate.verify_directly_issued_by(authority.certificate)
        except Exception:  # a signature or a name that is not the authority's: several kinds, one meaning
            return False
        return list(names) == names_of(site) and not self._is_ending(certificate)

    def _holder(self, pair: PemPair) -> Holder | None:
        if not pair.certificate.exists() or not pair.key.exists():
            return None
        chain, key = _parsed(pair)
        return Holder(chain[0], key) if isinstance(key, ec.EllipticCurvePrivateKey) else None

    def _summary(self, certificate: x509.Certificate, pair: PemPair) -> Summary:
        ends = certificate.not_valid_after_utc
        left = ends - datetime.fromtimestamp(self._clock.now(), UTC)
        return Summary(
            certificate.subject.rfc4514_string(),
            tuple(dns_names(certificate)),
            ends.isoformat(),
            left.days,
            certificate.issuer.rfc4514_string(),
            str(pair.certificate),
            self._own,
        )


def _parsed(pair: PemPair) -> tuple[list[x509.Certificate], object]:
    try:
        chain = x509.load_pem_x509_certificates(pair.certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateError(f"{pair.certificate} is not a certificate in PEM: {error}") from error
    try:
        return chain, load_pem_private_key(pair.key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise CertificateError(f"{pair.key} is not a private key in PEM without a password: {error}") from error


def _read(pair: PemPair) -> Identity:
    chain, key = _parsed(pair)
    try:
        return Identity(chain, key)  # type: ignore[arg-type]  # any key; OpenSSL refuses those it cannot use
    except (SSL.Error, TypeError, ValueError) as error:
        raise CertificateError(f"{pair.key} is not the key of {pair.certificate}") from error


def _write(pair: PemPair, holder: Holder, *chain: x509.Certificate) -> None:
    key = holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _replace(pair.key, key, 0o600)
    _replace(pair.certificate, b"".join(one.public_bytes(Encoding.PEM) for one in (holder.certificate, *chain)), 0o644)


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is whole at every moment, and was never readable for others than it should be."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
