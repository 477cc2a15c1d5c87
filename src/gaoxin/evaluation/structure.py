"""The tree of an indicator system: indicators (leaves), dimensions, index (root)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.words import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class StructureError(EvaluationError):
    """The nodes do not form one tree; the message names the node."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A tree of any depth; branches may differ in depth.

    Nodes are ordered: first the ``n`` indicators (leaves) in the order of the data columns, then every aggregate
    after all of its children, the index (root) last. So one forward pass over the aggregates evaluates the tree.

    Parameters
    ----------
    codes : node codes, length m.
    parents : index of each node's parent, length m; −1 for the root.
    weights : weight of each node inside its parent, length m, not yet rescaled.
    directions : +1 (higher is better) or −1 per indicator, length n.
    """

    codes: tuple[str, ...]
    parents: Ints
    weights: Floats
    directions: Ints

    @classmethod
    def build(
        cls,
        parent_of: Mapping[str, str | None],
        *,
        weights: Mapping[str, float] | None = None,
        directions: Mapping[str, int] | None = None,
        indicators: Sequence[str] | None = None,
    ) -> Hierarchy:
        """Order the nodes of ``parent_of`` (code → parent code, ``None`` for the root) into a tree.

        ``indicators`` fixes the order of the leaves (default: order of the mapping). Missing weights are 1, missing
        directions +1.

        >>> tree = Hierarchy.build({"a": "I", "b": "I", "I": None}, weights={"a": 2.0})
        >>> tree.codes, tree.parents.tolist(), tree.weights.tolist()
        (('a', 'b', 'I'), [2, 2, -1], [2.0, 1.0, 1.0])
        """
        roots = [code for code, parent in parent_of.items() if parent is None]
        if len(roots) != 1:
            found = listed(roots) if roots else Text("无", "none")
            raise StructureError(
                Text(
                    f"指标体系须有且只有一个总指标，现有 {len(roots)} 个：{found.zh}",
                    f"one root is needed, found {len(roots)}: {found.en}",
                )
            )
        children: dict[str, list[str]] = {code: [] for code in parent_of}
        for code, parent in parent_of.items():
            if parent is not None:
                if parent not in children:
                    raise StructureError(
                        Text(
                            f"{code} 的上级 {parent} 不在指标体系中",
                            f"{code}: its parent {parent} is not a node of the system",
                        )
                    )
                children[parent].append(code)
        leaves = [code for code, below in children.items() if not below]
        if indicators is not None:
            if set(indicators) != set(leaves) or len(indicators) != len(leaves):
                odd = listed(sorted(set(indicators) ^ set(leaves)) or sorted(indicators))
                raise StructureError(
                    Text(
                        f"给定的指标与体系的末级指标不一致：{odd.zh}",
                        f"indicators and leaves of the tree differ: {odd.en}",
                    )
                )
            leaves = list(indicators)

        aggregates: list[str] = []
        visited: set[str] = set()
        stack: list[tuple[str, bool]] = [(roots[0], False)]
        while stack:
            code, done = stack.pop()
            if done:
                aggregates.append(code)
                continue
            visited.add(code)
            if children[code]:
                stack.append((code, True))
                stack.extend((child, False) for child in reversed(children[code]))
        if len(visited) != len(parent_of):
            lost = listed(sorted(set(parent_of) - visited))
            raise StructureError(
                Text(
                    f"以下节点到不了总指标（循环）：{lost.zh}", f"nodes that do not reach the root (a cycle): {lost.en}"
                )
            )
        if not aggregates:
            raise StructureError(
                Text(f"{roots[0]} 之下没有指标", f"{roots[0]}: an index needs at least one indicator below it")
            )

        codes = (*leaves, *aggregates)
        at = {code: i for i, code in enumerate(codes)}
        above = [parent_of[code] for code in codes]
        parents = np.array([-1 if parent is None else at[parent] for parent in above], dtype=np.int64)
        return cls(
            codes=codes,
            parents=parents,
            weights=np.array([(weights or {}).get(code, 1.0) for code in codes], dtype=np.float64),
            directions=np.array([(directions or {}).get(code, 1) for code in leaves], dtype=np.int64),
        )

    @property
    def n_indicators(self) -> int:
        """Number of indicators (leaves), n."""
        return len(self.directions)

    @property
    def n_nodes(self) -> int:
        """Number of all nodes, m."""
        return len(self.codes)

    @cached_property
    def children(self) -> tuple[Ints, ...]:
        """Indices of the children of every node, in node order; empty for indicators."""
        return tuple(np.flatnonzero(self.parents == node) for node in range(self.n_nodes))

    @cached_property
    def indicators_below(self) -> tuple[Ints, ...]:
        """Indices of the indicators below every node, in node order; an indicator has itself."""
        below: list[Ints] = [np.array([node]) for node in range(self.n_indicators)]
        for node in range(self.n_indicators, self.n_nodes):
            below.append(np.sort(np.concatenate([below[child] for child in self.children[node]])))
        return tuple(below)

    @cached_property
    def levels(self) -> Ints:
        """Level of every node: indicators are 1, an aggregate is one more than its highest child."""
        levels = np.ones(self.n_nodes, dtype=np.int64)
        for node in range(self.n_indicators, self.n_nodes):
            levels[node] = 1 + levels[self.children[node]].max()
        return levels

    @cached_property
    def local_weights(self) -> Floats:
        """Weights rescaled to sum 1 inside each parent; the root's is 1."""
        local = np.ones(self.n_nodes)
        for node in range(self.n_indicators, self.n_nodes):
            below = self.children[node]
            local[below] = self.weights[below] / self.weights[below].sum()
        return local

    @cached_property
    def effective_weights(self) -> Floats:
        """Weight of every node in the index: the product of the local weights on its way to the root."""
        effective = self.local_weights.copy()
        for node in range(self.n_nodes - 2, -1, -1):
            effective[node] *= effective[self.parents[node]]
        return effective

    def position(self, code: str) -> int:
        """Index of the node ``code``; raises StructureError with the code when there is none."""
        try:
            return self.codes.index(code)
        except ValueError:
            raise StructureError(Text(f"指标体系中没有 {code}", f"{code} is not a node of the system")) from None

    def with_weights(self, weights: Floats) -> Hierarchy:
        """The same tree with other weights (length m)."""
        return Hierarchy(self.codes, self.parents, np.asarray(weights, dtype=np.float64), self.directions)
