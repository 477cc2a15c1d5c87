"""A page of findings, charts and tables in one file: no script, nothing fetched, for any browser and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import altair as alt
import jinja2
import vl_convert

from gaoxin.reports.charts.look import CONFIG
from gaoxin.reports.lettering import legible
from gaoxin.reports.tables.table import Table, write_cell
from gaoxin.words import Language, Text

TEMPLATES = Path(str(resources.files("gaoxin"))) / "reports" / "templates"
MOST_ROWS = 200
"""Rows of a table on a page; the workbook has all."""


@dataclass(frozen=True)
class Picture:
    """A chart: what it shows, how to read it, and its Vega-Lite specification."""

    title: Text
    measure: Text
    plot: dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A part of a page: pictures first, then tables."""

    title: Text
    text: tuple[Text, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()


def render_page(
    title: Text,
    about: Sequence[Text],
    findings: Sequence[Text],
    sections: Sequence[Section],
    language: Language,
    *,
    warning: Sequence[Text] = (),
) -> str:
    """The page as HTML.

    ``about`` says what the figures rest on: as of when, by which rulebook, how far confirmed, no tax advice;
    ``findings`` are the main results, one sentence each; ``warning`` is what must be seen before anything else, like
    synthetic data or a hypothetical rule.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )

    def say(text: Text) -> str:
        return legible(text.say(language))

    return environment.get_template("incentives.html.j2").render(
        language=language,
        css=(TEMPLATES / "page.css").read_text(encoding="utf-8"),
        title=say(title),
        about=[say(line) for line in about],
        warning=[say(line) for line in warning],
        findings=[say(line) for line in findings],
        contents=Text("内容", "Contents").say(language),
        sections=[
            {
                "title": say(section.title),
                "text": [say(line) for line in section.text],
                "pictures": [
                    {"title": say(one.title), "measure": say(one.measure), "svg": drawn(one.plot)}
                    for one in section.pictures
                ],
                "tables": [_table(table, language) for table in section.tables if table.rows],
            }
            for section in sections
        ],
    )


def drawn(plot: dict[str, Any]) -> str:
    """A chart as SVG."""
    whole = {"$schema": alt.SCHEMA_URL, **plot, "config": {**CONFIG, **plot.get("config", {})}}
    return vl_convert.vegalite_to_svg(whole)


def _table(table: Table, language: Language) -> dict[str, Any]:
    shown = table.rows[:MOST_ROWS]
    foot = list(table.foot)
    if len(table.rows) > MOST_ROWS:
        more = len(table.rows) - MOST_ROWS
        foot.append(Text(f"另有 {more} 行，见工作簿。", f"{more} more rows are in the workbook."))
    return {
        "title": legible(table.title.say(language)),
        "heads": [(column.header(language), column.numeric, column.wide) for column in table.columns],
        "rows": [
            [legible(write_cell(cell, column, language)) for cell, column in zip(row, table.columns, strict=True)]
            for row in shown
        ],
        "foot": [legible(line.say(language)) for line in foot],
    }
