"""Boundaries of several zones on one small map: laid flat, shapes true at the middle latitude, thinned for a screen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gaoxin.platform.zones.boundaries import rings

MOST_POINTS = 240
"""Points kept of a ring: more cannot be told apart on a map of a city."""


def laid_flat(boundaries: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each boundary as a polygon in plane units, x to the east and y to the north, all on one scale.

    Parameters
    ----------
    boundaries
        Polygons and MultiPolygons in degrees, as `check_boundary` leaves them, by code of the zone.
    """
    latitudes = [point[1] for one in boundaries.values() for ring in rings(one) for point in ring]
    if not latitudes:
        return {}
    narrow = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))

    def ring(points: list[Any]) -> list[list[float]]:
        step = max(1, math.ceil(len(points) / MOST_POINTS))
        kept = [[round(x * narrow, 6), round(y, 6)] for x, y, *_ in points[:-1:step]]
        return [*kept, kept[0]]

    def flat(one: dict[str, Any]) -> dict[str, Any]:
        polygons = [one["coordinates"]] if one["type"] == "Polygon" else one["coordinates"]
        return {"type": "MultiPolygon", "coordinates": [[ring(points) for points in polygon] for polygon in polygons]}

    return {code: flat(one) for code, one in boundaries.items()}
