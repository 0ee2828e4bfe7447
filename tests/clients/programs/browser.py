"""The web client in Chromium, used as a person would: by what is on the screen."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect
from tests.stage.process import PASSWORD, Process

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium")
BUILT = ROOT / "src" / "dragoman" / "web" / "index.html"
AXE = ROOT / "webclient" / "node_modules" / "axe-core" / "axe.min.js"
#: WCAG 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]

expect.set_options(timeout=15_000)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", *_MICROPHONE]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Person:
    """Somebody before a screen of their own."""

    page: Page
    problems: list[str] = field(default_factory=list)

    @classmethod
    async def arrive(cls, browser: Browser, server: Process, name: str, **context: Any) -> "Person":
        settings = {"viewport": {"width": 1200, "height": 800}, "locale": "en-US", **context}
        page = await (await browser.new_context(**settings)).new_page()
        person = cls(page)
        page.on("pageerror", lambda error: person.problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and person.problems.append(message.text))
        await page.goto(f"http://localhost:{server.port('web')}/")
        if name:
            await page.fill("[name=username]", name)
            await page.fill("[name=password]", PASSWORD)
            await page.keyboard.press("Enter")
            await expect(page.locator(".sidebar")).to_be_visible()
            await expect(page.locator(".sidebar .link")).to_have_count(0)
        return person

    async def open(self, who: str) -> None:
        """A conversation, by the palette."""
        await self.page.keyboard.press("Control+k")
        await self.page.get_by_role("combobox").fill(who)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("#composer")).to_be_visible()

    async def say(self, text: str) -> None:
        await self.page.fill("#composer", text)
        await self.page.press("#composer", "Enter")

    def message(self, text: str) -> Any:
        return self.page.get_by_role("article").filter(has_text=text).last

    async def sees(self, text: str) -> None:
        await expect(self.message(text)).to_be_visible()

    async def state(self, text: str, state: str) -> None:
        await expect(self.message(text).locator(f"[data-state={state}]")).to_be_visible()

    async def act(self, text: str, label: str) -> None:
        """What the menu of a message offers."""
        await self.message(text).hover()
        await self.message(text).get_by_role("button", name="More").click()
        await self.page.get_by_role("menuitem", name=label, exact=True).click()

    async def accessible(self, where: str) -> None:
        """axe finds nothing on what is shown now."""
        await self.page.evaluate("document.getAnimations().forEach((one) => one.finish())")
        await self.page.evaluate(AXE.read_text("utf-8"))
        found = await self.page.evaluate(
            "(tags) => axe.run(document, {runOnly: tags}).then((all) => all.violations)", TAGS
        )
        told = [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]
        assert not told, f"{where}:\n" + "\n".join(told)
