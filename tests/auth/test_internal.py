"""Accounts of this server: passwords changed, app passwords, certificates, and a store that fails."""

import pytest
from tests.auth.house import ALICE, NOBODY, PASSWORD, TLS, House, failure, make_house

from dragoman.auth.internal import fingerprint, is_registered
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed
from dragoman.core.endpoint import Assurance
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import AppPassword, Credentials, StorageFailed


async def assurance(house: House, protocol: str, password: str, *, main: bool = True) -> Assurance | str:
    try:
        return (await house.accounts.prove(protocol, ALICE, password, remote="", main=main)).assurance
    except AuthenticationFailed as failed:
        return failed.condition


async def test_a_changed_password_is_the_only_one() -> None:
    house = await make_house()
    await house.accounts.add_certificate(ALICE, b"der")
    before = await house.store.get(ALICE)
    await house.accounts.change_password(ALICE, "another horse")
    assert await assurance(house, "xmpp", PASSWORD) == "not-authorized"
    assert await assurance(house, "xmpp", "another horse") is Assurance.FULL
    after = await house.store.get(ALICE)
    assert before is not None
    assert after is not None
    assert (after.enabled, after.created_at, after.certificates) == (True, before.created_at, before.certificates)


async def test_changes_of_no_account_and_to_no_password_are_refused() -> None:
    house = await make_house()
    with pytest.raises(Refused) as refused:
        await house.accounts.change_password(ALICE, "short")
    assert refused.value.condition is Condition.NOT_ACCEPTABLE
    for change in (
        house.accounts.change_password(NOBODY, PASSWORD),
        house.accounts.add_app_password(NOBODY, "irc", ""),
        house.accounts.add_certificate(NOBODY, b"der"),
    ):
        with pytest.raises(Refused) as refused:
            await change
        assert refused.value.condition is Condition.ITEM_NOT_FOUND
    assert await assurance(house, "xmpp", PASSWORD) is Assurance.FULL


async def test_an_app_password_can_be_revoked() -> None:
    house = await make_house()
    desk, kept = await house.accounts.add_app_password(ALICE, "irc", "desk")
    phone, _ = await house.accounts.add_app_password(ALICE, "irc", "phone")
    assert await assurance(house, "irc", desk) is Assurance.LOW
    await house.store.remove_app_password(ALICE, kept.id)
    assert await assurance(house, "irc", desk) == "not-authorized"
    assert await assurance(house, "irc", phone) is Assurance.LOW
    assert await assurance(house, "irc", PASSWORD) is Assurance.FULL


async def test_where_only_app_passwords_count_the_main_one_does_not() -> None:
    house = await make_house()
    made, _ = await house.accounts.add_app_password(ALICE, "irc", "")
    assert await assurance(house, "irc", PASSWORD, main=False) == "not-authorized"
    assert await assurance(house, "irc", made, main=False) is Assurance.LOW


async def test_old_protocols_get_the_clear_app_passwords_of_their_own() -> None:
    house = await make_house()
    shown, _ = await house.accounts.add_app_password(ALICE, "oscar", "")
    await house.accounts.add_app_password(ALICE, "irc", "")
    assert await house.accounts.clear_app_passwords(ALICE, "oscar") == [shown, shown.replace("-", "")]
    assert await house.accounts.clear_app_passwords(ALICE, "sip") == []
    assert await house.accounts.clear_app_passwords(NOBODY, "oscar") == []
    await house.suspend(ALICE)
    assert await house.accounts.clear_app_passwords(ALICE, "oscar") == []


async def test_certificates_are_registered_once_and_removed() -> None:
    house = await make_house()
    first = await house.accounts.add_certificate(ALICE, b"one")
    await house.accounts.add_certificate(ALICE, b"two")
    await house.accounts.add_certificate(ALICE, b"one")
    credentials = await house.store.get(ALICE)
    assert credentials is not None
    assert credentials.certificates == (fingerprint(b"two"), fingerprint(b"one"))
    assert is_registered(b"one", credentials)
    await house.accounts.remove_certificate(ALICE, first)
    credentials = await house.store.get(ALICE)
    assert credentials is not None
    assert not is_registered(b"one", credentials)


async def test_a_store_that_fails_is_a_temporary_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    async def get(account: Address) -> Credentials | None:
        raise StorageFailed("the disk is gone")

    async def app_passwords(account: Address) -> list[AppPassword]:
        raise StorageFailed("the disk is gone")

    house = await make_house()
    words = f"\0alice\0{PASSWORD}".encode()
    for name, broken in (("app_passwords", app_passwords), ("get", get)):
        monkeypatch.setattr(house.store, name, broken)
        assert await failure(house.begin("PLAIN"), words) == "temporary-auth-failure"
    assert await failure(house.begin("SCRAM-SHA-1"), b"n,,n=alice,r=abc") == "temporary-auth-failure"
    assert await failure(house.begin("ANONYMOUS"), b"") == "temporary-auth-failure"


async def test_failures_count_over_all_protocols() -> None:
    house = await make_house()
    for protocol in ("xmpp", "irc") * 6:
        with pytest.raises(AuthenticationFailed):
            await house.authenticator.check_password(protocol, ALICE, "wrong password", TLS)
    with pytest.raises(AuthenticationFailed, match=r"temporary-auth-failure.*try again in 2 seconds"):
        await house.authenticator.check_password("msnp", ALICE, PASSWORD, TLS)
    house.clock.advance(2)
    await house.authenticator.check_password("msnp", ALICE, PASSWORD, TLS)
