"""The overview."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.frame import choices
from gaoxin.platform.frame.charts import Chart
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.overview import drawing, maps, parts
from gaoxin.platform.overview.permissions import VIEW
from gaoxin.platform.statistics import pivot
from gaoxin.platform.statistics import trend as trends
from gaoxin.platform.statistics.headlines import short
from gaoxin.platform.statistics.permissions import FIGURES
from gaoxin.platform.statistics.queries import figures as queries
from gaoxin.platform.statistics.trend import Headline, Trend
from gaoxin.platform.zones.maps import laid_flat
from gaoxin.platform.zones.permissions import VIEW as ZONES
from gaoxin.platform.zones.queries import boundaries
from gaoxin.words import Text

FIRST = 8
"""Warnings that are shown at once; the others are folded below them."""


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """Figures with their trend, how far reporting is, the ranking, warnings, a map: for the reader's scope."""
    reader, today, money = request.reader, timezone.localdate(), Money.chosen(request)
    if not reader.may(VIEW):
        raise PermissionDenied(VIEW.code)
    known = queries.periods(reader) if reader.may(FIGURES) else []
    period = choices.period(request, known)
    trend = trends.over_all(reader, period, money)
    chosen = None
    if trend is not None:
        wanted = request.GET.get("item", "")
        chosen = next((one for one in trend.headlines if one.item.code == wanted), trend.headlines[0])
    reporting = parts.reporting(reader, today)
    ranking = parts.ranking(reader)
    warned = parts.warnings(reader, today, ranking, reporting)
    shown_on_map = _map(reader, trend, chosen, money)
    drawn: dict[str, Chart | None] = {
        "growth": trends.drawn(trend, chosen) if trend and chosen else None,
        "reporting": drawing.progress(reporting) if reporting else None,
        "ranking": drawing.ranks(ranking) if ranking and ranking.standings else None,
        "map": shown_on_map[0] if shown_on_map else None,
    }
    context = {
        "trend": trend, "chosen": chosen, "reporting": reporting, "ranking": ranking,
        "warnings": warned[:FIRST], "further": warned[FIRST:], "today": today, "drawn": drawn,
        "map_rows": shown_on_map[1] if shown_on_map else (), "by": shown_on_map[2] if shown_on_map else "",
        "before": ranking.before if ranking else {}, "period": period, "periods": known, "money": money,
    }  # fmt: skip
    return render(request, "overview/page.html", context)


def _map(
    reader: Reader, trend: Trend | None, chosen: Headline | None, money: Money
) -> tuple[Chart, list[tuple[maps.Spot, pivot.Cell]], str] | None:
    """The map of the chosen item with its table: zones where there are boundaries, else districts, else zones."""
    if trend is None or chosen is None:
        return None
    shapes = laid_flat(boundaries(reader)) if reader.may(ZONES) else {}
    by = "zone" if shapes else "district"
    figures = parts.figures_by(reader, trend, chosen.item, by)
    if by == "district" and len(parts.places(figures)) < 2:
        by, figures = "zone", parts.figures_by(reader, trend, chosen.item, "zone")
    places = parts.places(figures)
    if not places:
        return None
    item, period = chosen.item, trend.periods[-1]
    rows: list[tuple[maps.Spot, pivot.Cell]] = []
    for code, name in places:
        cell = pivot.cell(figures, code, item, period, money)
        narrowed = f"{reverse('overview:page')}?place={code}"
        address = narrowed if by == "district" else reverse("zones:page", args=(code,))
        value = None if cell.value is None else float(cell.value)
        rows.append((maps.Spot(code, name, value, cell.text, address), cell))
    known = [(spot.value, spot) for spot, _ in rows if spot.value is not None]
    name = short(item.name)
    title: Any = Text(f"{name.zh} {period}", f"{name.en}, {period}")
    if known and len(rows) > 1:
        _, most = max(known, key=lambda one: one[0])
        title = Text(f"{name.zh}：{most.name.zh}最高", f"{name.en}: highest in {most.name.en}")
    digest = figures.snapshots[-1].sha256[:12]
    unit = f"（{chosen.unit}）" if chosen.unit else ""
    said: dict[str, Any] = {
        "title": title,
        "measure": Text(f"{period}{unit}", f"{period} {chosen.unit}".strip()),
        "source": Text(f"来源：数据快照 {period} {digest}", f"Source: snapshot {period} {digest}"),
        "synthetic": figures.synthetic,
    }
    spots = [spot for spot, _ in rows]
    if shapes and any(spot.code in shapes for spot in spots):
        return maps.outlines(shapes, spots, **said), rows, by
    return maps.tiles(spots, **said), rows, by
