import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from gaoxin.evaluation.diagnosis.correlation import correlate, correlation_notes, size_correlations, with_parent
from gaoxin.evaluation.structure import Hierarchy

NAN = float("nan")


def records(table):
    return [dict(zip(table.columns, cells, strict=True)) for cells in table.cells]


@pytest.fixture(scope="module")
def tree(asem):
    return asem.hierarchy


@pytest.fixture(scope="module")
def scores(asem, tree):
    return asem.values("01_step_Aggregated", tree.codes)


@pytest.mark.parametrize("coefficient", ["pearson", "spearman", "kendall"])
def test_asem_indicator_with_its_pillar(asem, tree, scores, coefficient):
    found = with_parent(scores, tree, coefficient=coefficient)
    rows = records(asem.table(f"07_corr_l1_parent_{coefficient}"))
    assert len(rows) == 49
    for row in rows:
        node = tree.position(row["Var2"])
        assert tree.codes[tree.parents[node]] == row["Var1"]
        assert found.r[node] == pytest.approx(float(row["Correlation"]), abs=1e-12)


def test_asem_indicator_with_the_index_across_levels(asem, tree, scores):
    found = correlate(scores[:, :49], scores[:, [-1]]).r[:, 0]
    for row in records(asem.table("07_corr_l1_index")):
        assert found[tree.position(row["Var2"])] == pytest.approx(float(row["Correlation"]), abs=1e-12)


def test_asem_all_pairs_of_indicators_and_their_p_values(asem, tree, scores):
    found = correlate(scores[:, :49])
    codes = tree.codes[:49]
    wide = records(asem.table("07_corr_normalised_wide"))
    names = list(wide[0])
    expected = np.array([[float(row[name]) for name in names] for row in wide])
    at = [names.index(code) for code in codes]
    np.testing.assert_allclose(found.r, expected[np.ix_(at, at)], atol=1e-12)
    p = asem.table("07_pvals_normalised").numbers(codes, codes)
    off = ~np.eye(49, dtype=bool)
    np.testing.assert_allclose(found.p[off], p[off], rtol=1e-9, atol=1e-14)
    assert (found.n == 51).all()


def test_asem_pairs_that_are_redundant_or_negative_inside_a_pillar(asem, tree, scores):
    notes = correlation_notes(scores, tree, redundant=0.75, negative=-0.5)
    for name, kind in (("high_0.75", "redundant"), ("low_-0.5", "negative")):
        expected = {
            (frozenset((row["Ind1"], row["Ind2"])), float(row["Corr"]))
            for row in records(asem.table(f"07_corr_flags_{name}"))
        }
        of_indicators = [n for n in notes if n.kind == kind and tree.position(n.nodes[0]) < 49]
        assert {(frozenset(n.nodes), round(n.value, 3)) for n in of_indicators} == expected


def test_asem_raw_indicators_that_follow_a_denominator(asem):
    names = ("Area", "Energy", "GDP", "Population")
    x, sizes = asem.values("00_iData"), asem.values("00_iData", names)
    found = size_correlations(x, sizes, indicators=asem.indicators, names=names)
    expected = {(row["Ind"], row["Denom"], float(row["Corr"])) for row in records(asem.table("07_denom_corr_0.7"))}
    assert {(i, d, round(r, 2)) for i, d, r in found} == expected


def test_handbook_table_6(tai):
    raw = tai.table("tableA2_raw").numbers()[:23]
    printed = tai.table("table06_correlation").numbers()
    upper = np.triu(np.ones((8, 8), dtype=bool))
    assert np.abs(correlate(raw).r - printed)[upper].max() < 0.02


def test_missing_values_leave_a_pair_out_and_not_a_unit():
    rng = np.random.default_rng(5)
    x = rng.random((30, 4)).round(1)
    x[rng.random(x.shape) < 0.2] = NAN
    for coefficient, reference in (
        ("pearson", stats.pearsonr),
        ("spearman", stats.spearmanr),
        ("kendall", stats.kendalltau),
    ):
        found = correlate(x, coefficient=coefficient)
        for i in range(4):
            for j in range(i + 1, 4):
                both = ~np.isnan(x[:, i]) & ~np.isnan(x[:, j])
                expected = reference(x[both, i], x[both, j])
                assert found.r[i, j] == pytest.approx(expected.statistic, abs=1e-12)
                assert found.p[i, j] == pytest.approx(expected.pvalue, abs=1e-12)
                assert found.n[i, j] == both.sum()


@pytest.mark.parametrize("coefficient", ["pearson", "spearman", "kendall"])
def test_a_constant_has_no_correlation(coefficient):
    x = np.column_stack([np.full(12, 0.1 + 0.2), np.arange(12.0)])
    assert np.isnan(correlate(x, coefficient=coefficient).r[0, 1])


@pytest.mark.parametrize("coefficient", ["pearson", "spearman", "kendall"])
def test_too_few_units_have_no_p_value(coefficient):
    found = correlate([[1.0, NAN], [2.0, 1.0], [3.0, 2.0]], coefficient=coefficient)
    assert found.r[0, 1] == pytest.approx(1)
    assert np.isnan(found.p[0, 1])


@given(
    arrays(np.float64, (12, 3), elements=st.integers(-50, 50).map(float)), st.floats(-1e8, 1e8), st.floats(0.01, 1e3)
)
def test_location_and_scale_do_not_matter(x, location, scale):
    plain, moved = correlate(x).r, correlate(x * scale + location).r
    varies = x.std(axis=0) * scale > 1e-6 * (1 + abs(location))
    np.testing.assert_allclose(moved[np.ix_(varies, varies)], plain[np.ix_(varies, varies)], atol=1e-6)


def test_silent_and_opposed_indicators_are_found_and_an_only_child_is_not():
    rng = np.random.default_rng(0)
    a = rng.standard_normal(4000)
    quiet, against = rng.standard_normal(4000), -a + 0.1 * rng.standard_normal(4000)
    tree = Hierarchy.build({"a": "P", "q": "P", "n": "P", "o": "Q", "P": "I", "Q": "I", "I": None})
    scores = np.column_stack([a, quiet, against, a, a, a, a])
    notes = correlation_notes(scores, tree, redundant=1.1)
    assert {(n.kind, n.nodes) for n in notes} == {
        ("negative", ("a", "n")),
        ("silent", ("q", "P")),
        ("against_parent", ("n", "P")),
    }
    assert all(n.nodes[0] in n.message.zh and n.nodes[0] in n.message.en for n in notes)
