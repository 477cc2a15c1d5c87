"""An indicator system as it is written in ``system.yaml``: one model for the file, one for a node.

Nodes may be partial, because a system that extends another one writes only what it changes. What concerns the whole
system is checked in ``system.py``, when all parts are there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gaoxin.rulebook.entries import MAX_SCALE, Clause, Confidence, Document, Exact, Expression, Model, Title, Words
from gaoxin.words import Text

WeightStatus = Literal["official", "quoted", "secondary", "inferred", "unconfirmed"]
DataKind = Literal["firm", "zone", "expert", "given"]
Transform = Literal["none", "ln", "log10"]


class NodeEntry(Model):
    """One node: a dimension, or an indicator when it has ``data``.

    ``expr`` belongs to ``data: firm``, ``item`` to ``zone`` and ``expert``, ``column`` to ``given``. ``transform`` is
    applied to the values of the indicator and to its goalposts alike (the logarithm of income in the HDI).
    """

    no: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$", max_length=40)]
    parent: str | None = None
    name: Words | None = None
    unit: str | None = None
    direction: Literal["higher", "lower"] = "higher"
    direction_status: Confidence = "unknown"
    weight: Annotated[Exact, Field(gt=0)] | None = None
    weight_status: WeightStatus | None = None
    data: DataKind | None = None
    expr: Expression | None = None
    item: str | None = None
    column: str | None = None
    transform: Transform = "none"
    scale: Annotated[int, Field(ge=0, le=MAX_SCALE)] = 8
    """Decimals kept of a value computed from returns."""
    min_coverage: Annotated[Exact, Field(gt=0, le=1)] | None = None
    source: Clause | None = None
    confidence: Confidence = "unknown"
    note: Title = Text("", "")


class SystemEntry(Model):
    """The file: head, method, nodes. ``method`` is validated where it is used, by the evaluation."""

    system: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Words
    version: str = ""
    document: str | None = None
    documents: dict[str, Document] = Field(default_factory=dict)
    """Documents of a system that stands outside a book."""
    extends: str | None = None
    entity: str | None = None
    status: Literal["complete", "incomplete"] = "complete"
    missing: tuple[Words, ...] = ()
    method: dict[str, Any] = Field(default_factory=dict)
    nodes: tuple[dict[str, Any], ...] = ()
    """Read one by one as :class:`NodeEntry`, so that every error has its line."""
    remove: tuple[str, ...] = ()
    note: Title = Text("", "")
