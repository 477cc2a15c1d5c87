import numpy as np
import pytest

from gaoxin.evaluation.diagnosis.description import availability, describe


@pytest.mark.parametrize(("name", "data"), [("07_stats_raw", "01_step_Raw"), ("07_stats_treated", "01_step_Treated")])
def test_asem_statistics(asem, name, data):
    expected = asem.table(name)
    found = {one.indicator: one for one in describe(asem.values(data), asem.indicators)}
    columns = {
        "Min": "lowest", "Max": "highest", "Mean": "mean", "Median": "median", "Std": "sd", "Skew": "skewness",
        "Kurt": "kurtosis", "N.Avail": "n", "N.NonZero": "nonzero", "N.Unique": "distinct", "N.Same": "most_frequent",
        "Frc.Avail": "available",
    }  # fmt: skip
    for column, attribute in columns.items():
        for code, value in zip(expected.text("iCode"), expected.numbers([column])[:, 0], strict=True):
            assert getattr(found[code], attribute) == pytest.approx(value, rel=1e-12, abs=1e-12), (code, column)
    for code, flag in zip(expected.text("iCode"), expected.text("Flag.SkewKurt"), strict=True):
        assert found[code].outliers == (flag == "OUT")


def test_asem_share_of_data_below_each_node(asem):
    tree = asem.hierarchy
    expected = asem.table("07_data_avail_bygroup")
    nodes = [code for code in expected.columns if code != "uCode"]
    found = availability(asem.values("01_step_Raw"), tree)[:, [tree.position(code) for code in nodes]]
    np.testing.assert_allclose(found, expected.numbers(nodes, asem.units), rtol=1e-12)


def test_an_indicator_without_data_has_no_statistics():
    found = describe([[np.nan], [np.nan]], ["a"])[0]
    assert (found.n, found.available, found.distinct, found.most_frequent) == (0, 0, 0, 0)
    assert np.isnan([found.mean, found.sd, found.lowest, found.skewness]).all()
    assert not found.outliers
