from typing import Any

import pytest

from dragoman.admin.command import perform
from dragoman.admin.commands import COMMANDS
from dragoman.admin.office import Office
from dragoman.core.errors import Condition, Refused

AS_OPENSSL = ":".join(["AB"] * 32)
KEPT = "ab" * 32


@pytest.fixture
async def office_of_alice(small_office: Office) -> Office:
    await perform(COMMANDS, small_office, "user add", {"account": "alice", "password": "x"})
    return small_office


async def run(office: Office, command: str, **arguments: Any) -> Any:
    return await perform(COMMANDS, office, f"user certificate {command}", arguments)


async def refusal(office: Office, command: str, **arguments: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await run(office, command, **arguments)
    return refused.value


async def test_a_certificate_is_registered_as_openssl_names_it(office_of_alice: Office) -> None:
    await run(office_of_alice, "add", account="alice", fingerprint=AS_OPENSSL)
    assert await run(office_of_alice, "list", account="alice") == [{"fingerprint": KEPT}]
    again = await refusal(office_of_alice, "add", account="alice", fingerprint=KEPT)
    assert again.condition is Condition.CONFLICT


async def test_one_of_several_certificates_is_removed(office_of_alice: Office) -> None:
    for fingerprint in (KEPT, "cd" * 32):
        await run(office_of_alice, "add", account="alice", fingerprint=fingerprint)
    await run(office_of_alice, "remove", account="alice", fingerprint=AS_OPENSSL)
    assert await run(office_of_alice, "list", account="alice") == [{"fingerprint": "cd" * 32}]
    again = await refusal(office_of_alice, "remove", account="alice", fingerprint=KEPT)
    assert again.condition is Condition.ITEM_NOT_FOUND


@pytest.mark.parametrize("fingerprint", ["", "ab", "x" * 64, "ab" * 33])
async def test_what_is_no_fingerprint_is_refused_with_the_way_to_get_one(
    office_of_alice: Office, fingerprint: str
) -> None:
    refused = await refusal(office_of_alice, "add", account="alice", fingerprint=fingerprint)
    assert refused.condition is Condition.BAD_REQUEST and "openssl x509" in refused.text


async def test_nobody_has_no_certificates(small_office: Office) -> None:
    assert (await refusal(small_office, "list", account="eve")).condition is Condition.ITEM_NOT_FOUND
