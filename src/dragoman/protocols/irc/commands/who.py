"""WHO and WHOX (modern IRC §WHO, IRCv3 whox)."""

from msgspec import Struct
from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.masks import matches
from dragoman.core.model import OccupantView
from dragoman.core.presence import is_away
from dragoman.core.room import Occupant, Room
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.wire import cut, one_line

#: How many people one WHO may list.
MAX_LISTED = 1000
_FIELDS = "tcuihsnfdlaor"


class Seen(Struct, frozen=True):
    """Somebody as WHO tells of them; ``standing`` are the signs in ``channel``, ``flags`` H or G with a star and B."""

    channel: str
    nick: str
    user: str
    host: str
    realname: str
    account: str
    away: bool = False
    operator: bool = False
    bot: bool = False
    standing: str = ""


async def who(client: Client, line: Line) -> None:
    """WHO a channel, or whoever fits a mask among those that the client may see."""
    mask = line.params[0] if line.params else "*"
    option = line.params[1] if len(line.params) > 1 else ""
    modifiers, percent, fields = option.partition("%")
    if mask[:1] == "#":
        seen = _in_channel(client, mask)
    else:
        seen = await _by_mask(client, "*" if mask in ("0", "") else mask)
    if "o" in modifiers:
        seen = [person for person in seen if person.operator]
    for person in seen[:MAX_LISTED]:
        if percent:
            _tell_fields(client, person, fields)
        else:
            _tell(client, person)
    client.numeric(n.RPL_ENDOFWHO, mask)


def _in_channel(client: Client, channel: str) -> list[Seen]:
    address = client.network.people.room(channel, client.domain)
    room = client.network.room(address) if address is not None else None
    if room is None:
        return []
    viewer = room.accounts.get(client.account)
    if viewer is None and not room.config.public:
        return []
    return [
        _seen_in(client, room, occupant, viewer)
        for occupant in room.occupants.values()
        if viewer is not None or not _is_invisible(client, occupant.account)
    ]


def _seen_in(client: Client, room: Room, occupant: Occupant, viewer: Occupant | None) -> Seen:
    network = client.network
    view: OccupantView = room.shown(room.view(occupant), viewer)
    name, _, mask = network.people.occupant_source(view, room.address, client).partition("!")
    user, _, host = mask.partition("@")
    account = network.people.known_account(view, room.address)
    return Seen(
        channel=network.people.channel(room.address, client.domain),
        nick=name,
        user=user,
        host=host,
        realname=network.realname(account, view.nick),
        account=network.account_shown(view, room.address, client.domain),
        away=is_away(occupant.presence()),
        operator=account is not None and network.has_mode(account, "o"),
        bot=account is not None and network.has_mode(account, "B"),
        standing=network.people.prefixes(view),
    )


async def _by_mask(client: Client, mask: str) -> list[Seen]:
    network = client.network
    named = network.people.account(mask, client.domain) if "*" not in mask and "?" not in mask else None
    if "*" not in mask and "?" not in mask:
        accounts = [named] if named is not None else []
    else:
        accounts = network.services.registry.accounts()
    found: list[Seen] = []
    for account in accounts:
        # What is cheap comes first: a mask is held against everybody who is connected.
        if not _fits(mask, _described(client, account)):
            continue
        person = await seen(client, account, named=account is named)
        if person is not None:
            found.append(person)
        if len(found) == MAX_LISTED:
            break
    return found


def _fits(mask: str, person: Seen) -> bool:
    return any(matches(mask, text) for text in (person.nick, person.user, person.host, person.realname, person.account))


async def seen(client: Client, account: Address, *, named: bool = False) -> Seen | None:
    """An account that is here, if the client may see it: an invisible one only where they share a channel, or where the
    client named it (modern IRC §User Modes)."""
    network = client.network
    presence = network.services.presence.current(account)
    if presence is None or not await network.may_see(client.account, account):
        return None
    if not named and _is_invisible(client, account) and not network.meet(client.account, account):
        return None
    person = _described(client, account)
    operator, bot = network.has_mode(account, "o"), network.has_mode(account, "B")
    return replace(person, away=is_away(presence), operator=operator, bot=bot)


def _described(client: Client, account: Address) -> Seen:
    """How an account is called."""
    network = client.network
    name, _, mask = network.people.source(account, client.domain).partition("!")
    user, _, host = mask.partition("@")
    guest = network.services.accounts.is_guest(account)
    known = "" if guest else network.account_name(account, client.domain)
    return Seen("*", name, user, host, network.realname(account, name), known)


def _is_invisible(client: Client, account: Address) -> bool:
    return client.network.has_mode(account, "i")


def _flags(client: Client, person: Seen) -> str:
    standing = person.standing if client.has(cap.MULTI_PREFIX) else person.standing[:1]
    return f"{'G' if person.away else 'H'}{'*' * person.operator}{'B' * person.bot}{standing}"


def _tell(client: Client, person: Seen) -> None:
    last = f"0 {cut(one_line(person.realname), TEXT_LENGTH // 2)}"
    client.numeric_said(
        n.RPL_WHOREPLY,
        person.channel,
        person.user,
        person.host,
        client.network.name,
        person.nick,
        _flags(client, person),
        last,
    )


def _tell_fields(client: Client, person: Seen, wanted: str) -> None:
    letters, _, token = wanted.partition(",")
    values = {
        "t": token[:3] or "0",
        "c": person.channel,
        "u": person.user,
        "i": "255.255.255.255",  # whox §Fields: what is said instead of an address that is nobody's business
        "h": person.host,
        "s": client.network.name,
        "n": person.nick,
        "f": _flags(client, person),
        "d": "0",
        "l": "0",
        "a": person.account or "0",
        "o": "n/a",
        "r": cut(one_line(person.realname), TEXT_LENGTH // 2),
    }
    client.numeric_said(n.RPL_WHOSPCRPL, *[values[field] for field in _FIELDS if field in letters])
