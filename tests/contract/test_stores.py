"""What an account has and what a room has, in every store: each sentence of ``core/stores.py``, over memory and over SQLite."""

from tests.contract.stores import ALICE, BOB, CAROL, ROOM, ids, message, said, said_in_room

from dragoman.core.address import Address
from dragoman.core.devices import Device
from dragoman.core.inbox import ConversationSettings, Preferences
from dragoman.core.model import (
    Affiliation,
    Native,
    Step,
    SubscriptionChange,
)
from dragoman.core.stores import (
    AppPassword,
    Credentials,
    HistoryPreferences,
    Keep,
    Kept,
    Mask,
    Query,
    RoomConfig,
    RoomRecord,
    RosterItem,
    Stores,
    Verifier,
)
from dragoman.core.uploads import Upload

CREDENTIALS = Credentials({"SHA-256": Verifier(b"salt\x00", 4096, b"\xff" * 32, b"\x00" * 32)}, created_at=1.5)


def device(id: str, account: Address = ALICE, used_at: float = 5.0) -> Device:
    return Device(id, account, id.encode() * 4, "Browser", 1.0, used_at, "192.0.2.1")


def upload(id: str, account: Address = ALICE, size: int = 7, at: float = 1.0, *, complete: bool = False) -> Upload:
    return Upload(id, account, "cat.png", "image/png", size, at, complete)


