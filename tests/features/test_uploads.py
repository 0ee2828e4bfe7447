"""Who may share how much."""

from pathlib import Path

import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks
from dragoman.features.uploads import DAY, Settings, Uploads, named
from dragoman.storage.contents import DiskContents

ALICE = Address("alice", "example.org")


def uploads(world: World, directory: Path, hooks: Hooks | None = None, **settings: int) -> Uploads:
    made = Settings(**settings)  # type: ignore[arg-type]
    return Uploads(world.stores.uploads, DiskContents(directory), hooks or Hooks(), world.clock, world.randomness, made)


async def test_what_is_announced_counts_at_once(tmp_path: Path) -> None:
    files = uploads(World(), tmp_path, max_bytes=100, quota_bytes=150)
    await files.begin(ALICE, name="a", media_type="", size=100)
    for size, condition in ((101, Condition.POLICY_VIOLATION), (51, Condition.RESOURCE_CONSTRAINT)):
        with pytest.raises(Refused) as refused:
            await files.begin(ALICE, name="b", media_type="", size=size)
        assert refused.value.condition is condition
    done = await files.finish(await files.begin(ALICE, name="b", media_type="", size=50))
    assert done.size == 0 and files.contents.path(done.id).read_bytes() == b""


async def test_what_was_begun_and_left_goes_after_a_day_and_the_rest_as_it_is_set(tmp_path: Path) -> None:
    world = World()
    files = uploads(world, tmp_path, days=10)
    left = await files.begin(ALICE, name="a", media_type="", size=3)
    await files.append(left, 0, b"a")
    whole = await files.begin(ALICE, name="b", media_type="", size=3)
    await files.append(whole, 0, b"abc")
    await files.finish(whole)
    world.clock.advance(DAY + 1)
    assert await files.expire() == 1 and await files.find(left.id) is None
    assert not files.contents.path(left.id).exists() and files.contents.path(whole.id).exists()
    world.clock.advance(10 * DAY)
    assert await files.expire() == 1


async def test_files_go_with_their_account(tmp_path: Path) -> None:
    hooks = Hooks()
    files = uploads(World(), tmp_path, hooks)
    upload = await files.begin(ALICE, name="a", media_type="", size=1)
    await files.append(upload, 0, b"a")
    await hooks.account_removed.run(ALICE)
    assert await files.find(upload.id) is None and not files.contents.path(upload.id).exists()


async def test_without_a_place_nothing_is_shared() -> None:
    files = World().services.uploads
    assert files.offered is False and await files.find("0" * 32) is None and await files.expire() == 0
    with pytest.raises(Refused):
        await files.begin(ALICE, name="a", media_type="", size=1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("", "file"),
        ("..", "file"),
        ("a\r\nb", "a__b"),
        ("gpj\u202eexe.sh", "gpj_exe.sh"),
        ("x" * 300 + ".png", "x" * 196 + ".png"),
    ],
)
def test_a_name_holds_no_tricks(given: str, kept: str) -> None:
    assert named(given) == kept
