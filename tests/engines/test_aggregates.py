"""Figures of a zone over its firms: filters, unknown figures, coverage, nobody to count."""

from pathlib import Path

import pytest

from gaoxin.engines import explain, run
from small_books import derived, firms, projects, small_book, table, values

RULES = {
    "total": ("SUM(rev)", {}),
    "of_hnte": ("SUM(rev) FILTER (WHERE hnte)", {}),
    "number": ("COUNT(*)", {}),
    "number_hnte": ("COUNT(*) FILTER (WHERE hnte)", {}),
    "least": ("MIN(rev)", {}),
    "most": ("MAX(rev) FILTER (WHERE hnte)", {}),
    "mean": ("AVG(rev)", {"scale": 4}),
}


def zone_figures(folder: Path, returns, min_coverage: str = "1"):
    """The rules above over the firms of one zone, the figures of each given as {rev, hnte}."""
    entries = [
        derived(code, "zone", expr, min_coverage=min_coverage, **fields) for code, (expr, fields) in RULES.items()
    ]
    book = small_book(folder, derived=entries)
    rows = [(f"f{i}", "Z", "2025", figures) for i, figures in enumerate(returns)]
    return values(book, "zone", {"firm": firms(book, *rows)}, list(RULES))["Z"]


def test_all_figures_known(tmp_path):
    returns = [{"rev": "10.50", "hnte": True}, {"rev": "-3", "hnte": False}, {"rev": "2", "hnte": True}]
    assert zone_figures(tmp_path, returns) == {
        "total": "9.50",
        "of_hnte": "12.50",
        "number": "3",
        "number_hnte": "2",
        "least": "-3.00",
        "most": "10.50",
        "mean": "3.1667",
    }


def test_a_missing_figure_makes_the_sum_unknown_and_not_the_number(tmp_path):
    found = zone_figures(tmp_path, [{"rev": "10", "hnte": True}, {"rev": None, "hnte": False}])
    assert found == {
        "total": None,
        "of_hnte": "10.00",
        "number": "2",
        "number_hnte": "1",
        "least": None,
        "most": "10.00",
        "mean": None,
    }


def test_an_unknown_filter_makes_the_contribution_unknown(tmp_path):
    found = zone_figures(tmp_path, [{"rev": "10", "hnte": True}, {"rev": "5", "hnte": None}])
    assert found["of_hnte"] is None
    assert found["number_hnte"] is None
    assert found["most"] is None
    assert found["total"] == "15.00"


def test_a_filter_that_nobody_passes_gives_sum_0_and_no_mean(tmp_path):
    found = zone_figures(tmp_path, [{"rev": "10", "hnte": False}])
    assert found["of_hnte"] == "0.00"
    assert found["number_hnte"] == "0"
    assert found["most"] is None


@pytest.mark.parametrize(("min_coverage", "known"), [("0.66", True), ("0.666666666667", False), ("0.67", False)])
def test_the_coverage_is_compared_exactly(tmp_path, min_coverage, known):
    found = zone_figures(tmp_path, [{"rev": "1"}, {"rev": "2"}, {"rev": None}], min_coverage)
    assert (found["total"] is not None) is known
    assert (found["mean"] is not None) is known


def test_at_least_the_coverage_is_enough(tmp_path):
    found = zone_figures(tmp_path, [{"rev": "1"}, {"rev": None}], "0.5")
    assert found["total"] == "1.00"
    assert found["mean"] == "1.0000"


def test_filtered_figures_are_covered_by_those_the_filter_may_mean(tmp_path):
    returns = [{"rev": "1", "hnte": True}, {"rev": "2", "hnte": False}, {"rev": None, "hnte": False}, {"rev": "3"}]
    entries = [
        derived("s", "zone", "SUM(rev) FILTER (WHERE hnte)", min_coverage="0.5"),
        derived("n", "zone", "COUNT(*) FILTER (WHERE hnte)", min_coverage="0.75"),
    ]
    book = small_book(tmp_path, derived=entries)
    rows = [(f"f{i}", "Z", "2025", figures) for i, figures in enumerate(returns)]
    with run(book.compile(periods=["2025"]), {"firm": firms(book, *rows)}) as outcome:
        (row,) = outcome.values("zone").to_pylist()
        covered = {row["code"]: row for row in outcome.coverage("zone").to_pylist()}
    # The sum asks the one that passes and the one of whom it is not known; the number asks everybody.
    assert (covered["s"]["known"], covered["s"]["expected"], covered["s"]["share"]) == (1, 2, 0.5)
    assert (covered["n"]["known"], covered["n"]["expected"], covered["n"]["share"]) == (3, 4, 0.75)
    assert (str(row["s"]), str(row["n"])) == ("1.00", "1")


def test_a_zone_that_nobody_reports_for_is_unknown_and_counts_0(tmp_path):
    rules = [derived("total", "zone", "SUM(rev)"), derived("number", "zone", "COUNT(*)")]
    book = small_book(tmp_path, derived=rules)
    zones = table(book, "zone", [{"zone": "Y", "period": "2025"}, {"zone": "Z", "period": "2025"}])
    sources = {"firm": firms(book, ("f", "Z", "2025", {"rev": 1})), "zone": zones}
    assert values(book, "zone", sources, ["total", "number"]) == {
        "Y": {"total": None, "number": "0"},
        "Z": {"total": "1.00", "number": "1"},
    }


