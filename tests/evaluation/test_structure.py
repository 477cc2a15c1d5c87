import numpy as np
import pytest

from gaoxin.evaluation.structure import Hierarchy, StructureError

RAGGED = {"a": "P", "b": "P", "c": "Q", "P": "I", "Q": "I", "d": "I", "I": None}


def test_indicators_come_first_then_parents_after_their_children():
    tree = Hierarchy.build(RAGGED)
    assert tree.codes == ("a", "b", "c", "d", "P", "Q", "I")
    assert tree.levels.tolist() == [1, 1, 1, 1, 2, 2, 3]
    assert all(below.max() < node for node, below in enumerate(tree.children) if len(below))


def test_weights_are_rescaled_inside_each_parent_and_multiply_down_the_tree():
    tree = Hierarchy.build(RAGGED, weights={"a": 3.0, "P": 2.0})
    assert tree.local_weights.tolist() == [0.75, 0.25, 1, 0.25, 0.5, 0.25, 1]
    assert tree.effective_weights.tolist() == [0.375, 0.125, 0.25, 0.25, 0.5, 0.25, 1]
    assert tree.effective_weights[: tree.n_indicators].sum() == 1


def test_order_of_the_data_columns_can_be_given():
    tree = Hierarchy.build(RAGGED, indicators=["d", "c", "b", "a"], directions={"c": -1})
    assert tree.codes[:4] == ("d", "c", "b", "a")
    assert tree.directions.tolist() == [1, -1, 1, 1]


def test_other_weights_leave_the_tree_as_it_is():
    tree = Hierarchy.build(RAGGED)
    np.testing.assert_array_equal(tree.with_weights(np.arange(7.0)).parents, tree.parents)
    assert tree.with_weights(np.arange(7.0)).weights.tolist() == list(range(7))


@pytest.mark.parametrize(
    ("parents", "message"),
    [
        ({"a": "I"}, "one root"),
        ({"a": None, "b": None}, "found 2: a, b"),
        ({"a": "X", "I": None}, "its parent X"),
        ({"a": "b", "b": "a", "I": None, "c": "I"}, "a cycle.*a, b"),
        ({"I": None}, "at least one indicator"),
    ],
)
def test_what_is_not_one_tree_is_named(parents, message):
    with pytest.raises(StructureError, match=message) as caught:
        Hierarchy.build(parents)
    assert caught.value.text.zh


def test_indicators_that_do_not_fit_are_named():
    with pytest.raises(StructureError, match="d, e"):
        Hierarchy.build(RAGGED, indicators=["a", "b", "c", "e"])
    with pytest.raises(StructureError, match="differ: a, a, b, c, d"):
        Hierarchy.build(RAGGED, indicators=["a", "b", "c", "d", "a"])


def test_an_unknown_node_is_named():
    with pytest.raises(StructureError, match="X is not a node"):
        Hierarchy.build(RAGGED).position("X")
