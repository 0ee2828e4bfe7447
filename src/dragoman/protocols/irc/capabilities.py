"""Capability negotiation (IRCv3 capability-negotiation): what can be asked for, and one client's state of it."""

from collections.abc import Iterable, Mapping

#: One bit each: a client's capabilities are one number, looked at for every line that goes out.
ACCOUNT_NOTIFY = 1 << 0
ACCOUNT_TAG = 1 << 1
AWAY_NOTIFY = 1 << 2
BATCH = 1 << 3
CAP_NOTIFY = 1 << 4
CHGHOST = 1 << 5
ECHO_MESSAGE = 1 << 6
EXTENDED_JOIN = 1 << 7
EXTENDED_MONITOR = 1 << 8
INVITE_NOTIFY = 1 << 9
LABELED_RESPONSE = 1 << 10
MESSAGE_TAGS = 1 << 11
MULTI_PREFIX = 1 << 12
NO_IMPLICIT_NAMES = 1 << 13
SASL = 1 << 14
SERVER_TIME = 1 << 15
SETNAME = 1 << 16
STANDARD_REPLIES = 1 << 17
USERHOST_IN_NAMES = 1 << 18
CHATHISTORY = 1 << 19
EVENT_PLAYBACK = 1 << 20
MESSAGE_REDACTION = 1 << 21
READ_MARKER = 1 << 22
STS = 1 << 23

#: What decides how a message looks on the wire.
SHOWN = SERVER_TIME | ACCOUNT_TAG | MESSAGE_TAGS | MESSAGE_REDACTION

NAMES = {
    "account-notify": ACCOUNT_NOTIFY,
    "account-tag": ACCOUNT_TAG,
    "away-notify": AWAY_NOTIFY,
    "batch": BATCH,
    "cap-notify": CAP_NOTIFY,
    "chghost": CHGHOST,
    "draft/chathistory": CHATHISTORY,
    "draft/event-playback": EVENT_PLAYBACK,
    "draft/message-redaction": MESSAGE_REDACTION,
    "draft/read-marker": READ_MARKER,
    "echo-message": ECHO_MESSAGE,
    "extended-join": EXTENDED_JOIN,
    "extended-monitor": EXTENDED_MONITOR,
    "invite-notify": INVITE_NOTIFY,
    "labeled-response": LABELED_RESPONSE,
    "message-tags": MESSAGE_TAGS,
    "multi-prefix": MULTI_PREFIX,
    "no-implicit-names": NO_IMPLICIT_NAMES,
    "sasl": SASL,
    "server-time": SERVER_TIME,
    "setname": SETNAME,
    "standard-replies": STANDARD_REPLIES,
    "sts": STS,
    "userhost-in-names": USERHOST_IN_NAMES,
}

#: Told, but not to be asked for: it is a policy, and holds without being enabled (sts §Capabilities).
INFORMATIVE = frozenset({"sts"})
VERSION_WITH_VALUES = 302


class Negotiation:
    """One client's capabilities. ``values`` are the offered ones with what stands behind ``=``.

    ``suspended`` is true while registration waits for CAP END.
    """

    __slots__ = ("enabled", "suspended", "values", "version")

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.enabled = 0
        self.version = 0
        self.suspended = False

    def offers(self, version: int) -> list[str]:
        """What CAP LS tells. Version 302 gets values too, and is told of changes without asking (§cap-notify)."""
        self.version = max(self.version, version)
        if self.version >= VERSION_WITH_VALUES:
            self.enabled |= CAP_NOTIFY
        return self.written(self.values)

    def written(self, names: Iterable[str]) -> list[str]:
        """Names as this client's version wants to see them."""
        if self.version < VERSION_WITH_VALUES:
            return [name for name in names if name not in INFORMATIVE]
        return [f"{name}={self.values[name]}" if self.values.get(name) else name for name in names]

    def request(self, names: Iterable[str]) -> bool:
        """CAP REQ: all of it or nothing; ``-name`` gives one up. 302 keeps cap-notify, whatever it asks."""
        enabled = self.enabled
        for name in names:
            wanted = name.removeprefix("-")
            if wanted not in self.values or wanted in INFORMATIVE:
                return False
            enabled = enabled & ~NAMES[wanted] if name[0] == "-" else enabled | NAMES[wanted]
        if self.version >= VERSION_WITH_VALUES and not enabled & CAP_NOTIFY:
            return False
        self.enabled = enabled
        return True

    def active(self) -> list[str]:
        """What CAP LIST tells: what is enabled now."""
        return [name for name in self.values if self.enabled & NAMES[name]]

    def offer(self, values: Mapping[str, str]) -> tuple[list[str], list[str]]:
        """Other capabilities than before: those that are new (or have another value), and those that are gone."""
        new = [name for name, value in values.items() if self.values.get(name) != value]
        gone = [name for name in self.values if name not in values]
        self.values = values
        for name in gone:
            self.enabled &= ~NAMES[name]
        return new, gone


def lines_of(words: list[str], octets: int) -> list[str]:
    """Words joined with spaces into as few lines as fit."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > octets:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
