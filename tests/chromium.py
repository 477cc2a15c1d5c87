"""The one real Chromium of the tests of pages: a module of them is marked ``pytestmark = IN_BROWSER``.

Playwright runs once in a process, so the browser is a fixture of all tests (`conftest.py`), not of a module.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

PATH = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
IN_BROWSER = [pytest.mark.browser, pytest.mark.skipif(PATH is None, reason="no Chromium on the PATH")]
WAIT = 60_000
"""A busy machine is no reason for a failure, in milliseconds."""
expect.set_options(timeout=WAIT)


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium, until the block ends."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=PATH, args=arguments)
        yield browser
        browser.close()
