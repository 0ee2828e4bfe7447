from pathlib import Path

import pytest

from dragoman.admin.command import perform
from dragoman.admin.commands import COMMANDS
from dragoman.admin.office import Office
from dragoman.core.errors import Condition, Refused
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings, open_stores


async def test_the_copy_is_a_database_of_its_own(office: Office, tmp_path: Path) -> None:
    office.services.stores = await open_stores(Settings(str(tmp_path / "live.db")), LoopClock())
    await perform(COMMANDS, office, "backup", {"file": str(tmp_path / "copy.db")})
    await office.services.stores.close()
    copy = await open_stores(Settings(str(tmp_path / "copy.db")), LoopClock())
    assert await copy.check() == []
    await copy.close()


async def test_stores_that_have_no_file_say_so(office: Office, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        await perform(COMMANDS, office, "backup", {"file": str(tmp_path / "copy.db")})
    assert "in memory" in refused.value.text


async def test_a_path_is_whole_since_the_server_is_elsewhere(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        await perform(COMMANDS, office, "backup", {"file": "copy.db"})
    assert refused.value.condition is Condition.BAD_REQUEST
