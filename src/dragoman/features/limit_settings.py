"""How much one account may say: the settings. They stand apart from :mod:`.limits`, which is compiled."""

from typing import Annotated

from msgspec import Meta, Struct


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """How much one account may say, over all its clients."""

    enabled: bool = True
    """False is for measurements only."""
    rate: Annotated[float, Meta(gt=0)] = 20.0
    """Messages and the like a second, on the long run."""
    burst: Annotated[float, Meta(ge=1)] = 200.0
    """How many at once."""
