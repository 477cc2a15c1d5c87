"""Earlier periods: the same reporter, last year's firms, gaps, quarters and months."""

import pytest

from gaoxin.engines import explain
from small_books import HEAD, derived, firms, small_book, table, values


def test_prior_looks_at_the_same_reporter(tmp_path):
    rules = [derived("growth", "firm", "rev - prior(rev)"), derived("two_years", "firm", "rev - prior(rev, 2)")]
    book = small_book(tmp_path, derived=rules)
    rows = [("f", "Z", "2023", {"rev": 1}), ("f", "Z", "2024", {"rev": 5}), ("f", "Z", "2025", {"rev": 7})]
    rows += [("g", "Z", "2023", {"rev": 1}), ("g", "Z", "2025", {"rev": 7})]
    assert values(book, "firm", {"firm": firms(book, *rows)}, ["growth", "two_years"]) == {
        "f": {"growth": "2.00", "two_years": "6.00"},
        "g": {"growth": None, "two_years": "6.00"},
    }


def test_last_years_total_is_that_of_last_years_firms(tmp_path):
    rules = [
        derived("total", "zone", "SUM(rev)"),
        derived("increase", "zone", "total - prior(total)"),
        derived("same_firms", "zone", "SUM(prior(rev))", min_coverage="0.5"),
        derived("more_firms", "zone", "COUNT(*) - prior(COUNT(*))"),
    ]
    book = small_book(tmp_path, derived=rules)
    rows = [("left", "Z", "2024", {"rev": 100}), ("stays", "Z", "2024", {"rev": 10})]
    rows += [("stays", "Z", "2025", {"rev": 20}), ("new", "Z", "2025", {"rev": 5})]
    found = values(book, "zone", {"firm": firms(book, *rows)}, ["total", "increase", "same_firms", "more_firms"])
    assert found == {"Z": {"total": "25.00", "increase": "-85.00", "same_firms": "10.00", "more_firms": "0"}}


def test_a_firm_takes_its_earlier_figures_along_to_another_zone(tmp_path):
    rules = [derived("before", "zone", "SUM(prior(rev))"), derived("total_before", "zone", "prior(SUM(rev))")]
    book = small_book(tmp_path, derived=rules)
    rows = [("f", "Y", "2024", {"rev": 3}), ("g", "Z", "2024", {"rev": 4})]
    rows += [("f", "Z", "2025", {"rev": 5}), ("g", "Z", "2025", {"rev": 5})]
    sources = {"firm": firms(book, *rows)}
    assert values(book, "zone", sources, ["before", "total_before"]) == {
        "Z": {"before": "7.00", "total_before": "4.00"}
    }
    plan = book.compile(["before"], periods=["2025"])
    assert explain(plan, sources, "zone", "Z", "2025", "before").value == 7


def test_a_year_without_any_data_is_named(tmp_path):
    book = small_book(tmp_path, derived=[derived("growth", "zone", "SUM(rev) - prior(SUM(rev))")])
    sources = {"firm": firms(book, ("f", "Z", "2025", {"rev": 1}))}
    assert values(book, "zone", sources, ["growth"]) == {"Z": {"growth": None}}
    found = explain(book.compile(periods=["2025"]), sources, "zone", "Z", "2025", "growth")
    assert [reason.message.en for reason in found.reasons] == ["there are no data for 2024"]
    assert [reason.message.zh for reason in found.reasons] == ["没有 2024 的数据"]


def test_a_reporter_that_did_not_report_earlier_is_named(tmp_path):
    book = small_book(tmp_path, derived=[derived("growth", "firm", "rev - prior(rev)")])
    sources = {"firm": firms(book, ("f", "Z", "2025", {"rev": 1}), ("g", "Z", "2024", {"rev": 1}))}
    found = explain(book.compile(periods=["2025"]), sources, "firm", "f", "2025", "growth")
    assert found.value is None
    assert [(reason.kind, reason.message.en) for reason in found.reasons] == [("no_return", "f has no return for 2024")]


def test_a_return_that_is_not_there_is_unknown_even_where_its_gaps_are_filled(tmp_path):
    book = small_book(
        tmp_path, derived=[derived("filled", "firm", "COALESCE(rev, 0)"), derived("x", "firm", "prior(filled)")]
    )
    rows = [("f", "Z", "2025", {}), ("g", "Z", "2024", {}), ("g", "Z", "2025", {})]
    assert values(book, "firm", {"firm": firms(book, *rows)}, ["filled", "x"]) == {
        "f": {"filled": "0.00", "x": None},
        "g": {"filled": "0.00", "x": "0.00"},
    }


