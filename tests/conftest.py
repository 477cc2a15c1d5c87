"""How properties are tried (no clock; in continuous integration the same examples each time), and the browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A busy machine is no reason for a test to fail, and a check of one change is no place to meet an old surprise: the
# random search goes on at every desk.
settings.register_profile(
    "gaoxin", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("gaoxin")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of pages."""
    from chromium import started

    with started() as browser:
        yield browser
