"""What an IRC client can show, from the capabilities that it enabled."""

from functools import lru_cache

from dragoman.core.capabilities import Capabilities, Feature
from dragoman.protocols.irc import capabilities as cap


@lru_cache
def capabilities_of(enabled: int) -> Capabilities:
    """Lines are split where they are written, so that a message stays one as long as it can."""
    features = Feature.MULTILINE | Feature.MARKUP | Feature.ACTION
    if enabled & cap.MESSAGE_TAGS:
        features |= Feature.REPLY | Feature.REACTION | Feature.CHAT_STATE
    if enabled & cap.MESSAGE_REDACTION:
        features |= Feature.RETRACTION
    return Capabilities(features)
