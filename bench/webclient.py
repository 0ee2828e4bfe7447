"""From a key to the picture, in Chromium: ``python -m bench.webclient``.

The client stands before an account of 10,000 contacts, 2,000 conversations and a room of 5,000 with 20,000 messages
(webclient/stage), and people come and go and write meanwhile. Each action is measured from the event to the second frame
after it, which is when the change is on the screen. Needs chromium, playwright, and what builds the web client.
"""

import asyncio
import contextlib
import re
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).parent.parent
ROUNDS = 40
#: Milliseconds from the event to the frame that shows what it did, by the page's own clock.
MEASURE = """() => {
  window.times = [];
  for (const kind of ["keydown", "click"])
    addEventListener(kind, (event) => {
      const from = event.timeStamp;
      requestAnimationFrame(() => requestAnimationFrame(() => window.times.push(performance.now() - from)));
    }, true);
}"""
#: Twenty people a second come or go, and the room speaks.
NOISE = """() => setInterval(() => {
  const people = [...stage.objects.Contact.values()], at = Math.floor(Math.random() * people.length);
  const presence = {...people[at].presence, available: !people[at].presence.available};
  stage.put("Contact", {...people[at], presence});
  const room = [...stage.objects.Conversation.values()].find((one) => one.kind === "room");
  if (Math.random() < 0.2) stage.message(room.id, {address: room.address, name: "Ada1", own: false}, "noise");
}, 50)"""


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The stage, built as it is released."""
    node, vite = ROOT / ".venv/bin/node", "node_modules/vite/bin/vite.js"
    folder = ROOT / "webclient"
    out = ROOT / ".cache" / "stage"
    build = [str(node), vite, "build", "--config", "stage/vite.config.ts", "--outDir", str(out), "--logLevel", "error"]
    process = await asyncio.create_subprocess_exec(*build, cwd=folder)
    if await process.wait() != 0:
        raise SystemExit("the stage cannot be built")
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(out)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert server.stdout is not None
        port = re.search(rb"port (\d+)", await server.stdout.readline())
        assert port is not None
        yield f"http://127.0.0.1:{int(port[1])}/stage/index.html?scene=many"
    finally:
        server.terminate()
        await server.wait()


async def measure(page: Page, name: str, act: Callable[[int], Awaitable[Any]]) -> None:
    await page.evaluate("window.times.length = 0")
    for number in range(ROUNDS):
        await act(number)
        await page.wait_for_timeout(60)
    times = sorted(await page.evaluate("window.times"))
    p95 = quantiles(times, n=20)[-1]
    print(f"{name:<44} p50 {times[len(times) // 2]:6.1f}  p95 {p95:6.1f}  max {times[-1]:6.1f} ms  ({len(times)})")


async def run(page: Page, url: str) -> None:
    await page.goto(url)
    await page.wait_for_selector(".sidebar [data-row]", timeout=120_000)
    print(f"first list after {await page.evaluate('performance.now()'):.0f} ms, the stage itself included")
    await page.evaluate(MEASURE)
    await page.evaluate(NOISE)
    await page.click('.sidebar [data-row="0"]')
    await page.wait_for_selector("article")
    await measure(page, "a letter in the composer", lambda number: page.press("#composer", "abcdefghij"[number % 10]))
    await measure(page, "a message is sent", lambda _: _send(page))
    await measure(
        page, "another conversation", lambda number: page.keyboard.press(f"Alt+Arrow{'Down' if number % 2 else 'Up'}")
    )
    await page.keyboard.press("Control+k")
    await page.wait_for_selector("#palette")
    await measure(
        page,
        "a letter in the palette",
        lambda number: page.keyboard.press(
            "fatima brandt 12 \b"[number % 16].replace("\b", "Backspace").replace(" ", "Space")
        ),
    )
    await page.keyboard.press("Escape")
    await page.click("nav button >> nth=1")
    await page.wait_for_selector(".sidebar .group")
    await measure(
        page,
        "a letter in the filter of 10,000 contacts",
        lambda number: page.press(".field input", "adfgolhiez"[number % 10] if number % 4 else "Backspace"),
    )
    await page.fill(".field input", "")
    await measure(page, "a group is folded", lambda _: page.locator(".group").first.click())
    await page.click("nav button >> nth=0")
    await page.click('.sidebar [data-row="0"]')
    await page.click("header .who")
    await page.wait_for_selector("aside [role=listitem]")
    await measure(
        page,
        "a letter in the composer, 5,000 members shown",
        lambda number: page.press("#composer", "abcdefghij"[number % 10]),
    )


async def _send(page: Page) -> None:
    await page.locator("#composer").press("Enter")
    await page.locator("#composer").press("x")


async def main() -> None:
    async with served() as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            await run(await browser.new_page(viewport={"width": 1280, "height": 800}), url)
        finally:
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
