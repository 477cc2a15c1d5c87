"""Small results made by hand, and the example book."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from gaoxin.rulebook import Book, load_book
from gaoxin.runs.result import Node, RunResult, Unit
from gaoxin.words import Text


def result_of(period: str, ranks: dict[str, float], *, system: str = "s", absent: Sequence[str] = ()) -> RunResult:
    """A result in which only codes, ranks and scores matter; NaN is no rank."""
    n = len(ranks)
    node = Node("1", Text("甲", "a"), "index", 1, 1.0, 1.0, True, None)
    root = Node("index", Text("总分", "index"), None, 0, 1.0, 1.0, True, 100.0)
    rank = np.array(list(ranks.values()), dtype=np.float64)
    scores = np.stack([100 - rank, 100 - rank], axis=1)
    empty = np.full((n, 1), np.nan)
    return RunResult(
        title=Text("评价", "evaluation"), system=system, system_title=Text("体系", "system"), system_version="1",
        citation=None, period=period, synthetic=True,
        units=tuple(Unit(code, f"园区{code}") for code in ranks), nodes=(node, root), raw=scores[:, :1], coverage=empty,
        imputed=np.zeros((n, 1), bool), treated=np.zeros((n, 1), bool), normalised=scores[:, :1], scores=scores,
        ranks=np.stack([rank, rank], axis=1), group_ranks=None, contributions=scores[:, :1], contributions_exact=True,
        adjustments=(), previous=(), correlation=np.ones((1, 1)), alpha={}, unit_notes=(), indicator_notes=(),
        robustness=None, problems=(), method=(), sources=(),
        absent=tuple(Unit(code, f"园区{code}") for code in absent),
    )  # fmt: skip


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book("example-city-decisions")


@pytest.fixture(scope="session")
def make() -> Callable[..., RunResult]:
    return result_of
