"""Which returns fail a check, which cannot be judged, and by which figures."""

from decimal import Decimal

import pytest

from gaoxin.engines import run
from small_books import check, derived, firms, projects, small_book

RULES = {
    "derived": [derived("share", "firm", "rd / rev", scale=4), derived("spent", "firm", "SUM(cost)")],
    "checks": [
        check("in_rev", "firm", "rd <= rev", severity="error"),
        check("hnte_spends", "firm", "NOT hnte OR share >= 0.03", severity="warning"),
        check("no_drop", "firm", "staff >= prior(staff)", severity="info"),
        check("adds_up", "firm", "rd >= spent AND SUM(months) >= 0", severity="error"),
        check("spends", "zone", "SUM(rd) > 0", severity="error", min_coverage=0.5),
    ],
}


@pytest.fixture
def outcome(tmp_path):
    book = small_book(tmp_path, **RULES)
    rows = [
        ("good", "Z", "2025", {"rev": 100, "rd": 5, "hnte": True, "staff": 2}),
        ("good", "Z", "2024", {"rev": 100, "rd": 500, "hnte": True, "staff": 1}),
        ("bad", "Z", "2025", {"rev": 1, "rd": 5, "hnte": False, "staff": 2}),
        ("bad", "Z", "2024", {"staff": 3}),
        ("open", "Y", "2025", {"rd": 5, "hnte": True}),
    ]
    sources = {"firm": firms(book, *rows), "project": projects(book, ("p", "bad", "2025", {"cost": 9, "months": 1}))}
    with run(book.compile(periods=["2025"]), sources) as found:
        yield found


def test_every_failing_or_undecided_return_is_listed_with_the_figures_of_the_check(outcome):
    rows = [
        (row["check"], row["severity"], row["entity"], row["key"], row["period"], row["status"], dict(row["figures"]))
        for row in outcome.violations().to_pylist()
    ]
    assert rows == [
        ("in_rev", "error", "firm", "bad", "2025", "fail", {"rd": "5.00", "rev": "1.00"}),
        ("in_rev", "error", "firm", "open", "2025", "unknown", {"rd": "5.00", "rev": None}),
        ("hnte_spends", "warning", "firm", "open", "2025", "unknown", {"hnte": "true", "share": None}),
        ("no_drop", "info", "firm", "bad", "2025", "fail", {"staff": "2", "prior(staff)": "3"}),
        ("no_drop", "info", "firm", "open", "2025", "unknown", {"staff": None, "prior(staff)": None}),
        ("adds_up", "error", "firm", "bad", "2025", "fail", {"rd": "5.00", "spent": "9.00", "SUM(months)": "1"}),
    ]


def test_the_tallies_count_everybody(outcome):
    tallies = {tally.check: (tally.reporters, tally.passed, tally.failed, tally.unknown) for tally in outcome.tallies()}
    assert tallies == {
        "in_rev": (3, 1, 1, 1),
        "hnte_spends": (3, 2, 0, 1),
        "no_drop": (3, 1, 1, 1),
        "adds_up": (3, 2, 1, 0),
        "spends": (2, 2, 0, 0),
    }


def test_checks_are_columns_too(outcome):
    assert outcome.values("zone").to_pylist() == [
        {"zone": "Y", "period": "2025", "spends": True},
        {"zone": "Z", "period": "2025", "spends": True},
    ]


def test_the_list_is_bounded_and_the_tallies_are_not(tmp_path):
    book = small_book(tmp_path, checks=[check("c", "firm", "rev > 0"), check("d", "firm", "rev < 0")])
    rows = [(f"f{i:03d}", "Z", "2025", {"rev": 0 if i % 2 else None}) for i in range(200)]
    with run(book.compile(periods=["2025"]), {"firm": firms(book, *rows)}) as outcome:
        few = outcome.violations(limit=3).to_pylist()
        assert [(row["check"], row["status"], row["key"]) for row in few] == [
            (check_, status, f"f{first + 2 * i:03d}")
            for check_ in ("c", "d")
            for status, first in (("fail", 1), ("unknown", 0))
            for i in range(3)
        ]
        assert [(tally.failed, tally.unknown) for tally in outcome.tallies()] == [(100, 100), (100, 100)]
        assert outcome.violations(limit=150).num_rows == 400


def test_without_checks_nothing_is_wrong(tmp_path):
    book = small_book(tmp_path, derived=[derived("x", "firm", "rev")])
    with run(book.compile(periods=["2025"]), {"firm": firms(book, ("f", "Z", "2025", {"rev": Decimal(1)}))}) as outcome:
        assert outcome.violations().num_rows == 0
        assert outcome.tallies() == []
