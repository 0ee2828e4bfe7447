"""What a client may not say, since only a server can know it: taken out of every stanza before anybody sees it."""

from collections.abc import Callable

from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.namespaces import CARBONS, DELAY, MAM, MUC, MUC_USER, OCCUPANT_ID, STANZA_ID

#: By namespace and name; delays are looked at one by one. XEP-0359 §3.1, XEP-0421 §5, XEP-0280 §11, XEP-0313 §11,
#: XEP-0045 §7.5: all instances, not only the first.
FORGED = {
    (STANZA_ID, "stanza-id"),
    (OCCUPANT_ID, "occupant-id"),
    (CARBONS, "sent"),
    (CARBONS, "received"),
    (CARBONS, "private"),
    (MAM, "result"),
    (MAM, "fin"),
    (MUC_USER, "x"),
    (MUC, "x"),  # said to the room alone: it may hold a password
}
_SUSPECT = frozenset(namespace for namespace, _ in FORGED) | {DELAY}

IsOurs = Callable[[str], bool]
"""Whether a domain is one of this server's."""


def honest(children: list[Element | str], is_ours: IsOurs) -> list[Element | str]:
    """The children without what the client cannot know; the same list where there is nothing of the kind."""
    if all(isinstance(child, str) or child.namespace not in _SUSPECT for child in children):
        return children
    kept = [child for child in children if isinstance(child, str) or not _is_forged(child, is_ours)]
    return children if len(kept) == len(children) else kept


def _is_forged(child: Element, is_ours: IsOurs) -> bool:
    if (child.namespace, child.name) in FORGED:
        return True
    return child.namespace == DELAY and child.name == "delay" and _is_our_stamp(child, is_ours)


def _is_our_stamp(delay: Element, is_ours: IsOurs) -> bool:
    """XEP-0203 §6: a stamp is worth as much as the one who is said to have set it."""
    try:
        return is_ours(Address.parse(delay.get("from")).domain)
    except Refused:
        return True
