"""Errors in XMPP's own words: of stanzas (RFC 6120 §8.3) and of streams (RFC 6120 §4.9)."""

from dragoman.core.errors import REMEDIES, Condition, Refused, Remedy
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp.namespaces import ADDITIONAL_ERRORS, BLOCKING_ERRORS, CLIENT, STANZA_ERRORS, STREAM_ERRORS

#: Every condition of the core and its element in a stanza error (RFC 6120 §8.3.3).
STANZA_CONDITIONS = {condition: condition.value for condition in Condition}

#: What closes a stream, by the core's condition (RFC 6120 §4.9.3); ``undefined-condition`` for all others.
STREAM_CONDITIONS = {
    Condition.CONFLICT: "conflict",
    Condition.INTERNAL_SERVER_ERROR: "internal-server-error",
    Condition.NOT_AUTHORIZED: "not-authorized",
    Condition.POLICY_VIOLATION: "policy-violation",
    Condition.RESOURCE_CONSTRAINT: "resource-constraint",
    Condition.RECIPIENT_UNAVAILABLE: "connection-timeout",
    Condition.SERVICE_UNAVAILABLE: "system-shutdown",
    Condition.REMOTE_SERVER_TIMEOUT: "connection-timeout",
}

_CONDITIONS = {condition.value: condition for condition in Condition}
_REMEDIES = {remedy.value: remedy for remedy in Remedy}


def error_element(refused: Refused, by: str | None = None) -> Element:
    """The ``<error/>`` that tells a sender why, and ``by`` whom where that is not plain (RFC 6120 §8.3.2)."""
    # XEP-0191 §3.4: what the sender itself has blocked.
    blocked = element("blocked", BLOCKING_ERRORS) if refused.blocked else None
    text = element("text", STANZA_ERRORS, clean(refused.text)) if refused.text else None
    condition = element(STANZA_CONDITIONS[refused.condition], STANZA_ERRORS)
    return element("error", CLIENT, condition, blocked, text, type=refused.remedy.value, by=by)


def read_error(stanza: Element) -> Refused:
    """What an error stanza says; ``undefined-condition`` where it is none of the defined ones."""
    error = stanza.child("error")
    if error is None:
        return Refused(Condition.UNDEFINED_CONDITION)
    condition = Condition.UNDEFINED_CONDITION
    for child in error.elements:
        if child.namespace == STANZA_ERRORS and child.name in _CONDITIONS:
            condition = _CONDITIONS[child.name]
    remedy = _REMEDIES.get(error.get("type"), REMEDIES.get(condition, Remedy.CANCEL))
    return Refused(condition, error.child_text("text", STANZA_ERRORS), remedy=remedy)


def error_reply(stanza: Element, refused: Refused, to: str, *, by: str | None = None) -> Element:
    """What comes back for a stanza that was not delivered (RFC 6120 §8.3.1)."""
    attributes = {"type": "error", "to": to}
    if "id" in stanza.attributes:
        attributes["id"] = stanza.attributes["id"]
    if "to" in stanza.attributes:
        attributes["from"] = stanza.attributes["to"]
    return Element(stanza.name, CLIENT, attributes, [error_element(refused, by)])


def stream_error(condition: str, text: str = "", detail: Element | None = None) -> list[Element]:
    """The children of ``<stream:error/>``; ``detail`` is an application's own condition."""
    if text == "stanza-too-big":  # XEP-0205, XEP-0478: which limit it was
        return [element(condition, STREAM_ERRORS), element("stanza-too-big", ADDITIONAL_ERRORS)]
    words = [element("text", STREAM_ERRORS, clean(text))] if text else []
    return [element(condition, STREAM_ERRORS), *words, *([detail] if detail is not None else [])]
