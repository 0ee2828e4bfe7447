"""What the network counts: plain integers, because the counting happens for every chunk."""


class Traffic:
    """The figures of one listener, or of all connections that we open ourselves."""

    __slots__ = (
        "accepted",
        "bytes_received",
        "bytes_sent",
        "faults",
        "handshakes_failed",
        "late",
        "listener",
        "logins",
        "open",
        "refused",
        "slow_readers",
    )

    def __init__(self, listener: str) -> None:
        self.listener = listener
        self.accepted = 0
        self.refused = 0
        self.open = 0
        self.logins = 0
        self.bytes_received = 0
        self.bytes_sent = 0
        self.handshakes_failed = 0
        self.slow_readers = 0
        self.late = 0
        self.faults = 0
