import pytest
from tests.contract.stores import SetClock

from dragoman.core.stores import StorageFailed
from dragoman.storage import MemoryStores, open_stores


async def test_without_settings_everything_is_kept_in_memory() -> None:
    assert isinstance(await open_stores(None, SetClock()), MemoryStores)


async def test_there_is_no_file_to_back_up() -> None:
    with pytest.raises(StorageFailed, match="in memory"):
        await MemoryStores(SetClock()).backup("copy.db")
