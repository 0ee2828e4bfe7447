"""What reading one XML document may cost."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """What one document may cost; ``octets`` counts the raw input and is checked before expat sees any of it."""

    octets: int = 262_144
    depth: int = 64
    elements: int = 20_000
    attributes: int = 100
    namespaces: int = 1_000
