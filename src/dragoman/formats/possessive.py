"""Possessive groups in patterns, where this Python gets them right.

COMPAT(Python 3.11.0 to 3.11.4): a possessive group that fails halfway keeps what it had matched (cpython issue 106052), so a
pattern would accept what it does not say. Debian 12 has Python 3.11.2. Single characters repeated (``[a-z]++``) are not
touched by it.
"""

import re


def _is_sound() -> bool:
    match = re.match("(?:ab?c)++", "aca")
    return match is not None and match.end() == 2


#: What stands behind a repeated group to make it possessive; nothing where it would match wrongly. Use it only where the
#: pattern means the same without: what follows the group cannot begin as one of its repetitions does.
GROUP = "+" if _is_sound() else ""
