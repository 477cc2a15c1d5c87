"""Charts as PNG and SVG files, drawn without a browser and without the network."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import altair as alt
import vl_convert

from gaoxin.reports.charts.look import WIDTH, Chart, Spec
from gaoxin.reports.drawing import Drawn, Order, draw
from gaoxin.reports.lettering import legible
from gaoxin.writing import write_whole

VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
SCALE = 2.0
"""Gives about 190 dots per inch at full page width."""


def png(chart: Chart) -> bytes:
    """Draw ``chart`` with its frame."""
    return draw(_order([chart]))[chart.name]


def begin(charts: Iterable[Chart]) -> Drawn:
    """Have ``charts`` drawn in a second process while the caller goes on; their pictures by the names of the charts."""
    return Drawn(_order(charts))


def _order(charts: Iterable[Chart]) -> Order:
    return Order({chart.name: _sized(chart.framed()) for chart in charts}, VEGA_LITE, SCALE)


def svg(chart: Chart) -> str:
    """Draw ``chart`` with its frame as SVG."""
    return vl_convert.vegalite_to_svg(_sized(chart.framed()), vl_version=VEGA_LITE, allowed_base_urls=[])


def write(chart: Chart, path: Path) -> None:
    """Write ``chart`` to ``path``, as PNG or SVG by its ending."""
    match path.suffix.lower():
        case ".png":
            write_whole(path, png(chart))
        case ".svg":
            write_whole(path, svg(chart))
        case other:
            raise ValueError(f"a picture is .png or .svg, not {other or 'without an ending'}")


@lru_cache(maxsize=1)
def can_draw_chinese() -> bool:
    """True when a font of this machine has Chinese characters: two different ones then give different pictures."""

    def drawn(character: str) -> bytes:
        text = f'<text x="2" y="20" font-size="18" font-family="sans-serif">{character}</text>'
        return vl_convert.svg_to_png(f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">{text}</svg>')

    return drawn("中") != drawn("国")


def _sized(spec: Spec) -> Spec:
    """With the width of a picture, and only characters that can be drawn: on others the library ends the process."""
    plot = spec["concat"][0]
    sized = {**spec, "concat": [{**plot, "width": plot.get("width", WIDTH)}, *spec["concat"][1:]]}
    return cast(Spec, _drawable(sized))


def _drawable(value: Any) -> Any:
    match value:
        case str():
            return legible(value)
        case dict():
            return {_drawable(key): _drawable(part) for key, part in value.items()}
        case list():
            return [_drawable(part) for part in value]
        case _:
            return value
