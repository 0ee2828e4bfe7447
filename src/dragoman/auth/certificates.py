"""Client certificates: whose they say they are, and who vouches for that (XEP-0178, RFC 6120 §13.7.1)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID

from dragoman.core.clock import Clock

#: id-on-xmppAddr (RFC 6120 §13.7.1.4).
_XMPP_ADDRESS = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.5")
_UTF8_STRING = 0x0C

#: What reading a certificate may raise where it is damaged, or made to be.
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def read_authorities(pem: bytes) -> list[x509.Certificate]:
    """The certificates in a file of authorities. Raises ``ValueError`` where there is none, or something else."""
    return x509.load_pem_x509_certificates(pem)


class Issuers:
    """The authorities whose client certificates name accounts; none by default. A certificate counts only if one of them
    has issued it directly, for clients, and it is valid now."""

    def __init__(self, authorities: Sequence[x509.Certificate], clock: Clock) -> None:
        self._authorities = authorities
        self._clock = clock

    def names(self, certificate: bytes) -> list[str]:
        """The addresses in a certificate (DER), XMPP's before those of mail; empty where nobody vouches for it."""
        try:
            parsed = x509.load_der_x509_certificate(certificate)
            if not self._vouch(parsed):
                return []
            alternatives = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except _UNREADABLE:
            return []
        others = alternatives.get_values_for_type(x509.OtherName)
        addresses = [_utf8(other.value) for other in others if other.type_id == _XMPP_ADDRESS]
        return [address for address in addresses if address] + alternatives.get_values_for_type(x509.RFC822Name)

    def _vouch(self, certificate: x509.Certificate) -> bool:
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        return _is_for_clients(certificate) and any(
            authority.not_valid_before_utc <= now <= authority.not_valid_after_utc
            and certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
            and _is_issued_by(certificate, authority)
            for authority in self._authorities
        )


def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_for_clients(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usage


def _utf8(der: bytes) -> str:
    """The text of a DER UTF8String of up to 65535 octets; empty where it is something else."""
    if len(der) < 2 or der[0] != _UTF8_STRING:
        return ""
    prefix = {0x81: 1, 0x82: 2}.get(der[1], 0)
    start = 2 + prefix
    length = int.from_bytes(der[2:start]) if prefix else der[1]
    text = der[start:]
    try:
        return text.decode() if len(text) == length else ""
    except UnicodeDecodeError:
        return ""
