"""Options of the whole test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full-faults", action="store_true", help="kills and power cuts in the large numbers")


@pytest.fixture
def full_faults(request: pytest.FixtureRequest) -> bool:
    """Whether the fault tests are to run at their large sizes."""
    return bool(request.config.getoption("--full-faults"))
