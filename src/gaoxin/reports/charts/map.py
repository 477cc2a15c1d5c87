"""The scores on a map that the user supplies. No map comes with gaoxin: published maps of China need a review number
(审图号), and there are no free boundaries of the zones. So there is no tile map either: a grid of invented places
would say nothing that the ranking does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from gaoxin.problems import InputError, Problem
from gaoxin.reports import terms
from gaoxin.reports.charts.look import SHADES, Chart, chart, over, pick
from gaoxin.reports.figures import score_decimals, write_number, write_rank
from gaoxin.reports.outline import ranked
from gaoxin.reports.tables import standing
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text

AREAS = ("Polygon", "MultiPolygon")
DEPTHS = {"Point": 0, "Polygon": 2, "MultiPolygon": 3}
"""How deep the positions of a geometry are nested."""


@dataclass(frozen=True)
class Located:
    """A map and the units that are not on it."""

    chart: Chart
    unmatched: tuple[str, ...]
    """Names of the units without a feature."""


def located(result: RunResult, geojson: dict[str, Any], language: Language = "zh") -> Located:
    """Draw the scores on ``geojson`` (a FeatureCollection of polygons or points in longitude and latitude).

    A feature belongs to the unit whose code or name is among its properties (or its id). Features of no unit are
    drawn as ground; units without a feature are listed. Raises InputError when it is not such a collection.
    """
    decimals = score_decimals(result.scores[:, -1])
    row_of: dict[str, int] = {}
    for row, unit in enumerate(result.units):
        row_of[unit.name] = row
    for row, unit in enumerate(result.units):
        row_of[unit.code] = row
    areas: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    found: set[int] = set()
    for feature in _features(geojson):
        properties = feature.get("properties") or {}
        keys = [str(value) for value in (*properties.values(), feature.get("id")) if isinstance(value, str | int)]
        at = next((row_of[key] for key in keys if key in row_of), None)
        entry: dict[str, Any] = {"unit": "", "name": "", "score": None, "shown": "", "rank": ""}
        if at is not None:
            found.add(at)
            score = float(result.scores[at, -1])
            entry = {
                "unit": result.units[at].code,
                "name": result.units[at].name,
                "score": None if math.isnan(score) else score,
                "shown": write_number(score, decimals),
                "rank": write_rank(float(result.ranks[at, -1])),
            }
        geometry = feature["geometry"]
        if geometry["type"] in AREAS:
            areas.append({"type": "Feature", "properties": {}, "geometry": _wound(geometry), **entry})
        elif at is not None:
            longitude, latitude = geometry["coordinates"][:2]
            points.append({**entry, "longitude": longitude, "latitude": latitude})
    unmatched = tuple(unit.name for row, unit in enumerate(result.units) if row not in found)

    tooltip = [
        alt.Tooltip("name:N", title=pick(language, "单位", "unit")),
        alt.Tooltip("shown:N", title=terms.SCORE.say(language)),
        alt.Tooltip("rank:N", title=pick(language, "名次", "rank")),
    ]
    scale = alt.Scale(range=[SHADES[3], SHADES[0]], zero=False)
    colour = alt.Color("score:Q", title=terms.SCORE.say(language), scale=scale)
    layers: list[alt.Chart] = []
    if areas:
        ground = over(areas).mark_geoshape(fill="#f0f3f6", stroke="white", strokeWidth=0.8)
        filled = over(areas).transform_filter("isValid(datum.score)").mark_geoshape(stroke="white", strokeWidth=0.8)
        layers += [ground, filled.encode(color=colour, tooltip=tooltip)]
    if points:
        dots = over(points).mark_circle(size=110, opacity=1, stroke="white", strokeWidth=1)
        layers.append(dots.encode(longitude="longitude:Q", latitude="latitude:Q", color=colour, tooltip=tooltip))
    if not layers:
        raise InputError([_problem("没有一个要素是面或点", "no feature is a polygon or a point")])
    plot = alt.layer(*layers).project(type="mercator").properties(height=420)
    measure = Text(
        f"{terms.SCORE.zh}；边界和位置由使用者提供",
        f"{terms.SCORE.say('en')}; places and boundaries as supplied by the user",
    )
    drawn = chart(result, language, "map", _headline(result, found), measure, plot, [areas, points], standing(result))
    return Located(drawn, unmatched)


def _headline(result: RunResult, found: set[int]) -> Text:
    on_map = [row for row in ranked(result) if row in found]
    first = "、".join(result.units[row].name for row in on_map[:3])
    count = len(result.units)
    zh, en = f"{count} 个单位中 {len(found)} 个在图上", f"{len(found)} of {count} units are on the map"
    return Text(f"{zh}，得分最高的是{first}", f"{en}; highest scores: {first}") if on_map else Text(zh, en)


def _features(geojson: dict[str, Any]) -> list[dict[str, Any]]:
    features = geojson.get("features") if isinstance(geojson, dict) else None
    if not isinstance(features, list) or geojson.get("type") != "FeatureCollection":
        raise InputError([_problem("不是 FeatureCollection", "it is not a FeatureCollection")])
    usable = []
    for at, feature in enumerate(features):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if geometry is None:
            continue
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if kind not in DEPTHS or not _in_degrees(geometry.get("coordinates"), DEPTHS[kind]):
            zh = f"第 {at + 1} 个要素不是以经纬度表示的面或点"
            raise InputError([_problem(zh, f"feature {at + 1} is not a polygon or point in longitude and latitude")])
        usable.append(feature)
    return usable


def _in_degrees(coordinates: Any, depth: int) -> bool:
    if not isinstance(coordinates, list) or not coordinates:
        return False
    if depth:
        return all(_in_degrees(item, depth - 1) for item in coordinates)
    numbers = len(coordinates) >= 2 and all(isinstance(item, int | float) for item in coordinates[:2])
    return numbers and abs(coordinates[0]) <= 180 and abs(coordinates[1]) < 90


def _problem(zh: str, en: str) -> Problem:
    remedy = Text(
        "请提供 WGS-84 经纬度的 GeoJSON FeatureCollection，属性中含单位代码或名称",
        "supply a GeoJSON FeatureCollection in longitude and latitude whose properties hold the unit's code or name",
    )
    return Problem("geojson", "error", Text(f"GeoJSON 无法使用：{zh}", f"the GeoJSON cannot be used: {en}"), remedy)


def _wound(geometry: dict[str, Any]) -> dict[str, Any]:
    """Wind outer rings clockwise and holes the other way: the renderer takes a shape on the sphere, where the usual
    order of GeoJSON would mean the whole world without it."""

    def polygon(rings: list[Any]) -> list[Any]:
        return [ring if (_area(ring) < 0) == (at == 0) else ring[::-1] for at, ring in enumerate(rings)]

    if geometry["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": polygon(geometry["coordinates"])}
    return {"type": "MultiPolygon", "coordinates": [polygon(rings) for rings in geometry["coordinates"]]}


def _area(ring: list[Any]) -> float:
    """Twice the signed area of a ring: positive when it runs counter-clockwise."""
    return float(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)))
