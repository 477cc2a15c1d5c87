"""The map of the overview: a tile for each district; or the boundaries of the zones, where the city has uploaded them.

No map comes with gaoxin: published maps of China need a review number (审图号). Tiles lie where the city says, in
``<site>/tiles.csv`` (``code,column,row``, the north-west at 1,1); without it where the names of the districts say (东,
南, 西, 北, 中), or in rows in the order of the tree. That the places are schematic stands under the map.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
from django.conf import settings

from gaoxin.platform.frame.charts import Chart, declared, over
from gaoxin.platform.language import say
from gaoxin.reports.charts.look import INK, SHADES
from gaoxin.words import Text

_COMPASS = {"东": (1, 0), "南": (0, 1), "西": (-1, 0), "北": (0, -1)}
_CENTRE = ("中", "市辖")


@dataclass(frozen=True, slots=True)
class Spot:
    """One place on the map: its value as number and text, and the page behind it."""

    code: str
    name: Text
    value: float | None
    shown: str
    address: str


def tiles(spots: Sequence[Spot], *, title: Text, measure: Text, source: Text, synthetic: bool) -> Chart:
    """A square for each place."""
    at = positions([(spot.code, spot.name.zh) for spot in spots])
    half = max((spot.value for spot in spots if spot.value is not None), default=0) / 2
    rows = [
        {"name": say(spot.name), "shown": spot.shown, "value": spot.value, "url": spot.address,
         "dark": spot.value is not None and spot.value > half, "column": at[spot.code][0], "row": at[spot.code][1]}
        for spot in spots
    ]  # fmt: skip
    down = len({row["row"] for row in rows})
    note = Text(
        f"{measure.zh}；每格一个单位，位置为示意", f"{measure.en}; a tile for each place, positions are schematic"
    )
    return declared(_tiled, down, rows=rows, title=title, measure=note, source=source, synthetic=synthetic)


def outlines(
    shapes: Mapping[str, dict[str, Any]], spots: Sequence[Spot], *, title: Text, measure: Text, source: Text,
    synthetic: bool,
) -> Chart:  # fmt: skip
    """The boundaries that were uploaded, laid flat (`gaoxin.platform.zones.maps`), each in the shade of its value."""
    rows = [
        {"type": "Feature", "properties": {}, "geometry": shapes[spot.code], "name": say(spot.name),
         "shown": spot.shown, "value": spot.value, "url": spot.address}
        for spot in spots if spot.code in shapes
    ]  # fmt: skip
    note = Text(f"{measure.zh}；边界由本市上传", f"{measure.en}; boundaries as the city uploaded them")
    return declared(_outlined, rows=rows, title=title, measure=note, source=source, synthetic=synthetic)


def _tiled(down: int) -> alt.TopLevelMixin:
    x = alt.X("column:O", axis=None, scale=alt.Scale(padding=0.06))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(padding=0.06))
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("shown:N", title=" ")]
    base = over().encode(x=x, y=y, tooltip=tooltip, href="url:N")
    squares = base.mark_rect(cornerRadius=4, stroke="#818b98", strokeWidth=1).encode(color=_shade())
    # Light letters on the darker half of the shades.
    ink = alt.condition("datum.dark", alt.value("#ffffff"), alt.value(INK))
    names = base.mark_text(dy=-9, fontSize=14, fontWeight="bold").encode(text="name:N", color=ink)
    values = base.mark_text(dy=11, fontSize=13).encode(text="shown:N", color=ink)
    return (squares + names + values).properties(height=max(104 * down, 104))


def _outlined() -> alt.TopLevelMixin:
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("shown:N", title=" ")]
    drawn = over().mark_geoshape(stroke=INK, strokeWidth=1).encode(color=_shade(), tooltip=tooltip, href="url:N")
    return drawn.project(type="identity", reflectY=True).properties(height=420)


def _shade() -> Any:
    scale = alt.Scale(range=[SHADES[3], SHADES[0]], zero=True)
    shade = alt.Color("value:Q", scale=scale, legend=None)
    return alt.condition("isValid(datum.value)", shade, alt.value("#f4f6f8"))


def positions(places: Sequence[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Column and row of each place (code and Chinese name).

    >>> positions([("A", "示例东区"), ("B", "示例北区"), ("C", "中心区")])
    {'A': (1, 0), 'B': (0, -1), 'C': (0, 0)}
    >>> positions([("A", "甲区"), ("B", "乙区"), ("C", "丙区")])
    {'A': (0, 0), 'B': (1, 0), 'C': (0, 1)}
    """
    placed = _said(Path(settings.DATA) / "tiles.csv")
    if all(code in placed for code, _ in places):
        return {code: placed[code] for code, _ in places}
    by_name = {code: _by_name(name) for code, name in places}
    named = {code: at for code, at in by_name.items() if at is not None}
    if len(named) == len(places) == len(set(named.values())):
        return named
    across = math.ceil(math.sqrt(len(places)))
    return {code: (number % across, number // across) for number, (code, _) in enumerate(places)}


def _by_name(name: str) -> tuple[int, int] | None:
    signs = [_COMPASS[sign] for sign in _COMPASS if sign in name]
    if signs:
        return sum(x for x, _ in signs), sum(y for _, y in signs)
    return (0, 0) if any(word in name for word in _CENTRE) else None


def _said(path: Path) -> dict[str, tuple[int, int]]:
    """Where the city says that the tiles lie; nothing when it says nothing, or not in the way it should."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(file)}
    except (OSError, KeyError, ValueError, TypeError):
        return {}
    return found if len(set(found.values())) == len(found) else {}
