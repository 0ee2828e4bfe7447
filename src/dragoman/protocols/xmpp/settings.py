"""What the owner of a server sets for XMPP."""

from typing import Annotated

from msgspec import Meta, Struct


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """XMPP as a whole."""

    resume_seconds: Annotated[int, Meta(ge=0, le=86_400)] = 600
    """How long a session waits for its client to come back (XEP-0198); 0: it does not wait."""
    answer_seconds: Annotated[int, Meta(ge=0)] = 60
    """How long a client may take to acknowledge (XEP-0198) before its connection counts as dead; 0: for ever."""
    max_unacknowledged: Annotated[int, Meta(ge=100)] = 5_000
    """How many stanzas wait for a client's acknowledgement before its session is given up."""
    tls_required: bool = True
    """Whether a client has to start TLS before it logs in; loopback is safe without."""
    lock_new_rooms: bool = False
    """Whether nobody enters a new room before its owner has accepted its settings, however long that takes (XEP-0045 §10.1)."""
