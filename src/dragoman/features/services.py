"""All features of one server, joined: what protocols, administration and the application are given."""

from dataclasses import dataclass

from msgspec import Struct

from dragoman.core.authenticator import Authenticator
from dragoman.core.clock import Clock, Ids, Randomness
from dragoman.core.hooks import Hooks
from dragoman.core.policy import Domains
from dragoman.core.registry import Registry
from dragoman.core.router import AccountDestination, Router
from dragoman.core.stores import Stores
from dragoman.core.uploads import Contents
from dragoman.features.accounts import Accounts
from dragoman.features.block_presence import BlockPresence
from dragoman.features.blocking import Blocking
from dragoman.features.call_relays import CallRelays, RelayPoint
from dragoman.features.copies import Copies
from dragoman.features.devices import Devices
from dragoman.features.history import History
from dragoman.features.inboxes import Inboxes
from dragoman.features.limit_settings import Settings as LimitSettings
from dragoman.features.limits import Limits
from dragoman.features.markers import Markers
from dragoman.features.offline import Offline
from dragoman.features.preferences import Preferences
from dragoman.features.presence import Presences
from dragoman.features.references import References
from dragoman.features.room_rule import RoomRule
from dragoman.features.room_talk import RoomTalk
from dragoman.features.rooms import Rooms
from dragoman.features.rosters import Rosters
from dragoman.features.sessions import Sessions
from dragoman.features.subscriptions import Subscriptions
from dragoman.features.uploads import Settings as UploadSettings
from dragoman.features.uploads import Uploads


class Given(Struct, frozen=True, kw_only=True):
    """What the features stand on; ``secret`` is a key of this server that is in no database."""

    domains: Domains
    clock: Clock
    randomness: Randomness
    ids: Ids
    stores: Stores
    secret: bytes
    limits: LimitSettings = LimitSettings()
    relay: RelayPoint | None = None
    contents: Contents | None = None
    uploads: UploadSettings = UploadSettings()


@dataclass(slots=True)
class Services:
    """One server's features. ``authenticator`` is set by the application, which alone knows the back end."""

    domains: Domains
    clock: Clock
    randomness: Randomness
    ids: Ids
    stores: Stores
    hooks: Hooks
    registry: Registry
    router: Router
    accounts: Accounts
    sessions: Sessions
    rosters: Rosters
    presence: Presences
    subscriptions: Subscriptions
    blocking: Blocking
    preferences: Preferences
    history: History
    offline: Offline
    copies: Copies
    rooms: Rooms
    room_rule: RoomRule
    room_talk: RoomTalk
    references: References
    markers: Markers
    inboxes: Inboxes
    devices: Devices
    uploads: Uploads
    limits: Limits
    call_relays: CallRelays
    authenticator: Authenticator


def join(given: Given, authenticator: Authenticator) -> Services:
    """Build the features in the order in which an event meets them: limits and blocks first, copies last."""
    hooks, registry, domains, stores = Hooks(), Registry(), given.domains, given.stores
    router = Router(hooks)
    limiter = Limits(hooks, given.clock, domains, given.limits)
    accounts = Accounts(stores.accounts, hooks, domains)
    rosters = Rosters(stores.rosters, hooks, domains)
    blocking = Blocking(stores.blocks, hooks, domains)
    presences = Presences(hooks, registry, router, rosters, domains)
    BlockPresence(blocking, presences, rosters)
    subscriptions = Subscriptions(hooks, router, accounts, rosters, presences)
    preferences = Preferences(stores.preferences, hooks, rosters)
    history = History(stores.archive, hooks, given.ids, given.clock, accounts, domains, preferences)
    rooms = Rooms(stores.rooms, hooks, registry, given.clock, accounts, history, domains, given.secret)
    references = References(hooks, history, rooms, domains, given.clock)
    talk = RoomTalk(hooks, registry, rooms, history, stores.archive, given.ids, domains)
    copies = Copies(hooks, registry)
    deliver = AccountDestination(hooks, registry)
    markers = Markers(stores.markers)
    for domain in domains:
        router.add(domain.name, deliver)
        router.add(domain.rooms, talk)
    return Services(
        domains=domains,
        clock=given.clock,
        randomness=given.randomness,
        ids=given.ids,
        stores=stores,
        hooks=hooks,
        registry=registry,
        router=router,
        accounts=accounts,
        sessions=Sessions(hooks, registry, given.clock, accounts, presences, rooms, domains),
        rosters=rosters,
        presence=presences,
        subscriptions=subscriptions,
        blocking=blocking,
        preferences=preferences,
        history=history,
        offline=Offline(stores.archive, hooks),
        copies=copies,
        rooms=rooms,
        room_rule=RoomRule(rooms, router, given.clock, domains),
        room_talk=talk,
        references=references,
        markers=markers,
        inboxes=Inboxes(stores.inboxes, hooks, markers),
        uploads=Uploads(stores.uploads, given.contents, hooks, given.clock, given.randomness, given.uploads),
        devices=Devices(stores.devices, stores.accounts, given.clock, given.randomness),
        limits=limiter,
        call_relays=CallRelays(given.relay, given.clock),
        authenticator=authenticator,
    )
