"""What can go wrong, in the words of RFC 6120 §8.3.3; every protocol has a table from these to its own codes."""

from enum import StrEnum


class Condition(StrEnum):
    """The defined conditions of RFC 6120 §8.3.3."""

    BAD_REQUEST = "bad-request"
    CONFLICT = "conflict"
    FEATURE_NOT_IMPLEMENTED = "feature-not-implemented"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    INTERNAL_SERVER_ERROR = "internal-server-error"
    ITEM_NOT_FOUND = "item-not-found"
    JID_MALFORMED = "jid-malformed"
    NOT_ACCEPTABLE = "not-acceptable"
    NOT_ALLOWED = "not-allowed"
    NOT_AUTHORIZED = "not-authorized"
    POLICY_VIOLATION = "policy-violation"
    RECIPIENT_UNAVAILABLE = "recipient-unavailable"
    REDIRECT = "redirect"
    REGISTRATION_REQUIRED = "registration-required"
    REMOTE_SERVER_NOT_FOUND = "remote-server-not-found"
    REMOTE_SERVER_TIMEOUT = "remote-server-timeout"
    RESOURCE_CONSTRAINT = "resource-constraint"
    SERVICE_UNAVAILABLE = "service-unavailable"
    SUBSCRIPTION_REQUIRED = "subscription-required"
    UNDEFINED_CONDITION = "undefined-condition"
    UNEXPECTED_REQUEST = "unexpected-request"


class Remedy(StrEnum):
    """What the sender may do about it (RFC 6120 §8.3.2, the error's type)."""

    AUTH = "auth"
    CANCEL = "cancel"
    CONTINUE = "continue"
    MODIFY = "modify"
    WAIT = "wait"


#: The type that RFC 6120 §8.3.3 associates with each condition; CANCEL where it is not listed.
REMEDIES = {
    Condition.BAD_REQUEST: Remedy.MODIFY,
    Condition.FORBIDDEN: Remedy.AUTH,
    Condition.JID_MALFORMED: Remedy.MODIFY,
    Condition.NOT_ACCEPTABLE: Remedy.MODIFY,
    Condition.NOT_AUTHORIZED: Remedy.AUTH,
    Condition.POLICY_VIOLATION: Remedy.MODIFY,
    Condition.RECIPIENT_UNAVAILABLE: Remedy.WAIT,
    Condition.REDIRECT: Remedy.MODIFY,
    Condition.REGISTRATION_REQUIRED: Remedy.AUTH,
    Condition.REMOTE_SERVER_TIMEOUT: Remedy.WAIT,
    Condition.RESOURCE_CONSTRAINT: Remedy.WAIT,
    Condition.SUBSCRIPTION_REQUIRED: Remedy.AUTH,
    Condition.UNEXPECTED_REQUEST: Remedy.WAIT,
}


class Refused(Exception):
    """An event or a command that the rules do not allow; the sender is told, in its own protocol's words.

    ``text`` is for people and never holds internals. ``blocked`` marks what the sender itself has blocked (XEP-0191).
    """

    def __init__(
        self, condition: Condition, text: str = "", *, remedy: Remedy | None = None, blocked: bool = False
    ) -> None:
        super().__init__(condition, text)
        self.condition = condition
        self.text = text
        self.remedy = remedy or REMEDIES.get(condition, Remedy.CANCEL)
        self.blocked = blocked

    def __str__(self) -> str:
        return f"{self.condition}: {self.text}" if self.text else str(self.condition)


class ProtocolError(Exception):
    """The peer broke its protocol: the connection is closed with ``condition``, a code of that protocol."""

    def __init__(self, condition: str, text: str = "") -> None:
        super().__init__(condition, text)
        self.condition = condition
        self.text = text
