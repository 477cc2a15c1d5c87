"""What the chain remarks about its own result: scales that a few values set, nodes and units without a score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.errors import listed
from gaoxin.evaluation.groups import rows_by
from gaoxin.evaluation.method import Method
from gaoxin.evaluation.moments import skewness_and_kurtosis
from gaoxin.evaluation.notes import Note
from gaoxin.evaluation.preparation.treat import Treated
from gaoxin.evaluation.structure import Floats, Hierarchy
from gaoxin.words import Text

INDIFFERENT_TO_OUTLIERS = frozenset({"rank", "percentile_rank", "borda", "goalposts"})
"""Normalisations whose scores of the others do not depend on how far out an extreme value lies."""


def untreated(x: Floats, method: Method, codes: Sequence[str], times: Sequence[str] | None) -> list[Note]:
    """Columns that nobody treated although a few values set their scale."""
    spec = method.treatment
    if spec.method != "none" or method.normalisation.method in INDIFFERENT_TO_OUTLIERS:
        return []
    rows = [np.arange(len(x))] if times is None else list(rows_by(times).values())
    odd = np.zeros(len(codes), dtype=np.bool_)
    for at in rows:
        g1, g2 = skewness_and_kurtosis(x[at])
        odd |= (np.abs(g1) >= spec.skewness) & (g2 >= spec.kurtosis)
    odd &= np.array([code not in method.treatment_of for code in codes])
    if not odd.any():
        return []
    which = tuple(codes[j] for j in np.flatnonzero(odd).tolist())
    message = Text(
        f"{listed(which).zh}：偏度 ≥ {spec.skewness:g} 且峰度 ≥ {spec.kurtosis:g}，少数极端值决定其评分区间；"
        "未作异常值处理，请核对数据或考虑缩尾",
        f"{listed(which).en}: skewness ≥ {spec.skewness:g} and kurtosis ≥ {spec.kurtosis:g}, so that a few values set "
        "the scale; they are not treated: check the data, or consider winsorising",
    )
    return [Note("treat", message, nodes=which)]


def transformed_by_period(treated: Treated, method: Method, codes: Sequence[str]) -> list[Note]:
    """Columns whose logs start from each period's own minimum, although the periods are put on one scale."""
    if method.normalisation.scope == "period" or len({column.period for column in treated.columns}) < 2:
        return []
    transformed = {column.indicator for column in treated.columns if column.transformation}
    if not transformed:
        return []
    which = tuple(codes[j] for j in sorted(transformed))
    message = Text(
        f"{listed(which).zh}：各期分别作了变换，与统一的评分区间不一致，各期得分不可比；请改用缩尾或不处理",
        f"{listed(which).en}: transformed in each period by itself, which does not go with one scale for all periods; "
        "their scores do not compare: winsorise instead, or do not treat",
    )
    return [Note("treat", message, nodes=which)]


def unscored(scores: Floats, kept: NDArray[np.bool_], tree: Hierarchy, names: Sequence[str]) -> list[Note]:
    """Aggregates without any score, and units without an index."""
    notes = []
    scored = ~np.isnan(scores[kept])
    empty = tuple(tree.codes[node] for node in range(tree.n_indicators, tree.n_nodes) if not scored[:, node].any())
    if empty:
        which = listed(empty)
        message = Text(
            f"{which.zh} 没有任何得分：下级全部缺失、被剔除或权重为零",
            f"{which.en}: no unit has a score; everything below is missing, left out or has weight 0",
        )
        notes.append(Note("aggregate", message, nodes=empty))
    lacking = tuple(names[i] for i in np.flatnonzero(kept & np.isnan(scores[:, -1])).tolist())
    if lacking:
        which = listed(lacking)
        message = Text(
            f"{which.zh} 缺失数据过多，没有总得分和名次", f"{which.en}: too much is missing for an index and a rank"
        )
        notes.append(Note("aggregate", message, units=lacking))
    return notes
