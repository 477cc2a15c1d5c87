"""What the base template needs on every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from gaoxin.platform.app import platform_apps
from gaoxin.platform.frame.choices import MONEY


def frame(request: HttpRequest) -> dict[str, Any]:
    """The reader and the areas that they may enter, in order."""
    reader = getattr(request, "reader", None)
    if reader is None or reader.user is None:
        return {"reader": None, "areas": ()}
    areas = [area for app in platform_apps() for area in app.areas if reader.may(area.permission)]
    return {"reader": reader, "areas": sorted(areas, key=lambda area: area.order), "money_units": MONEY}
