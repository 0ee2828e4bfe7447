"""What a receiver can show. A protocol declares it per session; :mod:`dragoman.core.lower` does the rest."""

from enum import IntFlag, auto

from msgspec import Struct


class Feature(IntFlag):
    """One flag for each thing that not every receiver can show."""

    MULTILINE = auto()
    MARKUP = auto()
    SUBJECT = auto()
    ACTION = auto()
    REPLY = auto()
    CORRECTION = auto()
    RETRACTION = auto()
    REACTION = auto()
    FILE = auto()
    ENCRYPTED = auto()
    CHAT_STATE = auto()
    RECEIPT = auto()
    MARKER = auto()
    REAL_TIME_TEXT = auto()


ALL_FEATURES = Feature(sum(Feature))


class Capabilities(Struct, frozen=True):
    """``max_text_bytes`` is the longest text in UTF-8 that one message can carry; 0 means that there is no limit."""

    features: Feature = ALL_FEATURES
    max_text_bytes: int = 0


EVERYTHING = Capabilities()
