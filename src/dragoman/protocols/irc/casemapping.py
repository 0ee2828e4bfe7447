"""CASEMAPPING=ascii: A to Z are the same as a to z, and nothing else is.

The other mappings fold ``{|}~`` or whole Unicode tables, about which clients and servers disagree.
"""

_UPPER = {ord(letter): ord(letter) + 32 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def fold(name: str) -> str:
    """The form in which nicks and channels are compared."""
    return name.lower() if name.isascii() else name.translate(_UPPER)
