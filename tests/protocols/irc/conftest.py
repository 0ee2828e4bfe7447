import pytest
from tests.protocols.irc.town import Town

from dragoman.core.policy import Policy


@pytest.fixture
def town() -> Town:
    """A server with accounts only."""
    return Town(Policy())


@pytest.fixture
def square() -> Town:
    """A server where guests may come in, and everybody sees everybody."""
    return Town(Policy(guests=True, open_presence=True, room_creators="everyone"))
