"""The server's own key: one file beside the database, never in it, from which every other secret is derived."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dragoman.core.clock import Randomness

KEY_OCTETS = 32
_NONCE_OCTETS = 12
_FORMAT = b"\x01"  # of what is sealed: this octet, the nonce, AES-256-GCM's text and tag


class KeyFailed(Exception):
    """The key file cannot be used, or does not open what was sealed. The text names the remedy."""


class Keys:
    """Secrets for every purpose from one master key (HKDF, RFC 5869), and a seal for what is stored."""

    def __init__(self, master: bytes, randomness: Randomness) -> None:
        self._master = master
        self._randomness = randomness
        self._cipher = AESGCM(self.derive("seal"))

    def derive(self, purpose: str) -> bytes:
        """32 octets that are the same for a purpose at every start, and tell nothing of the others."""
        return HKDF(SHA256(), KEY_OCTETS, salt=None, info=b"dragoman " + purpose.encode()).derive(self._master)

    def seal(self, clear: bytes, label: str) -> bytes:
        """Encrypt; ``label`` says what it is, and opens only together with it."""
        nonce = self._randomness.token(_NONCE_OCTETS)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, clear, label.encode())

    def unseal(self, sealed: bytes, label: str) -> bytes:
        """What was sealed; ``KeyFailed`` where it was changed, or sealed under another key or label."""
        if sealed[:1] != _FORMAT:
            raise KeyFailed("a sealed value has an unknown form")
        nonce, secret = sealed[1 : 1 + _NONCE_OCTETS], sealed[1 + _NONCE_OCTETS :]
        try:
            return self._cipher.decrypt(nonce, secret, label.encode())
        except (InvalidTag, ValueError) as error:
            raise KeyFailed(
                "a sealed value does not open: put the key file back that belongs to this database"
            ) from error


def open_keys(path: Path, randomness: Randomness) -> Keys:
    """The keys of a server; makes the file, readable by its owner alone, where there is none. Raises ``KeyFailed``."""
    try:
        if not path.exists():
            _create(path, randomness.token(KEY_OCTETS))
        return Keys(_read(path), randomness)
    except OSError as error:
        raise KeyFailed(f"the key file {path} cannot be used: {error.strerror}") from error


def _create(path: Path, master: bytes) -> None:
    """Write the whole key durably before the file has its name; whoever comes second keeps the first one's key."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(master.hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyFailed(f"others than its owner can use the key file: chmod 600 {path}")
        text = file.read(1024)
    try:
        master = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        master = b""
    if len(master) != KEY_OCTETS:
        raise KeyFailed(f"{path} is no key file: it has 64 hexadecimal digits; put a copy of it back")
    return master
