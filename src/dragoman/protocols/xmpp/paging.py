"""Result Set Management (XEP-0059) over histories and lists."""

from msgspec import Struct

from dragoman.core.errors import Condition, Refused
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp.namespaces import RSM

DEFAULT_PAGE = 50


class Asked(Struct, frozen=True):
    """Which page: behind ``after``, before ``before``, or the last one (``newest``)."""

    limit: int = DEFAULT_PAGE
    after: str = ""
    before: str = ""
    newest: bool = False


def read(query: Element) -> Asked:
    """The page that a query asks for; the first where it says nothing."""
    rsm = query.child("set", RSM)
    if rsm is None:
        return Asked()
    if rsm.child("index") is not None:  # §2.4 leaves it to the server
        raise Refused(Condition.FEATURE_NOT_IMPLEMENTED, "pages are found by id, not by number")
    limit = rsm.child_text("max").strip()
    if limit and not (limit.isascii() and limit.isdigit()):
        raise Refused(Condition.BAD_REQUEST, "max is a number")
    before = rsm.child("before")
    return Asked(
        int(limit[:9]) if limit else DEFAULT_PAGE,
        rsm.child_text("after"),
        before.text if before is not None else "",
        before is not None,
    )


def answer(first: str = "", last: str = "", count: int | None = None) -> Element:
    """What a page was: its first and last id, and how many there are in all where that is known."""
    return element(
        "set",
        RSM,
        element("first", RSM, clean(first)) if first else None,
        element("last", RSM, clean(last)) if last else None,
        element("count", RSM, str(count)) if count is not None else None,
    )
