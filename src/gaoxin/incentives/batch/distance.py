"""How far a condition is from being met, as SQL: the relative distance of a value to its threshold."""

from __future__ import annotations

from collections.abc import Mapping

from gaoxin.engines.integers import Sql
from gaoxin.engines.lowering import Lowering
from gaoxin.rulebook import tree
from gaoxin.rulebook.plan import Column, RowColumn
from gaoxin.rulebook.tree import Node

NONE, ENDLESS = "CAST(0 AS DOUBLE)", "CAST('Infinity' AS DOUBLE)"

_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "=": "<>", "<>": "="}
_DEPTH = 8


def distance(lowering: Lowering, columns: Mapping[str, Column], node: Node) -> str:
    """SQL of how far ``node``, which is not true, is from being true, as a DOUBLE.

    For a comparison of numbers |value − threshold| / |threshold|: 0.05 is five per cent. Of several that must all hold
    it is the widest distance, of alternatives the smallest. What has no distance (a flag, a code, a threshold of 0) is
    infinitely far.
    """
    return _Measure(lowering, columns).of(node, True, 0)


class _Measure:
    def __init__(self, lowering: Lowering, columns: Mapping[str, Column]) -> None:
        self.lowering, self.columns = lowering, columns

    def of(self, node: Node, wanted: bool, depth: int) -> str:
        match node:
            case tree.Not(operand):
                return self.of(operand, not wanted, depth)
            case tree.Logic(op, parts):
                every = (op == "and") == wanted
                each = [self.unless_met(part, wanted, depth) for part in parts]
                return f"{'greatest' if every else 'least'}({', '.join(each)})"
            case tree.Compare(op, left, right) if left.type.kind == "number":
                return self._compared(op if wanted else _OPPOSITE[op], left, right)
            case tree.Case(branches, otherwise):
                text = "".join(
                    f" WHEN {self.lowering.truth(when).text} THEN {self.of(then, wanted, depth)}"
                    for when, then in branches
                )
                return f"CASE{text} ELSE {self.of(otherwise, wanted, depth)} END"
            case tree.Dated():
                (version,) = node.versions if len(node.versions) == 1 else (None,)
                inner = version.node if version is not None else None
                return ENDLESS if inner is None else self.of(inner, wanted, depth)
            case tree.Figure(code) if depth < _DEPTH and isinstance(column := self.columns.get(code), RowColumn):
                return self.of(column.node, wanted, depth + 1)
            case _:
                return ENDLESS

    def unless_met(self, node: Node, wanted: bool, depth: int) -> str:
        """The distance; 0 where ``node`` is as it is wanted."""
        if isinstance(node, tree.Logic):
            return self.of(node, wanted, depth)
        met = self.lowering.truth(node).text
        return f"CASE WHEN {met if wanted else f'NOT {met}'} THEN {NONE} ELSE {self.of(node, wanted, depth)} END"

    def _compared(self, op: str, left: Node, right: Node) -> str:
        if op in {"=", "<>"}:
            return ENDLESS
        value, limit = self.lowering.dialect.cross(self.lowering.number(left), self.lowering.number(right))[:2]

        def size(one: Sql) -> str:
            return f"CAST({one.text} AS DOUBLE)"

        relative = f"abs({size(value)} - {size(limit)}) / NULLIF(abs({size(limit)}), 0)"
        return f"COALESCE({relative}, {ENDLESS})"
