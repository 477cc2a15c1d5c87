"""Boundaries as GeoJSON (RFC 7946): checked, and drawn as a small outline."""

from __future__ import annotations

import math
from typing import Any

from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

MOST_POINTS = 50_000
_SIDE = 240
"""The outline fits a square of this many units."""


def check_boundary(value: Any) -> dict[str, Any]:
    """The geometry of what was given: a Polygon or MultiPolygon, bare or inside one Feature.

    Raises
    ------
    InputError
        When it is something else, a ring is not closed or has fewer than four positions, or a position is not a
        longitude and a latitude.
    """
    if isinstance(value, dict) and value.get("type") == "FeatureCollection" and len(value.get("features") or ()) == 1:
        value = value["features"][0]
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, dict) or value.get("type") not in {"Polygon", "MultiPolygon"}:
        refuse(
            "zones.boundary", "boundary",
            Text("边界应为一个 Polygon 或 MultiPolygon", "the boundary must be one Polygon or MultiPolygon"),
            Text("在地图软件中导出为 GeoJSON（WGS 84）", "export it from a map program as GeoJSON (WGS 84)"),
        )  # fmt: skip
    found = rings(value)
    if not found or sum(len(ring) for ring in found) > MOST_POINTS:
        refuse(
            "zones.boundary-size", "boundary",
            Text(f"边界应有 1 至 {MOST_POINTS} 个点", f"the boundary must have 1 to {MOST_POINTS} points"),
        )  # fmt: skip
    for number, ring in enumerate(found, start=1):
        if len(ring) < 4 or ring[0] != ring[-1]:
            refuse(
                "zones.boundary-ring", "boundary",
                Text(f"第 {number} 个环没有闭合", f"ring {number} is not closed"),
            )  # fmt: skip
        for position in ring:
            if not _is_position(position):
                refuse(
                    "zones.boundary-position", "boundary",
                    Text(f"第 {number} 个环里有无效的经纬度", f"ring {number} has a position off the globe"),
                )  # fmt: skip
    return {"type": value["type"], "coordinates": value["coordinates"]}


def rings(geometry: dict[str, Any]) -> list[list[Any]]:
    """All rings of a Polygon or MultiPolygon; empty when the coordinates are not nested as they must be."""
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry.get("type") == "Polygon" else coordinates
    if not isinstance(polygons, list):
        return []
    found = [ring for polygon in polygons if isinstance(polygon, list) for ring in polygon]
    return found if all(isinstance(ring, list) for ring in found) else []


def _is_position(position: Any) -> bool:
    return (
        isinstance(position, list)
        and len(position) in {2, 3}
        and all(isinstance(part, (int, float)) and math.isfinite(part) for part in position)
        and -180 <= position[0] <= 180
        and -90 <= position[1] <= 90
    )


def outline(geometry: dict[str, Any]) -> str:
    """The boundary as the ``d`` of an SVG path in a square of 240 units, north up, shapes true at its latitude.

    >>> outline({"type": "Polygon", "coordinates": [[[0, 0], [0, 2], [2, 2], [0, 0]]]})
    'M0.0 240.0L0.0 0.0L240.0 0.0L0.0 240.0Z'
    """
    found = rings(geometry)
    points = [position for ring in found for position in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = _SIDE / (max((east - west) * narrow, north - south) or 1)
    parts = []
    for ring in found:
        places = [f"{(x - west) * narrow * scale:.1f} {(north - y) * scale:.1f}" for x, y, *_ in ring[:-1]]
        places.append(places[0])
        parts.append("M" + "L".join(places) + "Z")
    return "".join(parts)
