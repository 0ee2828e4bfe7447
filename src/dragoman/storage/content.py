"""What every store has to know of an event: its words, for the search, and what it refers to."""

import re
import unicodedata

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import Marker as ReadMarker
from dragoman.core.model import Message, Reaction, Receipt, Ref, Retraction, Talk

#: Han and kana, written without spaces: each character is a word of its own.
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: Indic and South-East Asian scripts, whose vowel signs are marks: inside a word, not between words.
_MARKED = "\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|(?:[^\W_{_IDEOGRAPHS}]|[{_MARKED}])+")
#: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs: people search without them.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
#: What becomes of each ASCII character, for the common case.
_PLAIN = str.maketrans({chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)})
_TARGETED = (Retraction, Reaction, Receipt, ReadMarker)


def folded(text: str) -> str:
    """A text's words in the form in which they are compared, without case and accents, with spaces between them."""
    if text.isascii():
        return text.translate(_PLAIN)
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(_WORD.findall(_ACCENTS.sub("", letters)))


def words(text: str) -> list[str]:
    """The folded words of a text, in its order."""
    return folded(text).split()


def spoken(event: Talk) -> str:
    """The text by which an event can be found; empty where it has no words."""
    if not isinstance(event, Message):
        return ""
    return f"{event.subject} {event.text}" if event.subject else event.text


def reference(event: Talk) -> Ref | None:
    """What an event speaks of: the message that it corrects, retracts, reacts to, or tells to have arrived or been read."""
    if isinstance(event, Message):
        return event.corrects
    return event.target if isinstance(event, _TARGETED) else None


def refers(event: Talk, target: int, sender_id: str) -> bool:
    """Whether an event speaks of the message with the id ``target``, which its sender called ``sender_id``."""
    ref = reference(event)
    if ref is None:
        return False
    return ref.archive_id == id_text(target) if ref.archive_id else bool(sender_id) and ref.id == sender_id


def other_party(event: Talk, owner: Address) -> Address:
    """With whom ``owner`` has the conversation that an event belongs to."""
    sender = event.sender.bare
    return event.recipient.bare if sender == owner else sender
