"""Nonces that the relay recognises without remembering them (RFC 8489 §9.2): the second they were made, and a MAC."""

import hashlib
import hmac

#: How long a client may use one nonce.
SECONDS = 3600
_MAC_OCTETS = 12


class Nonces:
    """Nonces of one relay. Each holds for one client address only."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, address: str, now: float) -> bytes:
        """A nonce for a client."""
        moment = f"{int(now):010x}".encode()
        return moment + self._mac(moment, address)

    def holds(self, nonce: bytes, address: str, now: float) -> bool:
        """Whether a nonce is ours, for this client, and not stale."""
        moment, mac = nonce[:10], nonce[10:]
        if not hmac.compare_digest(mac, self._mac(moment, address)):
            return False
        return 0 <= now - int(moment, 16) <= SECONDS

    def _mac(self, moment: bytes, address: str) -> bytes:
        digest = hmac.digest(self._secret, moment + address.encode(), hashlib.sha256)
        return digest[:_MAC_OCTETS].hex().encode()
