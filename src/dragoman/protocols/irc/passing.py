"""What one IRC client says to another, passed on as bytes.

The text was parsed and validated when it came in; only its source, its target and the tags that each receiver is to see
are put around it. This is the way of nearly everything that is said, so it makes no lines and no mappings.
"""

from dragoman.core.address import Address
from dragoman.core.clock import id_moment, id_number
from dragoman.core.model import Talk
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc.client import Client
from dragoman.protocols.irc.timestamps import write_moment
from dragoman.protocols.irc.wire import PROTOCOL, escape

_TAGGED = cap.SERVER_TIME | cap.ACCOUNT_TAG | cap.MESSAGE_TAGS


def passed(client: Client, event: Talk, to: str) -> bytes | None:
    """The bytes of an event that came from IRC, empty where this client is not to see it; None where it came from
    elsewhere. ``to`` is the target that it names."""
    native = event.native
    if native is None or native.protocol != PROTOCOL:
        return None
    head, _, body = native.data.partition(b"\n")
    command, _, text = body.partition(b" ")
    enabled = client.connection.negotiation.enabled
    tags = _tags(client, event, head, enabled) if enabled & _TAGGED else b""
    source = _source(client, event)
    if command == b"TAGMSG":
        return b"%b:%b TAGMSG %b\r\n" % (tags, source, to.encode()) if enabled & cap.MESSAGE_TAGS else b""
    return b"%b:%b %b %b :%b\r\n" % (tags, source, command, to.encode(), text)


def _source(client: Client, event: Talk) -> bytes:
    people = client.network.people
    if event.occupant is not None:
        return people.occupant_source(event.occupant, event.sender, client).encode()
    return people.speaker(event.sender, client.domain).encode()


def _tags(client: Client, event: Talk, head: bytes, enabled: int) -> bytes:
    tags = ""
    account = speaker(client, event)
    if enabled & cap.SERVER_TIME:
        tags = f";time={write_moment(moment_of(client, event))}"
    if enabled & cap.ACCOUNT_TAG and account is not None:
        name = client.network.tags_of(account, client.domain).get("account")
        tags += f";account={escape(name)}" if name else ""
    if enabled & cap.MESSAGE_TAGS:
        tags += f";msgid={event.archive_id}" if event.archive_id else ""
        tags += ";bot" if account in client.network.bots else ""
        tags += f";{head.decode()}" if head else ""
    return f"@{tags[1:]} ".encode() if tags else b""


def moment_of(client: Client, event: Talk) -> float:
    """When something was said: now, where it is not kept and has no moment of its own."""
    if event.sent_at is not None:
        return event.sent_at
    number = id_number(event.archive_id) if event.archive_id else None
    return id_moment(number) if number is not None else client.network.services.clock.now()


def speaker(client: Client, event: Talk) -> Address | None:
    """The account of whoever said it, as far as this client may know it."""
    network = client.network
    if event.occupant is not None:
        return network.people.known_account(event.occupant, event.sender)
    return event.sender.bare if network.services.domains.of_rooms(event.sender.domain) is None else None