def test_a_constant_of_an_earlier_period_needs_the_return_too(tmp_path):
    book = small_book(
        tmp_path,
        derived=[derived("one", "firm", "CASE WHEN TRUE THEN 1 ELSE 2 END"), derived("x", "firm", "prior(one)")],
    )
    rows = [("f", "Z", "2025", {}), ("g", "Z", "2024", {}), ("g", "Z", "2025", {})]
    found = values(book, "firm", {"firm": firms(book, *rows)}, ["x"])
    assert found == {"f": {"x": None}, "g": {"x": "1"}}


def test_priors_of_quotients_of_conditions_of_texts_and_of_priors(tmp_path):
    rules = [
        derived("intensity", "firm", "rd / rev", scale=4),
        derived("change", "firm", "intensity - prior(intensity)", scale=6),
        derived("was_hnte", "firm", "prior(hnte)"),
        derived("same_sector", "firm", "sector = prior(sector)"),
        derived("before_that", "firm", "prior(prior(rev))"),
        derived("older", "firm", "founded = prior(founded)"),
    ]
    book = small_book(tmp_path, derived=rules)
    import datetime

    day = datetime.date(2001, 2, 3)
    rows = [
        ("f", "Z", "2023", {"rev": 9}),
        ("f", "Z", "2024", {"rd": 1, "rev": 3, "hnte": True, "sector": "01", "founded": day}),
        ("f", "Z", "2025", {"rd": 1, "rev": 2, "hnte": False, "sector": "01", "founded": day}),
    ]
    codes = ["change", "was_hnte", "same_sector", "before_that", "older"]
    assert values(book, "firm", {"firm": firms(book, *rows)}, codes)["f"] == {
        "change": "0.166667",
        "was_hnte": True,
        "same_sector": True,
        "before_that": "9.00",
        "older": True,
    }


@pytest.mark.parametrize(
    ("frequency", "periods", "asked"),
    [
        ("quarter", ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1"], "2025-Q1"),
        ("month", [f"2024-{month:02d}" for month in range(2, 13)] + ["2025-01"], "2025-01"),
    ],
)
def test_periods_of_every_frequency(tmp_path, frequency, periods, asked):
    rules = [derived("growth", "firm", "rev - prior(rev)"), derived("year", "firm", "sum_years(rev, 1)")]
    book = small_book(tmp_path, derived=rules, head=HEAD.replace("frequency: year", f"frequency: {frequency}"))
    rows = [("f", "Z", period, {"rev": 2**i}) for i, period in enumerate(periods)]
    found = values(book, "firm", {"firm": firms(book, *rows)}, ["growth", "year"], asked)["f"]
    last = 2 ** (len(periods) - 1)
    terms = {"quarter": 4, "month": 12}[frequency]
    assert found == {
        "growth": f"{last / 2:.2f}",
        "year": f"{sum(2**i for i in range(len(periods))) - (2 ** (len(periods) - terms) - 1):.2f}",
    }


def test_sum_years_needs_every_year(tmp_path):
    book = small_book(tmp_path, derived=[derived("x", "firm", "sum_years(rev, 3)")])
    rows = [("f", "Z", str(year), {"rev": year - 2020}) for year in (2023, 2024, 2025)]
    rows += [("g", "Z", str(year), {"rev": 1}) for year in (2024, 2025)]
    assert values(book, "firm", {"firm": firms(book, *rows)}, ["x"]) == {"f": {"x": "12.00"}, "g": {"x": None}}


def test_the_row_of_a_zone_follows_from_its_firms_in_the_earlier_year_too(tmp_path):
    book = small_book(tmp_path, derived=[derived("x", "zone", "prior(COALESCE(land, 0))")])
    zones = table(book, "zone", [{"zone": "Z", "period": "2025", "land": 1}])
    reported = firms(book, ("f", "Z", "2024", {"rev": 1}))
    assert values(book, "zone", {"zone": zones}, ["x"]) == {"Z": {"x": None}}
    sources = {"zone": zones, "firm": reported}
    assert values(book, "zone", sources, ["x"]) == {"Z": {"x": "0.00"}}
    assert explain(book.compile(["x"], periods=["2025"]), sources, "zone", "Z", "2025", "x").value == 0
