import pytest

from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hook, Hooks


async def test_handlers_run_in_the_order_in_which_they_were_added() -> None:
    hook: Hook[list[str]] = Hook()
    hook(lambda seen: seen.append("plain"))

    @hook
    async def later(seen: list[str]) -> None:
        seen.append("awaited")

    hook(lambda seen: seen.append("last"))
    seen: list[str] = []
    await hook.run(seen)
    assert seen == ["plain", "awaited", "last"]


async def test_a_refusal_keeps_the_rest_from_running() -> None:
    hook: Hook[list[str]] = Hook()

    @hook
    def refuse(seen: list[str]) -> None:
        raise Refused(Condition.FORBIDDEN)

    hook(lambda seen: seen.append("never"))
    seen: list[str] = []
    with pytest.raises(Refused):
        await hook.run(seen)
    assert seen == []


def test_every_server_has_hooks_of_its_own() -> None:
    assert Hooks().before_routing is not Hooks().before_routing
