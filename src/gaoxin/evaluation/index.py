"""The whole chain: from indicator values to scores and ranks, every intermediate array kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.method import Method
from gaoxin.evaluation.notes import Note
from gaoxin.evaluation.structure import Floats, Hierarchy

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """An evaluated index over u rows (unit, or unit × period), n indicators and m nodes (indicators first, index last).

    All arrays keep all u rows and all n or m columns: what was screened out is NaN from there on.
    """

    hierarchy: Hierarchy
    method: Method
    units: tuple[str, ...]
    """Code of the unit of every row, length u."""
    groups: tuple[str | None, ...] | None
    """Group (for example zone class) of every row, length u."""
    periods: tuple[str, ...] | None
    """Period of every row, length u; None when there is only one period."""
    raw: Floats
    """Values as given, shape (u, n)."""
    denominated: Floats
    """Raw values divided by their denominators, shape (u, n)."""
    unit_kept: Flags
    """Rows with enough data, shape (u,)."""
    indicator_kept: Flags
    """Indicators with enough data, shape (n,)."""
    imputed: Floats
    """Denominated values of what was kept, missing ones filled, shape (u, n)."""
    filled: Flags
    """Cells that the imputation filled, shape (u, n)."""
    treated: Floats
    """Imputed values, outliers treated, shape (u, n)."""
    changed: Flags
    """Cells that the treatment changed, shape (u, n)."""
    normalised: Floats
    """Shape (u, n)."""
    weights: Floats
    """Weight of every node inside its parent as used for the row, shape (u, m), the root's 1. Rows differ when weights
    follow from the data of a period or unit (benefit of the doubt). Before the rescaling for missing children."""
    scores: Floats
    """Score of every node, shape (u, m): the first n columns are the normalised indicators, the last is the index."""
    ranks: Floats
    """Rank of every node among the rows of the same period, shape (u, m)."""
    group_ranks: Floats | None
    """Rank of every node among the rows of the same period and group, shape (u, m)."""
    notes: tuple[Note, ...]

    @property
    def index(self) -> Floats:
        """Score of the index, shape (u,)."""
        return self.scores[:, -1]
