"""Notices and their clauses, measures with their nodes, and what is known of their progress."""

from gaoxin.platform.measures.models.measures import NODES, Measure, Node, Part, Request, Stage
from gaoxin.platform.measures.models.notices import Clause, Notice, UnitName
from gaoxin.platform.measures.models.progress import Figure, Judgement, Link, Note, Origin, Value

__all__ = [
    "NODES", "Clause", "Figure", "Judgement", "Link", "Measure", "Node", "Note", "Notice", "Origin", "Part", "Request",
    "Stage", "UnitName", "Value",
]  # fmt: skip
