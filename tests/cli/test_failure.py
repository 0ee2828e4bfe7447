import pytest

from dragoman.cli.failure import MEANINGS, Exit, refusal


def test_every_exit_code_is_explained() -> None:
    assert set(MEANINGS) == set(Exit)


def test_exit_codes_are_fixed() -> None:
    assert {code.name: int(code) for code in Exit} == {
        "DONE": 0,
        "FAILED": 1,
        "USAGE": 2,
        "NOT_FOUND": 3,
        "NOT_RUNNING": 4,
        "CONFIGURATION": 5,
        "CONFLICT": 6,
        "CHECK_FAILED": 7,
    }


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("item-not-found", Exit.NOT_FOUND),
        ("conflict", Exit.CONFLICT),
        ("bad-request", Exit.USAGE),
        ("internal-server-error", Exit.FAILED),
        ("of a newer server", Exit.FAILED),
    ],
)
def test_a_refusal_has_its_code(condition: str, code: Exit) -> None:
    assert refusal(condition, "no").code is code


def test_a_refusal_without_words_is_told_by_its_condition() -> None:
    assert refusal("item-not-found", "").text == "item not found"
