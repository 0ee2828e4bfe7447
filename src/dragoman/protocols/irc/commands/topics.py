"""TOPIC, NAMES and LIST."""

import re
from collections.abc import Callable

from dragoman.core.errors import Refused
from dragoman.core.masks import matches
from dragoman.core.model import RoomEvent
from dragoman.core.room import Room
from dragoman.protocols.irc import channels
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.refusals import ANYTHING
from dragoman.protocols.irc.wire import cut, one_line

_CONDITION = re.compile(r"([CT]?)([<>])(\d{1,9})", re.IGNORECASE)
Filter = Callable[[Room, str], bool]


async def topic(client: Client, line: Line) -> None:
    """TOPIC: asked for, or set."""
    channel = line.params[0]
    address = client.network.people.room(channel, client.domain)
    room = client.network.room(address) if address is not None else None
    if room is None:
        client.numeric(n.ERR_NOSUCHCHANNEL, channel)
        return
    if not room.is_inside(client.opened.address) and (len(line.params) > 1 or not room.config.public):
        client.numeric(n.ERR_NOTONCHANNEL, channel)
        return
    if len(line.params) > 1:
        await _set(client, room, channel, cut(line.params[1], TEXT_LENGTH))
    elif room.subject:
        channels.topic(client, channel, room.subject, room.subject_author, room.subject_at)
    else:
        client.numeric(n.RPL_NOTOPIC, channel)


async def _set(client: Client, room: Room, channel: str, subject: str) -> None:
    try:
        client.network.services.limits.spend(client.account)
        await client.network.services.room_rule.set_subject(client.opened, room.address, subject)
    except Refused as refused:
        client.refuse(ANYTHING[refused.condition], channel, refused)


async def names(client: Client, line: Line) -> None:
    """NAMES of channels. Without one there is no answer but the end: not everybody is everybody's business."""
    if not line.params or not line.params[0]:
        client.numeric(n.RPL_ENDOFNAMES, "*")
        return
    for channel in dict.fromkeys(filter(None, line.params[0].split(","))):
        address = client.network.people.room(channel, client.domain)
        room = client.network.room(address) if address is not None else None
        if room is not None:
            _names(client, room)
        shown = client.network.people.channel(room.address, client.domain) if room else channel
        client.numeric(n.RPL_ENDOFNAMES, shown)


def _names(client: Client, room: Room) -> None:
    viewer = room.accounts.get(client.account)
    if viewer is None and not room.config.public:
        return
    views = [room.shown(room.view(occupant), viewer) for occupant in room.occupants.values()]
    if viewer is None:
        views = [
            view
            for view, occupant in zip(views, room.occupants.values(), strict=True)
            if not any("i" in other.modes for other in client.network.people.of(occupant.account))
        ]
    if views:
        channel = client.network.people.channel(room.address, client.domain)
        channels.names(client, channel, views, room.change(RoomEvent.PRESENCE))


async def list_channels(client: Client, line: Line) -> None:
    """LIST: channels that are there to be found, and the client's own; ELIST filters (modern IRC §LIST)."""
    network = client.network
    domain = network.services.domains.of_accounts(client.domain)
    wanted = [item for param in line.params[:1] for item in param.split(",") if item]
    filters = [_filter(client, item) for item in wanted if _is_condition(item)]
    named = [item for item in wanted if not _is_condition(item)]
    client.numeric_said(n.RPL_LISTSTART, "Channel", "Users  Topic")
    for room in await network.services.rooms.visible(domain, client.account) if domain is not None else []:
        channel = network.people.channel(room.address, client.domain)
        if not room.occupants and not room.config.persistent:
            continue
        if named and not any(matches(name, channel) for name in named):
            continue
        if all(passes(room, channel) for passes in filters):
            text = cut(one_line(room.subject or room.config.title), TEXT_LENGTH)
            client.numeric_said(n.RPL_LIST, channel, str(len(room.occupants)), text)
    client.numeric(n.RPL_LISTEND)


def _is_condition(item: str) -> bool:
    return item[0] == "!" or _CONDITION.fullmatch(item) is not None


def _filter(client: Client, item: str) -> Filter:
    """One ELIST condition: N (a mask that must not fit), U (users), C (created) and T (topic set), in minutes ago."""
    if item[0] == "!":
        return lambda room, channel: not matches(item[1:], channel)
    found = _CONDITION.fullmatch(item)
    kind, sign, number = (found[1].upper(), found[2], int(found[3])) if found else ("", ">", -1)
    now = client.network.services.clock.now()

    def passes(room: Room, channel: str) -> bool:
        moment = {"C": room.created_at, "T": room.subject_at}.get(kind)
        if kind and moment is None:
            return False
        amount = (now - moment) / 60 if moment is not None else len(room.occupants)
        return amount > number if sign == ">" else amount < number

    return passes
