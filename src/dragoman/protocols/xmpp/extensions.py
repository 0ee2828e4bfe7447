"""All extensions that answer questions, in one list; and a server that has them."""

from collections.abc import Iterable

from dragoman.features.services import Services
from dragoman.protocols.xmpp.ext import (
    archive,
    blocking,
    carbons,
    disco,
    external_services,
    moderation,
    ping,
    registration,
    room_admin,
    room_owner,
    roster,
    session,
    uploads,
    version,
    voice,
)
from dragoman.protocols.xmpp.namespaces import (
    CONFERENCE,
    CORRECTION,
    CSI,
    HINTS,
    MUC,
    MUC_STABLE_ID,
    OCCUPANT_ID,
    REACTIONS,
    RECEIPTS,
    REPLY,
    RETRACTION,
    RSM,
    STREAM_LIMITS,
    STREAM_MANAGEMENT,
)
from dragoman.protocols.xmpp.server import Features, Handlers, Server, Target
from dragoman.protocols.xmpp.settings import Settings

EXTENSIONS: tuple[Handlers, ...] = (
    archive.HANDLERS,
    blocking.HANDLERS,
    carbons.HANDLERS,
    disco.HANDLERS,
    moderation.HANDLERS,
    ping.HANDLERS,
    registration.HANDLERS,
    roster.HANDLERS,
    room_admin.HANDLERS,
    room_owner.HANDLERS,
    session.HANDLERS,
    version.HANDLERS,
)

#: What is not asked for by an iq and yet offered; ``msgoffline`` is XEP-0160's.
_MORE: Features = {
    Target.SERVER: ("msgoffline", STREAM_MANAGEMENT, CSI, RSM, STREAM_LIMITS),
    Target.ACCOUNT: (RSM,),
    Target.ROOMS: (MUC, MUC_STABLE_ID, RSM, CONFERENCE),
    Target.ROOM: (
        MUC,
        MUC_STABLE_ID,
        OCCUPANT_ID,
        HINTS,
        CORRECTION,
        RETRACTION,
        REACTIONS,
        REPLY,
        RECEIPTS,
        RSM,
        CONFERENCE,
    ),
}
_FEATURES: tuple[Features, ...] = (
    disco.FEATURES,
    archive.FEATURES,
    blocking.FEATURES,
    carbons.FEATURES,
    moderation.FEATURES,
    ping.FEATURES,
    registration.FEATURES,
    version.FEATURES,
    voice.FEATURES,
    _MORE,
)


def build(services: Services, settings: Settings) -> Server:
    """What all listeners of one server share."""
    handlers, features = EXTENSIONS, _FEATURES
    if services.call_relays.offered:
        handlers, features = (*handlers, external_services.HANDLERS), (*features, external_services.FEATURES)
    if services.uploads.offered:
        handlers, features = (*handlers, uploads.HANDLERS), (*features, uploads.FEATURES)
    server = Server(services, settings, _joined(handlers), _listed(features))
    roster.install(server)
    blocking.install(server)
    return server


def _joined(tables: Iterable[Handlers]) -> Handlers:
    return {key: handler for table in tables for key, handler in table.items()}


def _listed(tables: Iterable[Features]) -> Features:
    listed: dict[Target, list[str]] = {target: [] for target in Target}
    for table in tables:
        for target, features in table.items():
            listed[target].extend(features)
    return {target: tuple(dict.fromkeys(features)) for target, features in listed.items()}
