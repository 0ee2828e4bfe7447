"""A room's settings as a channel's modes, and back (see ``docs/protocols/irc.md``)."""

from msgspec.structs import replace

from dragoman.core.stores import RoomConfig
from dragoman.protocols.irc.modes import Change

#: Settings that are on or off, by letter; those in ``_INVERTED`` are on where the setting is off.
_FLAGS = {
    "P": "persistent",
    "i": "members_only",
    "m": "moderated",
    "n": "external_messages",
    "s": "public",
    "t": "subject_locked",
}
_INVERTED = frozenset("ns")
_LETTERS = {setting: letter for letter, setting in _FLAGS.items()}
#: How many occupants a limit can name.
_MAX_LIMIT = 1_000_000


def describe(config: RoomConfig) -> list[Change]:
    """All modes that are set, flags first."""
    changes = [Change(True, letter) for letter in _FLAGS if _is_set(config, letter)]
    if config.password:
        changes.append(Change(True, "k", config.password))
    if config.max_occupants:
        changes.append(Change(True, "l", str(config.max_occupants)))
    return changes


def told(config: RoomConfig, settings: tuple[str, ...]) -> list[Change]:
    """What changed, as modes: ``settings`` are the names of the settings that are other than before."""
    changes = []
    for setting in settings:
        letter = _LETTERS.get(setting)
        if letter is not None:
            changes.append(Change(_is_set(config, letter), letter))
        elif setting == "password":
            changes.append(Change(bool(config.password), "k", config.password or "*"))
        elif setting == "max_occupants":
            changes.append(
                Change(bool(config.max_occupants), "l", str(config.max_occupants) if config.max_occupants else None)
            )
    return changes


def apply(config: RoomConfig, change: Change) -> RoomConfig | None:
    """The settings after one change; None where its parameter makes no sense (696)."""
    if change.letter == "k":
        return _with_key(config, change)
    if change.letter == "l":
        limit = _limit(change.parameter) if change.add else 0
        return replace(config, max_occupants=limit) if limit or not change.add else None
    return replace(config, **{_FLAGS[change.letter]: change.add is not (change.letter in _INVERTED)})


def _with_key(config: RoomConfig, change: Change) -> RoomConfig | None:
    if not change.add:
        return replace(config, password="")
    key = change.parameter or ""
    usable = key and len(key.encode()) <= 64 and not any(c in " ,:" for c in key) and key.isprintable()
    return replace(config, password=key) if usable else None


def _is_set(config: RoomConfig, letter: str) -> bool:
    return getattr(config, _FLAGS[letter]) is not (letter in _INVERTED)


def _limit(text: str | None) -> int:
    """The number in a parameter; 0 where it is none that makes sense."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 7:
        return 0
    return min(int(text), _MAX_LIMIT)
