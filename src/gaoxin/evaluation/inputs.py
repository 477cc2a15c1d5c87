"""What the chain refuses before it starts: shapes that do not fit, units given twice, codes that do not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.method import Method
from gaoxin.evaluation.structure import Floats, Hierarchy
from gaoxin.words import Text


def check(
    raw: Floats,
    tree: Hierarchy,
    method: Method,
    units: Sequence[str],
    groups: Sequence[str | None] | None,
    times: Sequence[str] | None,
) -> None:
    """Raise EvaluationError unless everything fits together and the method speaks of nodes that exist.

    ``raw`` is (u, n); ``units``, ``groups`` and ``times`` (periods as text) have one entry per row.
    """
    if raw.ndim != 2 or raw.shape != (len(units), tree.n_indicators):
        raise EvaluationError(
            Text(
                f"数据形状 {raw.shape} 与单位 {len(units)} 个、指标 {tree.n_indicators} 个不符",
                f"data of shape {raw.shape} for {len(units)} units and {tree.n_indicators} indicators",
            )
        )
    for zh, en, given in (("分组", "groups", groups), ("期别", "periods", times)):
        if given is not None and len(given) != len(units):
            raise EvaluationError(
                Text(f"{zh} {len(given)} 个，单位 {len(units)} 个", f"{len(given)} {en} for {len(units)} units")
            )
    twice = listed(name for name, n in Counter(row_names(units, times)).items() if n > 1)
    if twice.en:
        raise EvaluationError(
            Text(
                f"单位重复：{twice.zh}；每个单位每期只能有一行",
                f"rows given twice: {twice.en}; one row per unit and period",
            )
        )
    if method.group_by is not None and groups is None:
        raise EvaluationError(
            Text(
                f"方法按 {method.group_by} 分组排名，但没有给出各单位的分组",
                f"the method ranks by {method.group_by}, but the units have no groups; give them or drop group_by",
            )
        )
    aggregates, codes = tree.codes[tree.n_indicators :], tree.codes[: tree.n_indicators]
    for option, known, named in (
        ("treatment_of", codes, method.treatment_of),
        ("normalisation_of", codes, method.normalisation_of),
        ("aggregation_of", aggregates, method.aggregation_of),
    ):
        unknown = listed(sorted(set(named) - set(known)))
        if unknown.en:
            raise EvaluationError(
                Text(
                    f"{option} 中的 {unknown.zh} 不在指标体系中，请核对代码",
                    f"{option} names {unknown.en}, which the system does not have there; check the codes",
                )
            )
    if tree.weights.shape != (tree.n_nodes,):
        raise EvaluationError(
            Text(
                f"权重 {tree.weights.shape} 与节点数 {tree.n_nodes} 不符",
                f"weights of shape {tree.weights.shape} for {tree.n_nodes} nodes",
            )
        )
    bad = np.flatnonzero(~(np.isfinite(tree.weights) & (tree.weights >= 0)))
    if len(bad):
        which = listed(tree.codes[node] for node in bad)
        raise EvaluationError(Text(f"权重须为非负数：{which.zh}", f"weights must be numbers of at least 0: {which.en}"))


def row_names(units: Sequence[str], times: Sequence[str] | None) -> list[str]:
    """How messages call the rows: by unit, and by period where there are several."""
    if times is None or len(set(times)) <= 1:
        return list(units)
    return [f"{unit} {time}" for unit, time in zip(units, times, strict=True)]
