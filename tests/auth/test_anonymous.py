"""ANONYMOUS logins."""

from tests.auth.house import failure, make_house

from dragoman.core.address import Address
from dragoman.core.authenticator import Success
from dragoman.core.clock import SystemRandomness
from dragoman.core.endpoint import Assurance
from dragoman.core.stores import Credentials


async def test_every_guest_gets_a_name_of_its_own() -> None:
    house = await make_house()
    guests = [await house.begin("ANONYMOUS").step(trace) for trace in (None, b"", b"alice@example.org")]
    assert all(isinstance(guest, Success) and guest.assurance is Assurance.GUEST for guest in guests)
    accounts = {guest.account for guest in guests if isinstance(guest, Success)}
    assert len(accounts) == 3
    assert all(Address.parse(str(account)) == account and account.local.startswith("guest-") for account in accounts)


async def test_a_guest_never_gets_the_name_of_an_account() -> None:
    class Repeating(SystemRandomness):
        words = ["taken", "free"]

        def text(self, octets: int = 16) -> str:
            return self.words.pop(0)

    house = await make_house(randomness=Repeating())
    await house.store.create(Address("guest-taken", "example.org"), Credentials({}))
    success = await house.begin("ANONYMOUS").step(None)
    assert isinstance(success, Success)
    assert success.account.local == "guest-free"


async def test_a_trace_has_its_limit() -> None:
    house = await make_house()
    assert await failure(house.begin("ANONYMOUS"), b"x" * 2000) == "malformed-request"
