import pytest

from dragoman.core.errors import Condition, ProtocolError, Refused, Remedy


@pytest.mark.spec("RFC 6120", "8.3.3")
@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        (Condition.BAD_REQUEST, Remedy.MODIFY),
        (Condition.FORBIDDEN, Remedy.AUTH),
        (Condition.ITEM_NOT_FOUND, Remedy.CANCEL),
        (Condition.RESOURCE_CONSTRAINT, Remedy.WAIT),
    ],
)
def test_a_condition_has_its_usual_remedy(condition: Condition, remedy: Remedy) -> None:
    assert Refused(condition).remedy is remedy


def test_whoever_refuses_may_know_a_better_remedy() -> None:
    assert Refused(Condition.FORBIDDEN, remedy=Remedy.WAIT).remedy is Remedy.WAIT


def test_a_refusal_reads_as_its_condition_and_its_text() -> None:
    assert str(Refused(Condition.GONE)) == "gone"
    assert str(Refused(Condition.GONE, "it has moved")) == "gone: it has moved"


def test_a_protocol_error_carries_a_code_of_its_protocol() -> None:
    error = ProtocolError("not-well-formed", "no end")
    assert (error.condition, error.text) == ("not-well-formed", "no end")
