"""What goes wrong, in the words of RFC 8620 §3.6 and §5.3: of a whole request, of one call, of one object."""

from typing import Any

from dragoman.core.errors import Condition, Refused

_URN = "urn:ietf:params:jmap:error:"


class RequestError(Exception):
    """The whole request is refused (§3.6.1). ``kind`` is notJSON, notRequest, unknownCapability or limit."""

    def __init__(self, kind: str, detail: str, *, limit: str = "", status: int = 400) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.limit = limit
        self.status = status

    def problem(self) -> dict[str, Any]:
        """As the problem details of RFC 7807."""
        told: dict[str, Any] = {"type": _URN + self.kind, "status": self.status, "detail": self.detail}
        return told | {"limit": self.limit} if self.limit else told


class MethodError(Exception):
    """One call is refused (§3.6.2); ``kind`` is one of the RFC's, such as invalidArguments."""

    def __init__(self, kind: str, description: str = "") -> None:
        super().__init__(kind, description)
        self.kind = kind
        self.description = description

    def arguments(self) -> dict[str, Any]:
        """What stands in the place of the response."""
        return {"type": self.kind, "description": self.description} if self.description else {"type": self.kind}


class SetError(Exception):
    """One object is not created, changed or destroyed (§5.3)."""

    def __init__(self, kind: str, description: str = "", *, properties: tuple[str, ...] = ()) -> None:
        super().__init__(kind, description)
        self.kind = kind
        self.description = description
        self.properties = properties

    def value(self) -> dict[str, Any]:
        """As it stands in notCreated, notUpdated or notDestroyed."""
        told: dict[str, Any] = {"type": self.kind}
        if self.description:
            told["description"] = self.description
        return told | {"properties": list(self.properties)} if self.properties else told


#: A condition as a SetError's type. ``refused`` is ours, for what the RFC has no type for; the condition stands beside it.
TYPES = {
    Condition.BAD_REQUEST: "invalidProperties",
    Condition.CONFLICT: "refused",
    Condition.FEATURE_NOT_IMPLEMENTED: "refused",
    Condition.FORBIDDEN: "forbidden",
    Condition.GONE: "notFound",
    Condition.INTERNAL_SERVER_ERROR: "refused",
    Condition.ITEM_NOT_FOUND: "notFound",
    Condition.JID_MALFORMED: "invalidProperties",
    Condition.NOT_ACCEPTABLE: "refused",
    Condition.NOT_ALLOWED: "forbidden",
    Condition.NOT_AUTHORIZED: "refused",
    Condition.POLICY_VIOLATION: "tooLarge",
    Condition.RECIPIENT_UNAVAILABLE: "refused",
    Condition.REDIRECT: "refused",
    Condition.REGISTRATION_REQUIRED: "refused",
    Condition.REMOTE_SERVER_NOT_FOUND: "refused",
    Condition.REMOTE_SERVER_TIMEOUT: "refused",
    Condition.RESOURCE_CONSTRAINT: "rateLimit",
    Condition.SERVICE_UNAVAILABLE: "refused",
    Condition.SUBSCRIPTION_REQUIRED: "refused",
    Condition.UNDEFINED_CONDITION: "refused",
    Condition.UNEXPECTED_REQUEST: "refused",
}


def refusal(refused: Refused) -> dict[str, Any]:
    """What the rules refuse, as a SetError."""
    told: dict[str, Any] = {"type": TYPES[refused.condition], "condition": refused.condition.value}
    return told | {"description": refused.text} if refused.text else told
