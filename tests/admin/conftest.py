"""An office over stores in memory: two domains, a clock that stands still, passwords kept in the clear."""

from collections.abc import Callable

import pytest

from dragoman.admin.office import Office
from dragoman.core.authenticator import Authenticator
from dragoman.core.clock import Ids, SystemRandomness, Timer
from dragoman.core.errors import Condition, Refused
from dragoman.core.policy import Domain, Domains
from dragoman.core.stores import AppPassword, Credentials, Verifier
from dragoman.features.services import Given, join
from dragoman.storage.memory import MemoryStores

NOW = 1_700_000_000.0


class StandingClock:
    """Always the same moment; nothing comes later."""

    def now(self) -> float:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        raise AssertionError("nothing here waits")


class ClearPasswords:
    """A password maker whose verifiers can be read."""

    async def credentials(self, password: str) -> Credentials:
        if not password:
            raise Refused(Condition.NOT_ACCEPTABLE, "an empty password")
        return Credentials({"SHA-256": Verifier(b"", 1, password.encode(), b"")})

    def app_password(self, protocol: str, name: str) -> tuple[str, AppPassword]:
        return "made-up", AppPassword("id1", protocol, name, b"sealed", NOW)


class NobodyLogsIn:
    """An authenticator that these tests never ask."""


def make_office(*names: str) -> Office:
    clock = StandingClock()
    given = Given(
        domains=Domains(tuple(Domain(name, f"rooms.{name}") for name in names)),
        clock=clock,
        randomness=SystemRandomness(),
        ids=Ids(clock),
        stores=MemoryStores(clock),
        secret=b"secret",
    )
    authenticator: Authenticator = NobodyLogsIn()  # type: ignore[assignment]  # nothing of it is called
    return Office(join(given, authenticator), ClearPasswords(), "1.2.3", ("xmpp", "irc"), NOW - 60)


@pytest.fixture
def office() -> Office:
    return make_office("a.example", "b.example")


@pytest.fixture
def small_office() -> Office:
    return make_office("a.example")
