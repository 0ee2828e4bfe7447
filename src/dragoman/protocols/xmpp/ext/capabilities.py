"""Entity Capabilities (XEP-0115) of the server itself: a hash that saves clients the question."""

import base64
import hashlib
from collections.abc import Iterable

from dragoman.formats.xml import Element, element
from dragoman.protocols.xmpp.namespaces import CAPS

NODE = "https://dragoman.example/"
IDENTITY = ("server", "im", "Dragoman")


def verification(identity: tuple[str, str, str], features: Iterable[str]) -> str:
    """The hash of an entity with one identity and no forms (§5.1)."""
    category, kind, name = identity
    text = f"{category}/{kind}//{name}<" + "".join(f"{feature}<" for feature in sorted(set(features)))
    return base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()


def server_capabilities(features: Iterable[str]) -> Element:
    """``<c/>`` for the stream's features (§6.3)."""
    return element("c", CAPS, hash="sha-1", node=NODE, ver=verification(IDENTITY, features))
