import pytest

from dragoman.core.errors import Condition
from dragoman.protocols.irc import numerics, refusals


@pytest.mark.parametrize("table", [refusals.ANYTHING, refusals.ENTERING, refusals.SPEAKING, refusals.WHISPERING])
def test_every_condition_has_a_numeric_with_words(table: dict[Condition, str]) -> None:
    assert set(table) == set(Condition)
    assert all(code in numerics.TEXTS or code == numerics.ERR_UNKNOWNERROR for code in table.values())


def test_a_stranger_and_a_blocked_one_get_the_same_answer() -> None:
    assert refusals.WHISPERING[Condition.SERVICE_UNAVAILABLE] == refusals.WHISPERING[Condition.ITEM_NOT_FOUND]
