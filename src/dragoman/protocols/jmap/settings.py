"""What the owner of a server sets for the API."""

from typing import Annotated

from msgspec import Meta, Struct


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of one request (RFC 8620 §2), which are told to clients."""

    max_request_bytes: Annotated[int, Meta(ge=1024)] = 1_000_000
    """The longest request."""
    max_calls: Annotated[int, Meta(ge=1)] = 32
    """Method calls in one request."""
    max_get: Annotated[int, Meta(ge=1)] = 1000
    """Objects that one call may name."""
    max_set: Annotated[int, Meta(ge=1)] = 200
    """Objects that one call may change."""
    max_behind: Annotated[int, Meta(ge=1)] = 2000
    """How many changes of messages a client may ask for that was away; with more it starts anew."""
