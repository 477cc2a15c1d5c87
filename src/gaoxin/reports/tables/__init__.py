"""The tables of a run. All outputs are made from them, so no two can disagree."""

from gaoxin.reports.tables.system import correlations, indicator_notes, indicators, method, reliability, sources
from gaoxin.reports.tables.table import Cell, Column, Kind, Mark, Note, Table, write_cell
from gaoxin.reports.tables.trust import checks, checks_by_rule, dominance, robustness, sensitivity
from gaoxin.reports.tables.units import (
    adjustments,
    by_dimension,
    contributions,
    derivation,
    history,
    normalised,
    raw,
    standing,
    unit_notes,
)

__all__ = [
    "Cell",
    "Column",
    "Kind",
    "Mark",
    "Note",
    "Table",
    "adjustments",
    "by_dimension",
    "checks",
    "checks_by_rule",
    "contributions",
    "correlations",
    "derivation",
    "dominance",
    "history",
    "indicator_notes",
    "indicators",
    "method",
    "normalised",
    "raw",
    "reliability",
    "robustness",
    "sensitivity",
    "sources",
    "standing",
    "unit_notes",
    "write_cell",
]
