"""Boundaries of several zones on one small map: thinned for a screen when taken, laid flat when drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gaoxin.platform.zones.boundaries import rings

MOST_POINTS = 240
"""Points kept of a ring: more cannot be told apart on a map of a city."""


def thinned(boundary: dict[str, Any]) -> dict[str, Any]:
    """A boundary for drawing: a MultiPolygon in degrees with `MOST_POINTS` at most in a ring.

    Parameters
    ----------
    boundary
        A Polygon or MultiPolygon as `check_boundary` leaves it.
    """

    def ring(points: list[Any]) -> list[list[float]]:
        step = max(1, math.ceil((len(points) - 1) / MOST_POINTS))
        kept = [[round(x, 6), round(y, 6)] for x, y, *_ in points[:-1:step]]
        return [*kept, kept[0]]

    polygons = [boundary["coordinates"]] if boundary["type"] == "Polygon" else boundary["coordinates"]
    return {"type": "MultiPolygon", "coordinates": [[ring(points) for points in polygon] for polygon in polygons]}


def laid_flat(boundaries: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each boundary in plane units, x to the east and y to the north, all on one scale, true at the middle latitude.

    Parameters
    ----------
    boundaries
        As `thinned` leaves them, by code of the zone.
    """
    latitudes = [point[1] for one in boundaries.values() for ring in rings(one) for point in ring]
    if not latitudes:
        return {}
    narrow = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))

    def flat(one: dict[str, Any]) -> dict[str, Any]:
        polygons = [
            [[[round(x * narrow, 6), y] for x, y in ring] for ring in polygon] for polygon in one["coordinates"]
        ]
        return {"type": "MultiPolygon", "coordinates": polygons}

    return {code: flat(one) for code, one in boundaries.items()}
