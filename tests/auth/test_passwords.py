"""What is kept of passwords."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import pytest
from tests.auth.house import ALICE, NOBODY, PASSWORD
from tests.world import FakeClock

from dragoman.auth.keys import Keys
from dragoman.auth.passwords import Passwords, grouped
from dragoman.auth.settings import PasswordSettings
from dragoman.core.clock import SystemRandomness
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import Credentials
from dragoman.formats import scram

T = TypeVar("T")


def make(settings: PasswordSettings | None = None, key: bytes = b"k" * 32) -> Passwords:
    randomness = SystemRandomness()
    return Passwords(Keys(key, randomness), randomness, FakeClock(), settings or PasswordSettings())


async def test_an_account_gets_a_verifier_of_each_hash_with_a_salt_of_its_own() -> None:
    credentials = await make().credentials(PASSWORD)
    assert set(credentials.verifiers) == {"SHA-256", "SHA-1"}
    assert len({verifier.salt for verifier in credentials.verifiers.values()}) == 2
    assert all(len(verifier.salt) == 16 and verifier.iterations == 4096 for verifier in credentials.verifiers.values())
    assert credentials.created_at == FakeClock().now()
    assert PASSWORD.encode() not in msgspec.msgpack.encode(credentials)


async def test_the_owner_chooses_how_costly_a_guess_is() -> None:
    credentials = await make(PasswordSettings(sha256_iterations=5000, sha1_iterations=6000)).credentials(PASSWORD)
    assert {hash: kept.iterations for hash, kept in credentials.verifiers.items()} == {"SHA-256": 5000, "SHA-1": 6000}
    for wrong in ({"sha256_iterations": 4095}, {"sha1_iterations": 10**9}, {"min_length": 0}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, PasswordSettings)


async def test_what_all_clients_prepare_alike_is_one_password() -> None:
    passwords = make()
    credentials = await passwords.credentials("ﬁve\u00a0words\u00ad")
    assert await passwords.matches(ALICE, credentials, "five words")
    assert not await passwords.matches(ALICE, credentials, "Five words")


@pytest.mark.parametrize(
    ("password", "text"),
    [("", "cannot be"), ("short", "at least 8"), ("x" * 1024, "cannot be"), ("line\nbreak", "cannot be")],
)
async def test_what_cannot_be_a_password_is_refused(password: str, text: str) -> None:
    with pytest.raises(Refused, match=text) as refused:
        await make().credentials(password)
    assert refused.value.condition is Condition.NOT_ACCEPTABLE


async def test_unknown_accounts_and_unpreparable_passwords_match_nothing() -> None:
    passwords = make()
    credentials = await passwords.credentials(PASSWORD)
    for account, kept, given in (
        (NOBODY, None, PASSWORD),
        (NOBODY, None, ""),
        (ALICE, Credentials({}), PASSWORD),
        (ALICE, credentials, "line\nbreak"),
        (ALICE, credentials, ""),
    ):
        assert not await passwords.matches(account, kept, given)


async def test_a_verifier_of_nobody_depends_on_the_name_the_hash_and_the_server() -> None:
    one, other = make(), make(key=b"x" * 32)
    made = [
        passwords.verifier(account, None, hash)
        for passwords in (one, other)
        for account in (ALICE, NOBODY)
        for hash in ("SHA-1", "SHA-256")
    ]
    assert len({verifier.salt for verifier in made}) == 8
    assert made[0] == make().verifier(ALICE, None, "SHA-1")
    assert [len(verifier.stored_key) for verifier in made[:2]] == [20, 32]
    real = (await one.credentials(PASSWORD)).verifiers
    assert all(len(verifier.salt) == len(real["SHA-1"].salt) for verifier in made)


async def test_slow_work_goes_where_the_server_wants_it() -> None:
    done = []

    async def run(work: Callable[[], T]) -> T:
        done.append(work)
        return work()

    randomness = SystemRandomness()
    passwords = Passwords(Keys(b"k" * 32, randomness), randomness, FakeClock(), PasswordSettings(), run)
    credentials = await passwords.credentials(PASSWORD)
    assert await passwords.matches(ALICE, credentials, PASSWORD)
    await passwords.matches(NOBODY, None, PASSWORD)
    assert len(done) == 3


def test_an_app_password_is_eighty_bits_in_groups_and_is_kept_sealed() -> None:
    passwords = make()
    shown, kept = passwords.app_password("oscar", "old laptop")
    assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
    assert set(shown) <= set("abcdefghijklmnopqrstuvwxyz234567-")
    assert (kept.protocol, kept.name) == ("oscar", "old laptop")
    assert shown.replace("-", "").encode() not in kept.sealed
    assert passwords.app_password("oscar", "old laptop")[0] != shown
    (clear,) = passwords.clear([kept], "oscar")
    assert grouped(clear) == shown


def test_an_app_password_may_be_typed_in_any_spelling() -> None:
    passwords = make()
    shown, kept = passwords.app_password("irc", "")
    for spelling in (shown, shown.upper(), shown.replace("-", ""), shown.replace("-", " "), f" {shown}\n"):
        assert passwords.matches_app([kept], "irc", spelling)
    for wrong in (shown[:-1], shown + "a", "", "♥"):
        assert not passwords.matches_app([kept], "irc", wrong)


def test_an_app_password_that_does_not_open_is_passed_over() -> None:
    passwords = make()
    _, foreign = make(key=b"x" * 32).app_password("irc", "")
    shown, kept = passwords.app_password("irc", "")
    moved = msgspec.structs.replace(kept, protocol="oscar")
    assert passwords.matches_app([foreign, kept], "irc", shown)
    assert passwords.clear([foreign, moved], "irc") == []
    assert passwords.clear([moved], "oscar") == [], "the seal knows for which protocol it was made"


async def test_a_scram_client_proves_what_was_made_here() -> None:
    kept = (await make().credentials(PASSWORD)).verifiers["SHA-256"]
    salted = scram.salted("SHA-256", PASSWORD, kept.salt, kept.iterations)
    assert scram.keys("SHA-256", salted) == (kept.stored_key, kept.server_key)
