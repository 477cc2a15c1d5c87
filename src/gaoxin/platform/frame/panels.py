"""What all apps have to say about one zone, park or firm, put together for its page."""

from __future__ import annotations

from typing import Any

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.app import Panel, platform_apps
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.organisations.models import Organisation


def panels_of(reader: Reader, organisation: Organisation, money: Money) -> dict[str, Any]:
    """The panels in order, and whether any of them draws a chart, for the template of the page."""
    found: list[Panel] = []
    for app in platform_apps():
        offered = app.offered("panels", "panels")
        if offered is not None:
            found += offered(reader, organisation, money)
    found.sort(key=lambda panel: panel.order)
    return {"panels": found, "panel_charts": any(panel.charts for panel in found), "money": money}
