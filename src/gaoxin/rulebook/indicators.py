"""An indicator system (指标体系) ready to be used: its nodes, weights and method, with all extensions applied.

``system.py`` makes it from files.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaoxin.rulebook.book import Book, Origin
from gaoxin.rulebook.entries import Clause, Document
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.system_entries import DataKind, Transform, WeightStatus
from gaoxin.rulebook.units import UnitError, unit
from gaoxin.words import Language, Text

INDEX = "index"
"""Code of the root: the index itself, which no node of the file stands for."""


def natural_key(no: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key of a number: 1.2 before 1.10, digits before letters.

    >>> sorted(["1.10", "2", "1.2", "1"], key=natural_key)
    ['1', '1.2', '1.10', '2']
    """
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in no.split("."))


class SystemIncomplete(BookError):  # noqa: N818 - a state of knowledge, not a mistake
    """A system that cannot be run yet; ``missing`` says in both languages what is not known."""

    def __init__(self, system: System) -> None:
        self.missing = system.missing
        zh = f"体系 {system.name} 不完整，不能计算"
        en = f"the system {system.name} is incomplete and cannot be run"
        remedy = Text(
            f"在自己的体系文件中写 extends: {system.name}，补齐下列内容，并写 status: complete。",
            f"Write a system file with extends: {system.name} that supplies what follows, and status: complete.",
        )
        head = Finding(Text(zh, en), remedy, system.file)
        super().__init__([head, *(Finding(Text(f"缺：{m.zh}", f"missing: {m.en}")) for m in system.missing)])


@dataclass(frozen=True, slots=True)
class Node:
    """A dimension or an indicator as it counts after all extensions."""

    no: str
    name: Text
    parent: str
    """Number of the node above; ``INDEX`` at the top."""
    weight: Decimal
    weight_status: WeightStatus
    unit: str
    direction: int
    """+1: higher is better, −1: lower is better."""
    direction_status: str
    data: DataKind | None
    """None for a dimension."""
    expr: str
    item: str
    column: str
    transform: Transform
    source: Clause | None
    confidence: str
    note: Text
    origin: Origin = field(repr=False)

    @property
    def figure(self) -> str:
        """Name of the column that holds the indicator's values: derived figure, item, or column of the table."""
        if self.data == "firm":
            return "i_" + self.no.replace(".", "_")
        return self.column if self.data == "given" else self.item

    def unit_name(self, language: Language = "zh") -> str:
        """The unit in words; that of a given table is shown as it is written."""
        if self.unit == UNKNOWN_UNIT:
            return Text("单位未知", "unit unknown").say(language)
        try:
            return unit(self.unit).say(language)
        except UnitError:
            return self.unit

    @property
    def weight_confirmed(self) -> bool:
        """True when an official text gives the weight, itself or as quoted."""
        return self.weight_status in {"official", "quoted"}


