"""The server's own certificate authority: made on the first start, so that TLS works before a certificate was bought."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import idna
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

_SRV_NAME = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.7")  # RFC 4985
_XMPP_ADDR = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.5")  # RFC 6120 §13.7.1.4
_SRV_SERVICES = ("_xmpp-client", "_xmpps-client", "_xmpp-server", "_xmpps-server")
_UTF8_STRING, _IA5_STRING = 0x0C, 0x16
_AUTHORITY_YEARS = timedelta(days=3650)
_CERTIFICATE_YEAR = timedelta(days=397)
_EARLIER = timedelta(hours=1)  # for clients whose clocks are behind
_LONGEST_COMMON_NAME = 64  # RFC 5280, appendix A: ub-common-name


class Site(Struct, frozen=True):
    """What a certificate is for: a domain, further host names under the same certificate (its rooms), and whether it is
    also to be valid for this machine as ``localhost``, ``127.0.0.1`` and ``::1``."""

    domain: str
    also: tuple[str, ...] = ()
    local: bool = False


class Holder(Struct, frozen=True):
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_authority(name: str, moment: float) -> Holder:
    """A self-signed authority that can only sign end certificates. ``moment`` is seconds since 1970."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(f"{name} (Dragoman's own authority)")
    usage = _usage(certificates=True)
    builder = (
        _builder(key, moment, _AUTHORITY_YEARS)
        .subject_name(subject)
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return Holder(builder.sign(key, SHA256()), key)


def make_certificate(authority: Holder, site: Site, moment: float) -> Holder:
    """A certificate for a site, for TLS both as a server and, towards other servers, as a client."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(site.domain)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    builder = (
        _builder(key, moment, _CERTIFICATE_YEAR)
        .subject_name(subject)
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(issuer, critical=False)
        # RFC 5280 §4.2.1.6: critical where the subject says nothing.
        .add_extension(x509.SubjectAlternativeName(names_of(site)), critical=not list(subject))
    )
    return Holder(builder.sign(authority.key, SHA256()), key)


def names_of(site: Site) -> list[x509.GeneralName]:
    """The subject's alternative names: DNS names and addresses, and for XMPP the service names and the domain itself."""
    hosts = [site.domain, *site.also, *(("localhost", "127.0.0.1", "::1") if site.local else ())]
    names = [_host(host) for host in dict.fromkeys(hosts)]
    for domain in dict.fromkeys((site.domain, *site.also)):
        host = _host(domain)
        if isinstance(host, x509.DNSName):
            names += [_other(_SRV_NAME, _IA5_STRING, f"{service}.{host.value}") for service in _SRV_SERVICES]
        names.append(_other(_XMPP_ADDR, _UTF8_STRING, domain))
    return names


def ascii_name(domain: str) -> str:
    """A domain as DNS, SNI and file names have it."""
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain.lower()


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(ascii_name(name))


def _other(kind: x509.ObjectIdentifier, tag: int, text: str) -> x509.OtherName:
    """A string in DER (X.690 §8.1.3): tag, length, content."""
    content = text.encode()
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x82, *len(content).to_bytes(2, "big")])
    if 128 <= len(content) < 256:
        length = bytes([0x81, len(content)])  # DER allows only the shortest form
    return x509.OtherName(kind, bytes([tag]) + length + content)


def _subject(name: str) -> x509.Name:
    if len(name) > _LONGEST_COMMON_NAME:
        return x509.Name([])
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(key: ec.EllipticCurvePrivateKey, moment: float, span: timedelta) -> x509.CertificateBuilder:
    now = datetime.fromtimestamp(moment, UTC)
    return (
        x509.CertificateBuilder()
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + span)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def dns_names(certificate: x509.Certificate) -> Sequence[str]:
    """The host names that a certificate is good for, ``*.`` in front for wildcards; empty where it names none."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return [name.lower() for name in extension.value.get_values_for_type(x509.DNSName)]
