"""What a logged-in client says: stanzas to those who handle them, and the few elements that are none."""

from dragoman.core.address import Address
from dragoman.core.errors import ProtocolError, Refused
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp import messages, presences, queries, stream_management
from dragoman.protocols.xmpp.client import Client
from dragoman.protocols.xmpp.ext import client_state
from dragoman.protocols.xmpp.messages import Left
from dragoman.protocols.xmpp.namespaces import CLIENT, CSI, STREAM_MANAGEMENT
from dragoman.protocols.xmpp.stanza import Stanza

_HANDLERS = {"presence": presences.handle, "iq": queries.handle}


def begin(client: Client, stanza: Stanza, *, behind: bool) -> Left | None:
    """Deal with one element, as far as that needs no waiting; ``ProtocolError`` where it breaks the stream.

    ``behind`` says that an earlier one is not wholly dealt with: see :func:`.messages.begin`.
    """
    top = stanza.element
    if top.namespace != CLIENT or top.name != "message":
        return Left(_handle(client, stanza))
    _check_sender(client, top)
    return messages.begin(client, stanza, behind=behind)


async def _handle(client: Client, stanza: Stanza) -> None:
    top = stanza.element
    if top.namespace != CLIENT:
        await _handle_nonza(client, top)
        return
    handler = _HANDLERS.get(top.name)
    if handler is None:
        raise ProtocolError("unsupported-stanza-type")
    _check_sender(client, top)
    client.unfinished += 1
    try:
        await handler(client, stanza)
    finally:
        client.handled()


def _check_sender(client: Client, top: Element) -> None:
    """RFC 6120 §8.1.2.1: a client speaks for itself."""
    sender = top.attributes.get("from")
    if sender is None:
        return
    try:
        address = Address.parse(sender)
    except Refused:
        raise ProtocolError("invalid-from") from None
    if address not in (client.session.address, client.session.account):
        raise ProtocolError("invalid-from")


async def _handle_nonza(client: Client, top: Element) -> None:
    if top.namespace == STREAM_MANAGEMENT and top.name in _MANAGEMENT:
        _MANAGEMENT[top.name](client, top)
    elif top.namespace == CSI:
        await client_state.handle(client, top)
    else:
        raise ProtocolError("unsupported-stanza-type")


def _write(client: Client, data: bytes) -> None:
    if client.caller is not None:
        client.caller.wire.write(data)


def _enable(client: Client, top: Element) -> None:
    if client.ledger is not None:  # XEP-0198 §3: once is enough
        _write(client, stream_management.failed("unexpected-request"))
        return
    server, seconds = client.server, client.server.settings.resume_seconds
    token = server.services.randomness.text(16) if top.get("resume") in ("true", "1") and seconds else ""
    _write(client, stream_management.enabled(token, seconds=seconds))
    client.ledger = stream_management.Ledger(token, max_stanzas=server.settings.max_unacknowledged)
    if token:
        server.remember(token, client)


def _request(client: Client, top: Element) -> None:
    if client.ledger is None:
        raise ProtocolError("unsupported-stanza-type", "stream management is not enabled")
    _write(client, client.ledger.answer())


def _answer(client: Client, top: Element) -> None:
    if client.ledger is None:
        raise ProtocolError("unsupported-stanza-type", "stream management is not enabled")
    handled = stream_management.read_count(top)
    if client.ledger.acknowledge(handled):
        client.acknowledged()
    elif client.caller is not None:
        detail = stream_management.too_high(handled, client.ledger.sent)
        client.caller.break_off("undefined-condition", "more was acknowledged than was sent", detail)


def _resume(client: Client, top: Element) -> None:
    _write(client, stream_management.failed("unexpected-request"))  # XEP-0198 §5: only instead of binding


_MANAGEMENT = {"enable": _enable, "r": _request, "a": _answer, "resume": _resume}
