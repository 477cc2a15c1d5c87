"""How every chart looks, and the frame around it: a title that says the finding, the measure, the source.

One accent colour; what it marks is also marked by shape or word. The categorical shades differ in lightness, so they
survive colour blindness and a grey printer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from gaoxin.reports.lettering import shorten, wrap
from gaoxin.reports.outline import basis
from gaoxin.reports.tables import Table
from gaoxin.reports.terms import SYNTHETIC
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text

FONTS = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"

INK, QUIET, RULE, PALE = "#1f2328", "#59636e", "#d1d9e0", "#eef1f4"
ACCENT, PEER, MARKED = "#0b5cad", "#8c959f", "#9a4b00"
SHADES = ("#0a3d73", "#2f74b5", "#7fb0dc", "#c6d9ec", "#57606a", "#8c959f", "#c3c9d0", "#e4e8ec")
DIVERGING = ("#9a4b00", "#e9a35b", "#f7f7f7", "#7fb0dc", "#0a3d73")

WIDTH = 560
"""Width of the plot in pictures, in pixels; on a page a chart takes the width it is given."""
TITLE_ROOM, SUBTITLE_ROOM, LABEL_ROOM = 84, 112, 48
"""Longest lines and labels in pictures, in half-width characters."""
MOST_UNITS = 60
"""Rows a chart of units shows; longer rankings are cut after this many, and the chart says so."""

CONFIG: dict[str, Any] = {
    "font": FONTS,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": QUIET,
        "labelColor": INK,
        "gridColor": PALE,
        "domainColor": RULE,
        "tickColor": RULE,
        "labelLimit": 0,
        "titlePadding": 8,
    },
    "axisY": {"domain": False, "ticks": False, "labelPadding": 8},
    "legend": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": QUIET,
        "labelColor": INK,
        "labelLimit": 0,
        "orient": "top",
        "symbolType": "square",
    },
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 17,
        "color": INK,
        "subtitleFontSize": 13,
        "subtitleColor": QUIET,
        "subtitlePadding": 6,
        "subtitleLineHeight": 18,
        "offset": 16,
    },
}

Spec = dict[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Chart:
    """One chart: what it says, the measure, where it comes from, the plot, and the figures under it.

    ``plot`` is a Vega-Lite specification without frame: the page sets its own frame around it, a picture takes
    :meth:`framed`.
    """

    name: str
    title: Text
    measure: Text
    footer: Text
    synthetic: bool
    plot: Spec
    table: Table
    language: Language

    @property
    def subtitle(self) -> list[str]:
        """The lines below the title: the measure, and the label of synthetic data."""
        lines = [self.measure.say(self.language)]
        return [*lines, f"▲ {SYNTHETIC.say(self.language)}"] if self.synthetic else lines

    @property
    def empty(self) -> bool:
        """True when there is nothing to draw: nobody has a score, or no value is known."""
        return not any(self.plot["datasets"].values())

    def shell(self) -> Spec:
        """The frame with an empty place (``concat[0]``) for the plot."""
        footer: Spec = {
            "data": {"values": [{"text": self.footer.say(self.language)}]},
            "width": WIDTH,
            "height": 14,
            "mark": {"type": "text", "align": "left", "x": 0, "y": 8, "fontSize": 11, "color": QUIET},
            "encoding": {"text": {"field": "text"}},
        }
        return {
            "$schema": alt.SCHEMA_URL,
            "config": CONFIG,
            "background": "white",
            "padding": 16,
            "title": {
                "text": wrap(self.title.say(self.language), TITLE_ROOM),
                "subtitle": [part for line in self.subtitle for part in wrap(line, SUBTITLE_ROOM)],
            },
            "spacing": 10,
            "columns": 1,
            "concat": [None, footer],
        }

    def framed(self) -> Spec:
        """The whole chart with its frame, for pictures."""
        outside = {"$schema", "config", "datasets", "params"}
        shell = self.shell()
        shell["concat"][0] = {key: value for key, value in self.plot.items() if key not in outside}
        return {**{key: self.plot[key] for key in outside if key in self.plot}, **shell}


def chart(
    result: RunResult,
    language: Language,
    name: str,
    title: Text,
    measure: Text,
    plot: alt.TopLevelMixin,
    rows: Sequence[Rows],
    table: Table,
) -> Chart:
    """Put ``plot`` over ``rows`` (the same that :func:`over` was given) into the frame that all charts share."""
    spec = plot.to_dict(validate=False)
    spec["config"] = CONFIG
    spec["datasets"] = {_name(each): each for each in rows}
    return Chart(name, title, measure, footer(result), result.synthetic, spec, table, language)


def footer(result: RunResult) -> Text:
    """Source, period and version."""
    version = result.versions.get("gaoxin", "")
    made = f" · gaoxin {version}" if version else ""
    return Text(f"来源：{basis(result).zh}{made}", f"Source: {basis(result).en}{made}")


def cut(rows: list[int], shown: list[int], measure: Text) -> Text:
    """Add to the measure how many of ``rows`` the chart shows, when not all."""
    if len(shown) == len(rows):
        return measure
    return Text(
        f"{measure.zh}；仅列前 {len(shown)} 位，共 {len(rows)} 位",
        f"{measure.en}; the first {len(shown)} of {len(rows)}",
    )


def rank_ticks(last: float) -> list[int]:
    """Ticks of an axis of ranks: the first place, then round steps.

    >>> rank_ticks(22), rank_ticks(4)
    ([1, 5, 10, 15, 20], [1, 2, 3, 4])
    """
    step = next((step for step in (1, 5, 10, 20, 50, 100, 200, 500) if last / step <= 8), 1000)
    return sorted({1, *range(step, int(last) + 1, step)})


def over(rows: Rows, height: int = 24) -> alt.Chart:
    """Begin a plot over ``rows``, ``height`` pixels high.

    The plot only names its rows; :func:`chart` adds them. Altair copies and checks all it is given at every step,
    which for the rows of a chart would take longer than everything else.
    """
    return alt.Chart(alt.NamedData(name=_name(rows)), height=max(height, 24))


def _name(rows: Rows) -> str:
    """A name by content: charts that differ only in language share their rows."""
    content = json.dumps(rows, ensure_ascii=False, sort_keys=True).encode("utf-8")
    return f"rows-{hashlib.sha256(content).hexdigest()[:16]}"


def name_axis(names: str = "names", *, headings: bool = False) -> alt.Axis:
    """An axis of codes that shows the names in the parameter ``names``; codes that begin with § are headings."""
    weight: Any = alt.Undefined
    if headings:
        weight = {"condition": {"test": "indexof(datum.value, '§') === 0", "value": "bold"}, "value": "normal"}
    return alt.Axis(labelExpr=f"{names}[datum.value]", grid=False, labelFontWeight=weight)


def fitted(text: str) -> str:
    """A label cut to the room beside a chart; the table under it has the whole name.

    The cut is made here: Vega's own limit measures every label twice, which doubles the time of a picture.
    """
    return shorten(text, LABEL_ROOM)


def pick(language: Language, zh: str, en: str) -> str:
    """The word of the chart's language."""
    return zh if language == "zh" else en
