import numpy as np
import pytest

from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.robustness.pairwise import BATCH, dominance


def by_definition(ranks):
    return (ranks[:, :, None] < ranks[:, None, :]).mean(axis=0)


@pytest.mark.parametrize("replications", [1, BATCH, 2 * BATCH + 7])
@pytest.mark.parametrize("values", [4, 10**6], ids=["many ties", "no ties"])
def test_dominance_is_the_share_of_replications_with_the_better_rank(replications, values):
    scores = np.random.default_rng(2).integers(0, values, (replications, 9)).astype(float)
    ranks = rank(scores, axis=1).astype(np.int16)
    np.testing.assert_array_equal(dominance(ranks), by_definition(ranks))


def test_both_orders_and_ties_add_up_to_one():
    ranks = rank(np.random.default_rng(4).integers(0, 5, (300, 7)).astype(float), axis=1).astype(np.int16)
    shares = dominance(ranks)
    ties = (ranks[:, :, None] == ranks[:, None, :]).mean(axis=0)
    np.testing.assert_allclose(shares + shares.T + ties, 1.0)
    assert ties[~np.eye(7, dtype=bool)].max() > 0


def test_a_unit_without_rank_dominates_nobody_and_is_not_dominated():
    shares = dominance(np.array([[1, 0, 2], [2, 0, 1], [1, 0, 2], [1, 0, 2]], dtype=np.int16))
    np.testing.assert_array_equal(
        shares, [[0, np.nan, 0.75], [np.nan, np.nan, np.nan], [0.25, np.nan, 0]], strict=False
    )
