"""A visit in a real Chromium: what the page said, asked for, and whether everybody can use it.

A browser test is marked ``pytestmark = IN_BROWSER`` (`chromium`) and uses the fixture ``visit``. With
``GAOXIN_SCREENSHOTS=yes`` `Visit.picture` writes into ``docs/images/platform``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from chromium import WAIT

DESKTOP, PHONE = (1280, 900), (390, 844)
TAKING_PICTURES = os.environ.get("GAOXIN_SCREENSHOTS") == "yes"
PICTURES = Path(__file__).parents[2] / "docs" / "images" / "platform"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Visit:
    """An open page, and all that it said and asked for."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    @staticmethod
    def open(browser: Browser, base: str, size: tuple[int, int]) -> Visit:
        """An empty page of that size."""
        page = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True).new_page()
        page.set_default_timeout(WAIT)
        visit = Visit(page, base)
        page.on("console", lambda m: visit.errors.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: visit.errors.append(str(error)))
        page.on("request", lambda r: visit.elsewhere.append(r.url) if not r.url.startswith((base, "data:")) else None)
        return visit

    def set_cookies(self, cookies: dict[str, str]) -> None:
        self.page.context.add_cookies([{"name": n, "value": v, "url": self.base} for n, v in cookies.items()])

    def check(self) -> None:
        """No error, nothing from another host, nothing wider than the screen, and WCAG 2.2 AA as far as axe sees."""
        # What is right need not be told in full: describing it took a fifth of the time of a check.
        asked = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        found = Axe().run(self.page, options=asked)
        assert not found.response["violations"], found.generate_report()
        width = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], f"the page is {width[0]} px wide on a screen of {width[1]}"
        assert not self.errors, self.errors
        assert not self.elsewhere, self.elsewhere

    def picture(self, name: str) -> None:
        """Keep a picture of the page when pictures are asked for."""
        if TAKING_PICTURES:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png")
