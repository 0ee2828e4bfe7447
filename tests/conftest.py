"""Options of the whole test suite."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full-faults", action="store_true", help="kills and power cuts in the large numbers")
    parser.addoption("--network", action="store_true", help="plays and the matrix over sockets, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What goes over sockets was asked for, or is not part of this run."""
    if not config.getoption("--network"):
        items[:] = [item for item in items if item.get_closest_marker("network") is None]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a server of the tests keeps its certificates; made once for all."""
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
def full_faults(request: pytest.FixtureRequest) -> bool:
    """Whether the fault tests are to run at their large sizes."""
    return bool(request.config.getoption("--full-faults"))