def test_without_any_firm_in_the_period_not_even_the_number_is_known(tmp_path):
    book = small_book(tmp_path, derived=[derived("number", "zone", "COUNT(*)")])
    zones = table(book, "zone", [{"zone": "Z", "period": "2025"}])
    sources = {"firm": firms(book, ("f", "Z", "2024", {"rev": 1})), "zone": zones}
    assert values(book, "zone", sources, ["number"]) == {"Z": {"number": None}}
    assert values(book, "zone", {"zone": zones}, ["number"]) == {"Z": {"number": None}}


def test_a_zone_that_only_firms_speak_of_has_a_row(tmp_path):
    rules = [derived("total", "zone", "SUM(rev)"), derived("density", "zone", "total / land")]
    book = small_book(tmp_path, derived=rules)
    zones = table(book, "zone", [{"zone": "Y", "period": "2025", "land": 4}])
    sources = {"firm": firms(book, ("f", "Z", "2025", {"rev": 1}), ("g", "Y", "2025", {"rev": 2})), "zone": zones}
    assert values(book, "zone", sources, ["total", "density"]) == {
        "Y": {"total": "2.00", "density": "0.500000"},
        "Z": {"total": "1.00", "density": None},
    }


def test_a_firm_without_projects_has_spent_nothing_on_projects(tmp_path):
    rules = [
        derived("spent", "firm", "SUM(cost)"),
        derived("number", "firm", "COUNT(*)"),
        derived("dearest", "firm", "MAX(cost)"),
        derived("z_spent", "zone", "SUM(spent)"),
    ]
    book = small_book(tmp_path, derived=rules)
    sources = {
        "firm": firms(book, ("f", "Z", "2025", {"rev": 1}), ("g", "Z", "2025", {"rev": 1})),
        "project": projects(book, ("p", "f", "2025", {"cost": "2.5"}), ("q", "f", "2025", {"cost": "4"})),
    }
    found = values(book, "firm", sources, ["spent", "number", "dearest"])
    assert found["f"] == {"spent": "6.50", "number": "2", "dearest": "4.00"}
    assert found["g"] == {"spent": "0.00", "number": "0", "dearest": None}
    assert values(book, "zone", sources, ["z_spent"]) == {"Z": {"z_spent": "6.50"}}
    without = {"firm": sources["firm"]}
    assert values(book, "firm", without, ["spent"])["g"] == {"spent": None}


def test_an_aggregate_of_an_aggregate_in_one_expression(tmp_path):
    book = small_book(tmp_path, derived=[derived("x", "zone", "SUM(SUM(cost) FILTER (WHERE months > 0) * 2) + 0")])
    sources = {
        "firm": firms(book, ("f", "Z", "2025", {}), ("g", "Z", "2025", {})),
        "project": projects(
            book,
            ("p", "f", "2025", {"cost": 3, "months": 1}),
            ("q", "f", "2025", {"cost": 5, "months": 0}),
            ("r", "g", "2025", {"cost": 7, "months": 2}),
        ),
    }
    assert values(book, "zone", sources, ["x"]) == {"Z": {"x": "20.00"}}


def test_a_summed_quotient_is_summed_as_it_is_shown(tmp_path):
    rules = [
        derived("share", "firm", "rd / rev", scale=2, rounding="down"),
        derived("total", "zone", "SUM(share)"),
        derived("above", "zone", "COUNT(*) FILTER (WHERE share > 0.33)"),
    ]
    book = small_book(tmp_path, derived=rules)
    rows = [(f"f{i}", "Z", "2025", {"rd": 1, "rev": 3}) for i in range(3)]
    sources = {"firm": firms(book, *rows)}
    assert values(book, "zone", sources, ["total", "above"]) == {"Z": {"total": "0.99", "above": "3"}}
    assert explain(book.compile(["total"], periods=["2025"]), sources, "zone", "Z", "2025", "total").shown == "0.99"


def test_coverage_is_that_of_the_least_covered_aggregate_also_of_earlier_years(tmp_path):
    rules = [
        derived("total", "zone", "SUM(rev)", min_coverage="0.1"),
        derived("growth", "zone", "total / prior(total)", min_coverage="0.1"),
        derived("per_head", "zone", "total / SUM(staff)", min_coverage="0.1"),
        derived("area", "zone", "land"),
    ]
    book = small_book(tmp_path, derived=rules)
    rows = [("f", "Z", "2025", {"rev": 1, "staff": 1}), ("g", "Z", "2025", {"rev": 2})]
    rows += [(f, "Z", "2024", {"rev": 1 if f == "f" else None}) for f in "fgh"]
    with run(book.compile(periods=["2025"]), {"firm": firms(book, *rows)}) as outcome:
        covered = {row["code"]: (row["known"], row["expected"]) for row in outcome.coverage("zone").to_pylist()}
    assert covered == {"total": (2, 2), "growth": (1, 3), "per_head": (1, 2)}
