import numpy as np
import pytest

from gaoxin.evaluation.diagnosis.strengths import peer_medians, profiles

NAN = float("nan")


def test_strengths_lie_above_the_median_and_weaknesses_below(asem):
    x = asem.values("01_step_Aggregated")
    ranks = asem.values("01_step_Aggregated")
    ranks = 1 + np.sum(ranks[None, :, :] > ranks[:, None, :], axis=1)
    gbr = asem.units.index("GBR")
    profile = profiles(x, asem.indicators, most=7)[gbr]
    assert len(profile.strengths) == len(profile.weaknesses) == 7
    for standing in profile.strengths + profile.weaknesses:
        j = asem.indicators.index(standing.node)
        assert standing.peer_median == np.median(x[:, j])
        assert standing.distance == pytest.approx(x[gbr, j] - np.median(x[:, j]))
        assert standing.rank == ranks[gbr, j]
        assert standing.peers == 51
    distances = [s.distance for s in profile.strengths]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] == np.max(x[gbr] - np.median(x, axis=0))
    assert profile.weaknesses[0].distance == np.min(x[gbr] - np.median(x, axis=0))


def test_order_by_rank_uses_the_distance_between_equal_ranks():
    x = [[90.0, 60.0, 10.0], [50.0, 50.0, 50.0], [10.0, 40.0, 60.0]]
    first = profiles(x, list("abc"), by="rank")[0]
    assert [s.node for s in first.strengths] == ["a", "b"]
    assert [s.node for s in first.weaknesses] == ["c"]
    assert [s.node for s in profiles(x, list("abc"), by="rank")[2].weaknesses] == ["a", "b"]


def test_peers_can_be_the_group_of_the_same_period():
    x = [[1.0], [9.0], [4.0], [2.0]]
    groups, periods = ["A", "A", "A", None], [1, 1, 2, 1]
    np.testing.assert_array_equal(peer_medians(x, groups, periods).ravel(), [5, 5, 4, NAN])
    found = profiles(x, ["a"], groups, periods)
    assert [len(p.strengths) for p in found] == [0, 1, 0, 0]
    assert [len(p.weaknesses) for p in found] == [1, 0, 0, 0]
    assert found[1].strengths[0].peers == 2


def test_what_is_missing_is_neither_strength_nor_weakness():
    found = profiles([[NAN, 5.0], [2.0, 1.0], [NAN, 3.0]], ["a", "b"])
    assert [s.node for s in found[0].strengths] == ["b"]
    assert found[0].weaknesses == ()
    np.testing.assert_array_equal(peer_medians([[NAN], [NAN]]), [[NAN], [NAN]])


def test_no_more_than_asked_for():
    x = np.array([np.arange(10.0), -np.arange(10.0), np.zeros(10)])
    assert [s.node for s in profiles(x, [str(j) for j in range(10)], most=2)[0].strengths] == ["9", "8"]
