"""A certificate authority for client certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.world import FakeClock

XMPP_ADDRESS = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.5")
NOW = datetime.fromtimestamp(FakeClock().now(), UTC)
DAY = timedelta(days=1)


def utf8_string(text: str) -> bytes:
    """A DER UTF8String."""
    octets = text.encode()
    count = len(octets)
    size = bytes([count]) if count < 128 else bytes([0x81, count]) if count < 256 else b"\x82" + count.to_bytes(2)
    return b"\x0c" + size + octets


def xmpp(address: str) -> x509.OtherName:
    """An id-on-xmppAddr."""
    return x509.OtherName(XMPP_ADDRESS, utf8_string(address))


@dataclass
class Authority:
    """Issues certificates; ``certificate`` is its own."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue(
        self,
        *names: x509.GeneralName,
        usages: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
        start: datetime = NOW - DAY,
        end: datetime = NOW + DAY,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> bytes:
        """A client's certificate (DER) with these alternative names, for ``key`` or for one that nobody has."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = _builder(self.certificate.subject, start, end).public_key(key.public_key())
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        if usages:
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        return builder.sign(self.key, SHA256()).public_bytes(serialization.Encoding.DER)


def make_authority(start: datetime = NOW - 10 * DAY, end: datetime = NOW + 10 * DAY) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])
    builder = _builder(subject, start, end).public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Authority(builder.sign(key, SHA256()), key)


def _builder(issuer: x509.Name, start: datetime, end: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")]))
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )
