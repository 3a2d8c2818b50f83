"""The machine's own Chromium, driven by playwright, and what a page must never do in it."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

SCREENSHOTS = Path(__file__).parent.parent / "screenshots"

# Nothing that calls home: a test has to pass without a network.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Lets a test pull the plug: every socket that the page opened, the newest last.
_KEEP_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); window.sockets.push(this); }
};
"""


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


class Windows:
    """Opens windows of different people; notes what none of them may do: fail, break the policy, call abroad."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.faults: list[str] = []
        self._browser = browser

    async def open(self, path: str, *, locale: str = "ca-ES", **options: Any) -> Page:
        context = await self._browser.new_context(locale=locale, base_url=self.url, **options)
        context.set_default_timeout(10_000)
        await context.add_init_script(_KEEP_SOCKETS)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._heard)
        page.on("request", lambda request: self._asked(request.url))
        await page.goto(path)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        # A request that fails because a test took the network away is no fault of the page.
        if message.type == "error" and "net::ERR_INTERNET_DISCONNECTED" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"abroad: {url}")


async def photograph(page: Page, name: str, *, full_page: bool = False) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page, animations="disabled")
