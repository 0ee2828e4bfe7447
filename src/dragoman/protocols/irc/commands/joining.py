"""JOIN, PART, KICK, INVITE."""

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Presence, Role
from dragoman.core.moderation import RoleChange
from dragoman.core.room import Room
from dragoman.features.rooms import Entrance, Wish
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.isupport import TEXT_LENGTH
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.refusals import ANYTHING, ENTERING
from dragoman.protocols.irc.wire import cut


async def join(client: Client, line: Line) -> None:
    """JOIN channels with their keys; ``JOIN 0`` leaves all."""
    if line.params[0] == "0":
        for room in sorted(client.network.services.rooms.entered(client.opened.address)):
            await _leave(client, room, "")
        return
    keys = line.params[1].split(",") if len(line.params) > 1 else []
    channels = list(dict.fromkeys(filter(None, line.params[0].split(","))))
    for place, channel in enumerate(channels):
        await _join(client, channel, keys[place] if place < len(keys) else "")


async def _join(client: Client, channel: str, key: str) -> None:
    services = client.network.services
    room = client.network.people.room(channel, client.domain)
    if room is None:
        client.numeric(n.ERR_NOSUCHCHANNEL, channel)
        return
    entered = services.rooms.entered(client.opened.address)
    if room in entered:
        return
    if len(entered) >= client.network.settings.max_channels:
        client.numeric(n.ERR_TOOMANYCHANNELS, channel)
        return
    try:
        services.limits.spend(client.account)
        await enter(client, room, key=key)
    except Refused as refused:
        unopened = refused.condition is Condition.ITEM_NOT_FOUND and services.rooms.loaded(room) is not None
        client.refuse(n.ERR_UNAVAILRESOURCE if unopened else ENTERING[refused.condition], channel, refused)
        return
    for other in client.network.people.of(client.account):
        if other is not client and room not in services.rooms.entered(other.opened.address):
            try:
                await enter(other, room, key=key)
            except Refused:
                continue  # it has just gone, or is in too many rooms


async def enter(client: Client, room: Address, *, key: str) -> None:
    """Go in under the own nick; where somebody else has that in this room, under a similar one."""
    services, network = client.network.services, client.network
    session = client.opened
    if client.has(cap.READ_MARKER):
        client.read_up_to = await services.markers.get(client.account, room)
    shown = session.presence or Presence(sender=session.address, recipient=room)
    wish = Wish(network.settings.replay if client.has(cap.SERVER_TIME) and not client.has(cap.CHATHISTORY) else 0)
    mask = network.people.source(client.account, client.domain)
    for nick in (client.nick, f"{client.nick}_", f"{client.nick}__"):
        presence = Presence(sender=session.address, recipient=room.at(nick), show=shown.show, status=shown.status)
        entrance = Entrance(nick=nick, presence=presence, password=key, mask=mask, wish=wish)
        try:
            await services.rooms.enter(session, room, entrance)
            return
        except Refused as refused:
            if refused.condition is not Condition.CONFLICT or nick.endswith("__"):
                raise


async def part(client: Client, line: Line) -> None:
    """PART channels, with a reason."""
    reason = cut(line.params[1], TEXT_LENGTH) if len(line.params) > 1 else ""
    for channel in filter(None, line.params[0].split(",")):
        room = client.network.people.room(channel, client.domain)
        known = client.network.room(room) if room is not None else None
        if room is None or known is None:
            client.numeric(n.ERR_NOSUCHCHANNEL, channel)
        elif not known.is_inside(client.opened.address):
            client.numeric(n.ERR_NOTONCHANNEL, channel)
        else:
            await _leave(client, room, reason)


async def _leave(client: Client, room: Address, reason: str) -> None:
    """Several sessions of one account are one nick: all of them go."""
    network = client.network
    channel = network.people.channel(room, client.domain)
    source = network.people.source(client.account, client.domain)
    line = Line("PART", (channel, reason) if reason else (channel,), source)
    client.answer(line)
    for other in network.people.of(client.account):
        if room not in network.services.rooms.entered(other.opened.address):
            continue
        other.leaving = room
        try:
            await network.services.rooms.leave(other.opened, room, reason=reason)
        finally:
            other.leaving = None
        if other is not client:
            other.tell(line)


async def kick(client: Client, line: Line) -> None:
    """KICK nicks out of a channel."""
    channels, nicks = line.params[0].split(","), line.params[1].split(",")
    if len(channels) not in (1, len(nicks)):
        client.numeric(n.ERR_NEEDMOREPARAMS, "KICK")
        return
    reason = cut(line.params[2], TEXT_LENGTH) if len(line.params) > 2 else ""
    for place, nick in enumerate(nicks):
        await _kick(client, channels[place % len(channels)], nick, reason or client.nick)


async def _kick(client: Client, channel: str, nick: str, reason: str) -> None:
    found = _inside(client, channel)
    if found is None:
        return
    occupant = client.network.occupant(found, nick, client)
    if occupant is None:
        client.numeric(n.ERR_USERNOTINCHANNEL, nick, channel)
        return
    change = RoleChange(occupant.nick, Role.NONE, reason)
    try:
        await client.network.services.room_rule.set_roles(client.opened, found.address, [change])
    except Refused as refused:
        client.refuse(ANYTHING[refused.condition], channel, refused)


def _inside(client: Client, channel: str) -> Room | None:
    """The room of a channel that the client is in; else it is told what is wrong."""
    room = client.network.people.room(channel, client.domain)
    found = client.network.room(room) if room is not None else None
    if found is None or not found.occupants:
        client.numeric(n.ERR_NOSUCHCHANNEL, channel)
        return None
    if not found.is_inside(client.opened.address):
        client.numeric(n.ERR_NOTONCHANNEL, channel)
        return None
    return found


async def invite(client: Client, line: Line) -> None:
    """INVITE somebody into a channel; it may come in once, whatever the modes."""
    nick, channel = line.params[0], line.params[1]
    network = client.network
    found = _inside(client, channel)
    if found is None:
        return
    account = network.people.account(nick, client.domain)
    if account is None or not await network.services.accounts.exists(account):
        client.numeric(n.ERR_NOSUCHNICK, nick)
        return
    if account in found.accounts and found in network.meet(client.account, account):
        client.numeric(n.ERR_USERONCHANNEL, nick, channel)
        return
    try:
        network.services.limits.spend(client.account)
        await network.services.room_rule.invite(client.opened, found.address, account)
    except Refused as refused:
        client.refuse(ANYTHING[refused.condition], channel, refused)
        return
    client.numeric_said(n.RPL_INVITING, network.people.nick(account, client.domain), channel)
    away = network.away(account)
    if away and await network.may_see(client.account, account):
        client.numeric_said(n.RPL_AWAY, network.people.nick(account, client.domain), away)
