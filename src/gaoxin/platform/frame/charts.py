"""Charts on pages: declared in Altair, sent as data, drawn in the browser by the library that comes in a wheel.

A page includes ``frame/chart_scripts.html`` in its head and ``frame/chart.html`` with ``id`` and ``chart`` (a
`gaoxin.reports.charts.Chart`) for each chart. The figures of a chart stand in a table beside it: the drawing is hidden
from who cannot see it, the table is for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from importlib.metadata import version
from typing import Any, TypeVar

import altair as alt
from altair.utils.schemapi import debug_mode

from gaoxin.platform.language import language, say
from gaoxin.reports.charts.look import CONFIG, Chart, Spec
from gaoxin.reports.tables import Table
from gaoxin.words import Language, Text

LIBRARY = version("vl-convert-python")
"""The version of the chart library, in its address."""
ROWS = "rows"
"""The name of the rows of a chart that `declared` makes."""
R = TypeVar("R")


def over() -> alt.Chart:
    """Begin a plot; its rows are only named, `declared` adds them."""
    return alt.Chart(alt.NamedData(name=ROWS))


def quickly(plot: Callable[[], R]) -> R:
    """Put a plot together without Altair checking every part of it at every step, which takes longer than the page."""
    with debug_mode(False):
        return plot()


def declared(
    plot: Callable[..., alt.TopLevelMixin], *said: Hashable, rows: list[dict[str, Any]], title: Text, measure: Text,
    source: Text, synthetic: bool,
) -> Chart:  # fmt: skip
    """A chart of a page.

    Parameters
    ----------
    plot
        A function that makes the plot out of ``said``, begun with `over`. Putting a plot together takes longer than
        reading its figures, so it is kept for the next time: what it is like may depend on nothing else.
    rows
        What it is drawn from; nothing but what the reader may see.
    title, measure, source
        What it says, of what, and where that comes from.
    """
    spec: Spec = {**_plotted(plot, said, language()), "config": CONFIG, "datasets": {ROWS: rows}}
    return Chart("chart", title, measure, source, synthetic, spec, Table("chart", title, (), ()), language())


@lru_cache(maxsize=512)
def _plotted(plot: Callable[..., alt.TopLevelMixin], said: tuple[Hashable, ...], _: Language) -> Spec:
    return quickly(lambda: plot(*said).to_dict(validate=False))


def chart_data(chart: Chart) -> dict[str, Any]:
    """A chart for ``charts.js``: the plot, how it looks, and what it says in words."""
    plot = {key: value for key, value in chart.plot.items() if key != "config"}
    return {"plot": plot, "config": CONFIG, "label": f"{say(chart.title)} · {say(chart.measure)}"}