@dataclass(frozen=True, eq=False)
class System:
    """A resolved indicator system.

    ``book`` holds the items and rules that the indicators need, each indicator computed from returns among its derived
    entries (code :attr:`Node.figure`); None when all values are given in a table. ``nodes`` are in natural order of
    their numbers (1.2 before 1.10).
    """

    name: str
    title: Text
    edition: str
    entity: str
    document: str | None
    documents: Mapping[str, Document]
    nodes: tuple[Node, ...]
    settings: Mapping[str, Any]
    """The method as written, steps of an extended system included."""
    book: Book | None
    missing: tuple[Text, ...]
    """What is not known; empty when the system can be run."""
    extends: tuple[str, ...]
    """Names of the systems it builds on, nearest first."""
    file: str
    note: Text = Text("", "")

    def node(self, no: str) -> Node:
        """The node numbered ``no``; raises BookError when there is none."""
        for node in self.nodes:
            if node.no == no:
                return node
        numbers = ", ".join(node.no for node in self.nodes)
        zh, en = f"体系 {self.name} 没有指标 {no}", f"the system {self.name} has no indicator {no}"
        raise BookError([Finding(Text(zh, en), Text(f"有：{numbers}。", f"There are: {numbers}."))])

    @cached_property
    def indicators(self) -> tuple[Node, ...]:
        """The nodes with data, in order: the columns of the evaluation."""
        return tuple(node for node in self.nodes if node.data is not None)

    @property
    def parent_of(self) -> dict[str, str | None]:
        """Parent of every node, the index last: what ``Hierarchy.build`` takes first."""
        return {**{node.no: node.parent for node in self.nodes}, INDEX: None}

    @property
    def weights(self) -> dict[str, float]:
        """Weight of every node inside its parent; an unconfirmed one counts 1."""
        return {node.no: float(node.weight) for node in self.nodes}

    @property
    def directions(self) -> dict[str, int]:
        """+1 or −1 per indicator."""
        return {node.no: node.direction for node in self.indicators}

    @property
    def weights_by_status(self) -> dict[str, int]:
        """How many weights are official, quoted, secondary, inferred and unconfirmed."""
        return dict(Counter(node.weight_status for node in self.nodes))

    @property
    def n_unconfirmed_weights(self) -> int:
        """How many weights are unconfirmed and therefore counted 1."""
        return self.weights_by_status.get("unconfirmed", 0)

    @property
    def method(self) -> dict[str, Any]:
        """The method, to be validated by ``evaluation.method.Method``; see :meth:`method_with`."""
        return self.method_with({})

    def method_with(self, steps: Mapping[str, Any]) -> dict[str, Any]:
        """The method with some ``steps`` replaced, for example by the configuration of a run.

        Goalposts of an indicator with a ``transform`` are transformed like its values.
        """
        settings: dict[str, Any] = {**self.settings, **steps}
        scaled = {node.no: node.transform for node in self.indicators if node.transform != "none"}

        def on_scale(step: object) -> object:
            if not isinstance(step, Mapping) or not isinstance(step.get("goalposts"), Mapping):
                return step
            return {
                **step,
                "goalposts": {no: self._posts(no, given, scaled) for no, given in step["goalposts"].items()},
            }

        if "normalisation" in settings:
            settings["normalisation"] = on_scale(settings["normalisation"])
        if isinstance(settings.get("normalisation_of"), Mapping):
            settings["normalisation_of"] = {no: on_scale(step) for no, step in settings["normalisation_of"].items()}
        return settings

    def _posts(self, no: str, given: object, scaled: Mapping[str, Transform]) -> object:
        if no not in scaled or not isinstance(given, (list, tuple)):
            return given
        try:
            return [{"ln": math.log, "log10": math.log10}[scaled[no]](float(post)) for post in given]
        except ValueError:
            zh = f"指标 {no} 取对数，目标值 {given} 须为正数"
            en = f"indicator {no} is on a logarithmic scale: its goalposts {given} must be positive numbers"
            raise BookError([Finding(Text(zh, en), file=self.file, entry=no)]) from None

    def values(self, columns: Mapping[str, Sequence[float | None] | NDArray[np.float64]]) -> NDArray[np.float64]:
        """Values of the indicators, shape (units, indicators), from columns by :attr:`Node.figure`.

        None becomes NaN; a ``transform`` is applied, and the logarithm of what is not positive is NaN.
        """
        matrix = np.column_stack([np.asarray(columns[node.figure], dtype=np.float64) for node in self.indicators])
        for i, node in enumerate(self.indicators):
            if node.transform != "none":
                positive = np.where(matrix[:, i] > 0, matrix[:, i], np.nan)
                matrix[:, i] = (np.log if node.transform == "ln" else np.log10)(positive)
        return matrix

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of everything that decides a result: figures, nodes, method."""
        said = {
            "system": [self.name, self.entity],
            "book": self.book.content_hash if self.book else "",
            "nodes": [
                [n.no, n.parent, str(n.weight), n.weight_status, n.direction, n.figure, n.expr, n.transform, n.unit]
                for n in self.nodes
            ],
            "method": self.settings,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def version(self) -> str:
        """Edition and the beginning of the content hash."""
        return f"{self.edition}+{self.content_hash[:12]}" if self.edition else self.content_hash[:12]
