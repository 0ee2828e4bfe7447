"""TLS for the web, by the standard library as aiohttp wants it: the same certificates as everywhere."""

import ssl
from collections.abc import Callable, Sequence

from cryptography import x509

from dragoman.net.authority import dns_names
from dragoman.net.certificates import PemPair


class WebTls:
    """One context that listens, and one for each certificate, chosen by the name that a browser asks for."""

    def __init__(self, pairs: Callable[[], Sequence[PemPair]]) -> None:
        self._pairs = pairs
        self._names: dict[str, ssl.SSLContext] = {}
        self.context = _context(pairs()[0])
        self.context.sni_callback = self._choose
        self.reload()

    def reload(self) -> None:
        """Read the certificates again."""
        names = {}
        for pair in self._pairs():
            context = _context(pair)
            certificate = x509.load_pem_x509_certificates(pair.certificate.read_bytes())[0]
            names.update(dict.fromkeys(map(str.lower, dns_names(certificate)), context))
        self._names = names
        first = self._pairs()[0]
        self.context.load_cert_chain(first.certificate, first.key)

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        asked = (name or "").lower()
        chosen = self._names.get(asked) or self._names.get(f"*.{asked.partition('.')[2]}")
        if chosen is not None:
            connection.context = chosen


def _context(pair: PemPair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(pair.certificate, pair.key)
    return context
