from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.diagnosis.shapley import coalitions, shapley_values, stepwise_values

worth = st.integers(1, 4).flatmap(lambda k: arrays(np.float64, (2**k, 3), elements=st.floats(-100, 100, width=32)))


@given(worth)
def test_is_the_mean_over_all_orders_of_joining(values):
    k = len(values).bit_length() - 1
    mean = np.mean([stepwise_values(values, order) for order in permutations(range(k))], axis=0)
    np.testing.assert_allclose(shapley_values(values), mean, atol=1e-10)


@given(worth)
def test_adds_up_to_the_joint_effect(values):
    np.testing.assert_allclose(shapley_values(values).sum(axis=0), values[-1] - values[0], atol=1e-10)


def test_one_that_changes_nothing_gets_nothing_and_equals_get_the_same():
    members = coalitions(3)
    both = members[:, 0] & members[:, 1]
    assert shapley_values(both.astype(float)).tolist() == [0.5, 0.5, 0.0]


def test_a_table_with_a_missing_coalition_is_refused():
    with pytest.raises(ValueError, match="2\\^players"):
        shapley_values([0.0, 1.0, 2.0])
