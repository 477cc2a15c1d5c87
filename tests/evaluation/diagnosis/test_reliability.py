import numpy as np
import pytest

from gaoxin.evaluation.diagnosis.reliability import alpha_by_node, cronbach, item_analysis, principal_components
from gaoxin.evaluation.errors import EvaluationError

NAN = float("nan")


@pytest.fixture(scope="module")
def tree(asem):
    return asem.hierarchy


@pytest.fixture(scope="module")
def scores(asem, tree):
    return asem.values("01_step_Aggregated", tree.codes)


@pytest.fixture(scope="module")
def x(tai):
    """The 23 countries of the Handbook's case study."""
    return tai.table("tableA2_raw").numbers()[:23]


def records(table):
    return [dict(zip(table.columns, cells, strict=True)) for cells in table.cells]


def test_asem_alpha_of_the_indicators_below_each_node(tree, scores):
    alpha = alpha_by_node(scores, tree)
    expected = {"Index": 0.8986, "Conn": 0.8806, "Sust": 0.6795, "SusEcFin": -0.3768}
    assert {code: round(alpha[code], 4) for code in expected} == expected


def test_alpha_of_the_children_is_another_figure(tree, scores):
    children = scores[:, [tree.position("Conn"), tree.position("Sust")]]
    assert alpha_by_node(scores, tree, of="children")["Index"] == pytest.approx(cronbach(children))


def test_handbook_table_11(tai, x):
    found = item_analysis(x)
    rows = records(tai.table("table11_cronbach"))
    assert found.alpha == pytest.approx(0.70, abs=0.005)
    assert found.alpha_if_deleted == pytest.approx([float(r["alpha"]) for r in rows], abs=0.0015)
    assert found.corr_with_total == pytest.approx([float(r["corr_with_total"]) for r in rows], abs=0.006)


@pytest.mark.parametrize("standardised", [True, False])
def test_alpha_without_an_indicator_is_the_alpha_of_the_rest(x, standardised):
    found = item_analysis(x, standardised=standardised)
    for j in range(8):
        rest = np.delete(x, j, axis=1)
        assert found.alpha_if_deleted[j] == pytest.approx(cronbach(rest, standardised=standardised))
        z = (x - x.mean(axis=0)) / x.std(axis=0) if standardised else x
        total = np.delete(z, j, axis=1).sum(axis=1)
        assert found.corr_with_total[j] == pytest.approx(np.corrcoef(z[:, j], total)[0, 1])


def test_standardised_alpha_is_that_of_the_mean_correlation(x):
    r = np.corrcoef(x.T)[np.triu_indices(8, 1)].mean()
    assert cronbach(x, standardised=True) == pytest.approx(8 * r / (1 + 7 * r))


def test_alpha_over_missing_values_uses_the_pairs_that_are_there(scores):
    x = scores[:, :5].copy()
    x[3, 1] = x[7, 4] = NAN
    pairs = np.ma.cov(np.ma.masked_invalid(x), rowvar=False)
    assert cronbach(x) == pytest.approx(5 / 4 * (1 - np.trace(pairs.data) / pairs.data.sum()), rel=0.01)
    x[:, 2] = NAN
    assert np.isnan(cronbach(x))


def test_one_indicator_has_no_alpha():
    assert np.isnan(cronbach([[1.0], [2.0]]))
    assert np.isnan(item_analysis([[1.0, 3.0], [2.0, 1.0]]).alpha_if_deleted).all()


def test_handbook_tables_7_and_8(tai, x):
    found = principal_components(x)
    printed = tai.table("table07_eigenvalues").numbers(["eigenvalue", "pct_variance"])
    assert found.eigenvalues == pytest.approx(printed[:, 0], abs=0.06)
    assert 100 * found.explained == pytest.approx(printed[:, 1], abs=0.12)
    loadings = tai.table("table08_component_loadings").numbers()[:, :4]
    assert np.abs(found.loadings[:, :4]) == pytest.approx(np.abs(loadings), abs=0.0125)
    assert found.n_above_one == 2


def test_asem_components_of_each_pillar(asem, tree, scores):
    rows = records(asem.table("06_pca_variance_level1"))
    assert len(rows) == 49
    for group in {row["group"] for row in rows}:
        found = principal_components(scores[:, tree.children[tree.position(group)]])
        expected = np.array([[float(r["sdev"]), float(r["var_explained"])] for r in rows if r["group"] == group])
        np.testing.assert_allclose(np.sqrt(found.eigenvalues), expected[:, 0], rtol=1e-12)
        np.testing.assert_allclose(found.explained, expected[:, 1], rtol=1e-12)


def test_asem_eigenvectors_up_to_sign(asem, tree, scores):
    rows = records(asem.table("06_pca_rotation_level1"))
    found = principal_components(scores[:, tree.children[tree.position("Social")]])
    codes = [tree.codes[i] for i in tree.children[tree.position("Social")]]
    expected = np.zeros((9, 9))
    for row in rows:
        if row["group"] == "Social":
            expected[codes.index(row["iCode"]), int(row["pc"]) - 1] = float(row["loading"])
    expected *= np.sign(np.sum(expected * found.vectors, axis=0))
    np.testing.assert_allclose(found.vectors, expected, atol=1e-12)


def test_signs_are_fixed_and_components_reproduce_the_data(x):
    found = principal_components(x)
    largest = np.abs(found.vectors).argmax(axis=0)
    assert (found.vectors[largest, range(8)] > 0).all()
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    np.testing.assert_allclose(found.scores @ found.vectors.T, z, atol=1e-12)
    np.testing.assert_allclose(np.var(found.scores, axis=0, ddof=1), found.eigenvalues, rtol=1e-10)


def test_covariances_weigh_indicators_by_their_spread(x):
    found = principal_components(x, of="covariance")
    np.testing.assert_allclose(found.eigenvalues, np.linalg.eigvalsh(np.cov(x.T))[::-1], rtol=1e-10)


def test_fewer_units_than_indicators_leaves_components_without_variance(x):
    found = principal_components(x[:4])
    assert found.eigenvalues[4:].tolist() == [0, 0, 0, 0]
    assert found.explained.sum() == pytest.approx(1)


def test_incomplete_units_have_no_components(x):
    gappy = x.copy()
    gappy[5, 0] = NAN
    found = principal_components(gappy)
    assert np.isnan(found.scores[5]).all()
    np.testing.assert_allclose(found.eigenvalues, principal_components(np.delete(x, 5, axis=0)).eigenvalues)


def test_constant_columns_and_too_few_units_are_refused_by_name():
    with pytest.raises(EvaluationError, match="column 2 is constant"):
        principal_components([[1.0, 0.3], [2.0, 0.3], [4.0, 0.3]])
    with pytest.raises(EvaluationError, match="only 1 units"):
        principal_components([[1.0, NAN], [2.0, 3.0]])
