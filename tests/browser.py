"""A real browser that notes whatever a page should not do: break its policy, ask another host, fail in a script."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = 1440, 360
LOCALES = {"en": "en-GB", "it": "it-IT"}
NOTE_VIOLATIONS = """
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
ASK_AXE = """
    async (rules) => (await axe.run(document, { runOnly: rules })).violations
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
"""
STICKING_OUT = """
    () => {
      const wide = document.documentElement.clientWidth;
      const scrolls = (node) => node && (getComputedStyle(node).overflowX !== "visible" || scrolls(node.parentElement));
      return [...document.body.querySelectorAll("*")]
        .filter((node) => !(node instanceof SVGElement) || node.tagName === "svg")
        .filter((node) => {
          const { width, right } = node.getBoundingClientRect();
          return width > 1 && right > wide + 1 && !scrolls(node.parentElement);
        })
        .map((node) => node.outerHTML.slice(0, 120));
    }
"""


def missing(message: str) -> None:
    """Skip, or fail where nothing may be skipped."""
    if os.environ.get("KG_TEST_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium, while the block lasts; skips where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("no chromium: install it (Debian: `apt-get install chromium`)")
    if not AXE.is_file():
        missing(f"{AXE} is missing: `make .venv/dev.stamp` installs it, where there is npm")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A visitor of a server with a window of some width; `close` fails on whatever should not have happened."""

    def __init__(
        self, browser: Browser, address: str, width: int = WIDE, language: str = "en", *, scripts: bool = True
    ) -> None:
        self.address = address.rstrip("/")
        self.faults: list[str] = []
        self.sizes: dict[str, int] = {}
        viewport = {"width": width, "height": 900}
        locale = LOCALES[language]
        self.context: BrowserContext = browser.new_context(
            viewport=viewport, locale=locale, java_script_enabled=scripts, base_url=self.address
        )
        self.context.set_default_timeout(10_000)
        self.context.add_init_script(NOTE_VIOLATIONS)
        self.page: Page = self.new_page()

    def new_page(self) -> Page:
        """Another page of the same visitor."""
        page = self.context.new_page()
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: (self.faults.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self._note(request.url))
        page.on("response", lambda response: self._weigh(response.url, response.headers))
        return page

    def _note(self, url: str) -> None:
        if not url.startswith((self.address + "/", "data:", "blob:")):
            self.faults.append(f"asked {url}")

    def _weigh(self, url: str, headers: dict[str, str]) -> None:
        self.sizes[url] = int(headers.get("content-length", 0))

    def expect_fault(self, text: str) -> None:
        """Take a fault that the test has caused off the list, e.g. an answer that is no success."""
        assert [fault for fault in self.faults if text in fault], self.faults
        self.faults = [fault for fault in self.faults if text not in fault]

    def check(self, page: Page | None = None) -> None:
        """No violation of WCAG 2.2 A and AA, and nothing sticks out that nothing scrolls."""
        page = page or self.page
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text("utf-8"))  # a script element would be refused by the policy
        barriers = page.evaluate(ASK_AXE, RULES)
        assert barriers == [], barriers
        wide = page.evaluate(STICKING_OUT)
        assert wide == [], wide

    def close(self) -> None:
        """Leave; fails on whatever should not have happened."""
        self.context.close()
        assert self.faults == [], self.faults
