"""What people write in ban lists: masks with parts left out, and ``~account:name`` (IRCv3 account-extban)."""

from dragoman.core.address import Address
from dragoman.protocols.irc.names import account_of

_PREFIXES = ("~account:", "~a:")


def complete(mask: str) -> str:
    """A mask with all three parts: ``bob`` is ``bob!*@*``, ``@host`` is ``*!*@host``, ``user@host`` is ``*!user@host``."""
    nick, bang, rest = mask.partition("!")
    if not bang and "@" in nick:
        nick, rest = "", nick
    user, _, host = rest.partition("@")
    return f"{nick or '*'}!{user or '*'}@{host or '*'}"


def account_named(text: str, domain: str) -> Address | None:
    """The account that an extended ban is about; None where the text is an ordinary mask."""
    for prefix in _PREFIXES:
        if text.startswith(prefix):
            return account_of(text.removeprefix(prefix), domain)
    return None