class TestAccounts:
    async def test_an_account_is_there_as_it_was_created(self, stores: Stores) -> None:
        assert await stores.accounts.create(ALICE, CREDENTIALS) is True
        assert await stores.accounts.get(ALICE) == CREDENTIALS
        assert await stores.accounts.get(BOB) is None

    async def test_creating_an_account_twice_changes_nothing(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        assert await stores.accounts.create(ALICE, Credentials({})) is False
        assert await stores.accounts.get(ALICE) == CREDENTIALS

    async def test_credentials_are_replaced_only_where_there_is_an_account(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        suspended = Credentials({}, enabled=False)
        assert await stores.accounts.replace(ALICE, suspended) is True
        assert await stores.accounts.get(ALICE) == suspended
        assert await stores.accounts.replace(BOB, suspended) is False
        assert await stores.accounts.get(BOB) is None

    async def test_an_account_goes_with_all_that_is_its_own(self, stores: Stores) -> None:
        for account in (ALICE, BOB):
            await stores.accounts.create(account, CREDENTIALS)
            await stores.accounts.add_app_password(account, AppPassword("1", "sip", "desk", b"x", 1.0))
            await stores.rosters.put(account, RosterItem(CAROL, listed=True))
            await stores.blocks.add(account, [CAROL])
            await stores.markers.set(account, CAROL, 7.0)
            await stores.inboxes.put(account, ConversationSettings(CAROL, pinned=True))
            await stores.inboxes.set_preferences(account, Preferences(receipts=False))
            await stores.devices.put(device(account.local, account))
            await stores.preferences.set(account, HistoryPreferences(Kept.NEVER))
        await stores.archive.append(said(1, keeps=(Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE)))
        assert await stores.accounts.remove(ALICE) is True
        assert await stores.accounts.get(ALICE) is None
        assert await stores.accounts.app_passwords(ALICE) == []
        assert await stores.rosters.load(ALICE) == []
        assert await stores.blocks.load(ALICE) == []
        assert await stores.markers.get(ALICE, CAROL) is None
        assert await stores.inboxes.load(ALICE) == await stores.devices.of(ALICE) == []
        assert await stores.inboxes.preferences(ALICE) is None
        assert ids(await stores.archive.query(Query(owner=ALICE))) == []
        # Nothing of the other's is gone.
        assert len(await stores.accounts.app_passwords(BOB)) == len(await stores.rosters.load(BOB)) == 1
        assert await stores.blocks.load(BOB) == [CAROL]
        assert await stores.markers.get(BOB, CAROL) == 7.0
        assert len(await stores.inboxes.load(BOB)) == len(await stores.devices.of(BOB)) == 1
        assert await stores.inboxes.preferences(BOB) == Preferences(receipts=False)
        assert await stores.preferences.all() == [(BOB, HistoryPreferences(Kept.NEVER))]
        assert ids(await stores.archive.query(Query(owner=BOB))) == [1]
        assert ids(await stores.archive.waiting(BOB)) == [1]

    async def test_who_takes_the_name_of_a_removed_account_inherits_nothing(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        await stores.archive.append(said(1))
        await stores.archive.append(said(2, message(2, sender=ALICE, recipient=CAROL), keeps=(Keep.ARCHIVE, 0)))
        await stores.accounts.remove(ALICE)
        await stores.accounts.create(ALICE, CREDENTIALS)
        assert await stores.archive.count(Query(owner=ALICE)) == 0
        assert await stores.archive.find(ALICE, None, id=2) is None
        assert await stores.archive.replace(2, message(2)) is False  # nobody had it any more

    async def test_there_is_nothing_to_remove_where_there_is_no_account(self, stores: Stores) -> None:
        await stores.archive.append(said(1))
        assert await stores.accounts.remove(ALICE) is False
        assert ids(await stores.archive.query(Query(owner=ALICE))) == [1]

    async def test_accounts_of_a_domain_come_in_pages_by_name(self, stores: Stores) -> None:
        for name in ("zoe", "alice", "émile", "bob"):
            await stores.accounts.create(Address(name, "example.org"), CREDENTIALS)
        await stores.accounts.create(CAROL, CREDENTIALS)
        first = await stores.accounts.page("example.org", limit=2)
        assert [account.local for account in first] == ["alice", "bob"]
        rest = await stores.accounts.page("example.org", after="bob")
        assert [account.local for account in rest] == ["zoe", "émile"]
        assert await stores.accounts.page("example.org", after="émile") == []
        assert await stores.accounts.count("example.org") == 4
        assert await stores.accounts.count("example.com") == 0

    async def test_app_passwords_come_and_go(self, stores: Stores) -> None:
        await stores.accounts.create(ALICE, CREDENTIALS)
        desk, mobile = (AppPassword(id, "sip", "phone", b"\x00\xff", 2.5) for id in ("a", "b"))
        await stores.accounts.add_app_password(ALICE, mobile)
        await stores.accounts.add_app_password(ALICE, desk)
        assert await stores.accounts.app_passwords(ALICE) == [desk, mobile]
        assert await stores.accounts.remove_app_password(ALICE, "a") is True
        assert await stores.accounts.remove_app_password(ALICE, "a") is False
        assert await stores.accounts.app_passwords(ALICE) == [mobile]
        assert await stores.accounts.app_passwords(BOB) == []


class TestRosters:
    async def test_items_come_whole_and_in_the_order_of_their_addresses(self, stores: Stores) -> None:
        ask = SubscriptionChange(
            sender=CAROL, recipient=ALICE, step=Step.SUBSCRIBE, status="hi", native=Native("xmpp", b"\xff")
        )
        items = [
            RosterItem(Address("bob", "example.org"), "Bob", ("Friends", "Work"), to=True, from_=True, listed=True),
            RosterItem(Address("carol", "example.net"), request=ask, version=3),
            RosterItem(Address("", "gateway.example.org"), removed=True, version=9),
        ]
        for item in items:
            await stores.rosters.put(ALICE, item)
        assert await stores.rosters.load(ALICE) == sorted(items, key=lambda item: item.contact)
        assert await stores.rosters.load(BOB) == []

    async def test_an_item_replaces_the_one_of_the_same_contact(self, stores: Stores) -> None:
        await stores.rosters.put(ALICE, RosterItem(BOB, "Bob"))
        await stores.rosters.put(ALICE, RosterItem(BOB, "Robert", version=2))
        assert await stores.rosters.load(ALICE) == [RosterItem(BOB, "Robert", version=2)]

    async def test_a_forgotten_item_leaves_no_trace(self, stores: Stores) -> None:
        await stores.rosters.put(ALICE, RosterItem(BOB))
        await stores.rosters.forget(ALICE, BOB)
        await stores.rosters.forget(ALICE, CAROL)
        assert await stores.rosters.load(ALICE) == []


class TestBlocks:
    async def test_addresses_are_blocked_once_each_and_unblocked(self, stores: Stores) -> None:
        whole_domain, session = Address("", "spam.example"), BOB.at("phone/2 @home")
        await stores.blocks.add(ALICE, [BOB, whole_domain])
        await stores.blocks.add(ALICE, [BOB, session])
        assert await stores.blocks.load(ALICE) == sorted([BOB, whole_domain, session])
        await stores.blocks.remove(ALICE, [BOB, CAROL])
        assert await stores.blocks.load(ALICE) == sorted([whole_domain, session])
        assert await stores.blocks.load(BOB) == []
        await stores.blocks.add(ALICE, [])
        assert len(await stores.blocks.load(ALICE)) == 2


class TestMarkers:
    async def test_a_marker_moves_forward_and_never_back(self, stores: Stores) -> None:
        assert await stores.markers.get(ALICE, BOB) is None
        assert await stores.markers.set(ALICE, BOB, 10.5) == 10.5
        assert await stores.markers.set(ALICE, BOB, 4.0) == 10.5
        assert await stores.markers.get(ALICE, BOB) == 10.5
        assert await stores.markers.set(ALICE, BOB, 11.0) == 11.0
        assert await stores.markers.get(ALICE, CAROL) is None


class TestPreferences:
    async def test_only_those_are_kept_who_want_something_else_than_usual(self, stores: Stores) -> None:
        assert await stores.preferences.all() == []
        some = HistoryPreferences(Kept.ROSTER, (CAROL.at("phone"),), (ALICE, CAROL))
        for account, wanted in ((BOB, some), (ALICE, HistoryPreferences(Kept.NEVER)), (CAROL, HistoryPreferences())):
            await stores.preferences.set(account, wanted)
        assert await stores.preferences.all() == [(ALICE, HistoryPreferences(Kept.NEVER)), (BOB, some)]
        await stores.preferences.set(BOB, HistoryPreferences())
        await stores.preferences.set(ALICE, some)
        assert await stores.preferences.all() == [(ALICE, some)]


class TestRooms:
    RECORD = RoomRecord(
        ROOM,
        RoomConfig(title="Team", password="sécret", max_occupants=9, members_only=True),
        affiliations=((ALICE, Affiliation.OWNER, "", "al"), (BOB, Affiliation.OUTCAST, "spam", "")),
        masks=(Mask("ban", "*!*@evil.example", "alice", 3.5),),
        subject="Today\n☂",
        subject_author="alice",
        subject_at=2.25,
        created_at=1.0,
    )

    async def test_a_room_is_loaded_as_it_was_saved_last(self, stores: Stores) -> None:
        assert await stores.rooms.load(ROOM) is None
        await stores.rooms.save(RoomRecord(ROOM))
        await stores.rooms.save(self.RECORD)
        assert await stores.rooms.load(ROOM) == self.RECORD

    async def test_a_removed_room_takes_its_archive_with_it(self, stores: Stores) -> None:
        await stores.rooms.save(self.RECORD)
        await stores.archive.append(said_in_room(1))
        await stores.archive.append(said(2))
        assert await stores.rooms.remove(ROOM) is True
        assert await stores.rooms.remove(ROOM) is False
        assert await stores.rooms.load(ROOM) is None
        assert await stores.archive.count(Query(owner=ROOM)) == 0
        assert await stores.archive.count(Query(owner=ALICE)) == 1

    async def test_all_rooms_of_a_domain(self, stores: Stores) -> None:
        others = [RoomRecord(Address(name, "rooms.example.org")) for name in ("a", "z")]
        for record in (self.RECORD, *others, RoomRecord(Address("team", "rooms.example.net"))):
            await stores.rooms.save(record)
        assert await stores.rooms.all("rooms.example.org") == [others[0], self.RECORD, others[1]]
        assert await stores.rooms.all("example.org") == []


async def test_everything_is_still_there_after_closing_and_opening(stores: Stores) -> None:
    await stores.accounts.create(ALICE, CREDENTIALS)
    await stores.rosters.put(ALICE, RosterItem(BOB))
    await stores.markers.set(ALICE, BOB, 1.0)
    await stores.preferences.set(ALICE, HistoryPreferences(Kept.NEVER))
    await stores.archive.append(said(1, keeps=(Keep.ARCHIVE, Keep.OFFLINE), dedup="name"))
    await stores.close()
    await stores.open()
    assert await stores.accounts.get(ALICE) == CREDENTIALS
    assert await stores.rosters.load(ALICE) == [RosterItem(BOB)]
    assert await stores.markers.get(ALICE, BOB) == 1.0
    assert await stores.preferences.all() == [(ALICE, HistoryPreferences(Kept.NEVER))]
    assert ids(await stores.archive.query(Query(owner=ALICE, text="hello"))) == [1]
    assert ids(await stores.archive.waiting(BOB)) == [1]
    assert await stores.archive.append(said(2, dedup="name")) == 1
    assert await stores.archive.last_id() == 1


class TestInboxes:
    async def test_settings_are_kept_for_each_conversation(self, stores: Stores) -> None:
        assert await stores.inboxes.load(ALICE) == []
        settings = ConversationSettings(BOB, "Dear Bob", "mentions", True, True, True, "al", "sesame", 3)
        await stores.inboxes.put(ALICE, settings)
        await stores.inboxes.put(ALICE, ConversationSettings(CAROL))
        await stores.inboxes.put(BOB, ConversationSettings(ALICE))
        assert await stores.inboxes.load(ALICE) == sorted([settings, ConversationSettings(CAROL)], key=lambda s: s.peer)
        await stores.inboxes.put(ALICE, ConversationSettings(BOB, version=4))
        assert ConversationSettings(BOB, version=4) in await stores.inboxes.load(ALICE)
        assert len(await stores.inboxes.load(ALICE)) == 2

    async def test_preferences_are_as_they_were_set(self, stores: Stores) -> None:
        assert await stores.inboxes.preferences(ALICE) is None
        for preferences in (Preferences(status="Lunch", client='{"a": "\u00e9"}', version=1), Preferences(version=2)):
            await stores.inboxes.set_preferences(ALICE, preferences)
            assert await stores.inboxes.preferences(ALICE) == preferences


class TestDevices:
    async def test_a_device_is_found_by_its_digest(self, stores: Stores) -> None:
        await stores.devices.put(device("1"))
        assert await stores.devices.find(b"1111") == device("1")
        assert await stores.devices.find(b"2222") is None

    async def test_devices_are_listed_and_removed_by_account(self, stores: Stores) -> None:
        for each in (device("2"), device("1"), device("3", BOB)):
            await stores.devices.put(each)
        await stores.devices.put(device("1", used_at=9.0))
        assert await stores.devices.of(ALICE) == [device("1", used_at=9.0), device("2")]
        assert await stores.devices.remove(ALICE, "3") is False
        assert await stores.devices.remove(ALICE, "1") is True
        assert await stores.devices.of(ALICE) == [device("2")]
        assert await stores.devices.find(b"1111") is None

    async def test_what_was_not_used_for_long_expires(self, stores: Stores) -> None:
        for id, used_at in (("1", 9.0), ("2", 3.0), ("3", 2.0)):
            await stores.devices.put(device(id, used_at=used_at))
        assert [gone.id for gone in await stores.devices.expire(before=5.0)] == ["3", "2"]
        assert [left.id for left in await stores.devices.of(ALICE)] == ["1"]


class TestUploads:
    async def test_a_file_is_kept_as_it_was_put(self, stores: Stores) -> None:
        assert await stores.uploads.get("1") is None
        for state in (upload("1"), upload("1", size=5, complete=True)):
            await stores.uploads.put(state)
            assert await stores.uploads.get("1") == state

    async def test_an_account_has_so_many_files_of_such_a_size(self, stores: Stores) -> None:
        assert await stores.uploads.used(ALICE) == 0
        for each in (upload("b", at=2.0), upload("a", at=3.0), upload("c", BOB, 100)):
            await stores.uploads.put(each)
        assert [each.id for each in await stores.uploads.of(ALICE)] == ["b", "a"]
        assert await stores.uploads.used(ALICE) == 14
        assert await stores.uploads.remove("a") is True
        assert await stores.uploads.remove("a") is False
        assert await stores.uploads.used(ALICE) == 7

    async def test_old_files_are_found_by_whether_they_are_whole(self, stores: Stores) -> None:
        for each in (upload("1", at=1.0), upload("2", at=2.0, complete=True), upload("3", at=9.0)):
            await stores.uploads.put(each)
        assert [old.id for old in await stores.uploads.old(before=5.0, complete=False)] == ["1"]
        assert [old.id for old in await stores.uploads.old(before=5.0, complete=True)] == ["2"]
