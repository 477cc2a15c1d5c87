"""Leave-one-out in closed form against the slow way: remove the firm from the tables and compute again."""

import math
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.engines import EngineError, leave_one_out, run
from small_books import derived, firms, projects, small_book, table

RULES = [
    derived("total", "zone", "SUM(rev)", min_coverage="0.5"),
    derived("intensity", "zone", "SUM(rd) / total", min_coverage="0.5"),
    derived("growth", "zone", "total / prior(total) - 1", min_coverage="0.5"),
    derived("hnte_total", "zone", "SUM(rev) FILTER (WHERE hnte)", min_coverage="0.5"),
    derived("number", "zone", "COUNT(*)"),
    derived("more", "zone", "COUNT(*) FILTER (WHERE hnte) - prior(COUNT(*) FILTER (WHERE hnte))", min_coverage="0.4"),
    derived("mean", "zone", "AVG(staff)", min_coverage="0.5"),
    derived("risen", "zone", "COUNT(*) FILTER (WHERE rev > prior(rev))", min_coverage="0.3"),
    derived("density", "zone", "total / land"),
    derived("share", "firm", "rd / rev", scale=2),
    derived("shares", "zone", "SUM(share)", min_coverage="0.5"),
    derived("costs", "firm", "SUM(cost)"),
    derived("z_costs", "zone", "SUM(costs)"),
]
CODES = [
    "total",
    "intensity",
    "growth",
    "hnte_total",
    "number",
    "more",
    "mean",
    "risen",
    "density",
    "shares",
    "z_costs",
]


@cache
def the_book():
    with TemporaryDirectory() as folder:
        return small_book(Path(folder), derived=RULES)


FIGURES = st.fixed_dictionaries(
    {
        "rev": st.sampled_from([None, 0, 1, "2.5", 100]),
        "rd": st.sampled_from([None, 0, 1, -3]),
        "staff": st.sampled_from([None, 1, 2]),
        "hnte": st.sampled_from([None, True, False]),
    }
)
KEYS = st.tuples(st.sampled_from("abcd"), st.sampled_from(["2023", "2024", "2025"]))
WORLDS = st.dictionaries(KEYS, st.tuples(st.sampled_from(["Y", "Z"]), FIGURES), min_size=3, max_size=7)


def sources(book, world):
    rows = [(firm, zone, period, figures) for (firm, period), (zone, figures) in world.items()]
    spent = [(f"p{firm}{i}", firm, period, {"cost": i}) for (firm, period) in world for i in (1, 2)]
    zones = [{"zone": zone, "period": period, "land": 4} for zone in "YZ" for period in ("2023", "2024", "2025")]
    return {"firm": firms(book, *rows), "project": projects(book, *spent), "zone": table(book, "zone", zones)}


def without(world, firm, zone):
    """The returns, without those that ``firm`` made for ``zone``."""
    return {key: row for key, row in world.items() if key[0] != firm or row[0] != zone}


OTHERS = {("anybody", period): ("elsewhere", {"rev": 1}) for period in ("2023", "2024", "2025")}
"""A firm elsewhere: whoever is removed, none of the years becomes one for which nobody has reported."""


@settings(max_examples=8)
@given(WORLDS)
def test_closed_form_equals_computing_again_without_the_firm(world):
    book = the_book()
    plan = book.compile(CODES, periods=["2025"])
    found = {
        (row["firm"], row["zone"], row["period"], row["code"]): row
        for row in leave_one_out(plan, sources(book, world | OTHERS), CODES, threads=1).to_pylist()
        if row["zone"] != "elsewhere"
    }
    reporters = {(firm, world[firm, period][0], period) for firm, period in world if period == "2025"}
    assert set(found) == {(*reporter, code) for reporter in reporters for code in CODES}
    with run(plan, sources(book, world | OTHERS), threads=1) as outcome:
        full = results(outcome)
    for firm, zone, period in reporters:
        with run(plan, sources(book, without(world, firm, zone) | OTHERS), threads=1) as outcome:
            less = results(outcome)
        for code in CODES:
            row = found[firm, zone, period, code]
            assert same(row["value"], full[zone, period][code]), (code, firm, period, "value")
            assert same(row["value_without"], less[zone, period][code]), (code, firm, period, "without")
            if row["value"] is not None and row["value_without"] is not None:
                assert row["effect"] == row["value"] - row["value_without"]
            else:
                assert row["effect"] is None


def results(outcome):
    rows = outcome.values("zone").to_pylist()
    numbers = outcome.array("zone", CODES)
    return {
        (row["zone"], row["period"]): dict(zip(CODES, line, strict=True))
        for row, line in zip(rows, numbers, strict=True)
    }


def same(given, wanted):
    return math.isnan(wanted) if given is None else given == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_the_rows_are_ordered():
    book = the_book()
    world = {(firm, "2025"): (zone, {"rev": 1}) for firm, zone in (("b", "Z"), ("a", "Z"), ("c", "Y"))}
    plan = book.compile(CODES, periods=["2025"])
    rows = leave_one_out(plan, sources(book, world), ["number", "total"]).to_pylist()
    assert [(row["zone"], row["firm"], row["code"]) for row in rows] == [
        ("Y", "c", "number"), ("Y", "c", "total"), ("Z", "a", "number"),
        ("Z", "a", "total"), ("Z", "b", "number"), ("Z", "b", "total"),
    ]  # fmt: skip
    assert [row["effect"] for row in rows] == [1, None, 1, 1, 1, 1]


def test_least_and_greatest_cannot_be_taken_apart(tmp_path):
    rules = [derived("most", "zone", "MAX(rev)"), derived("spread", "zone", "most - MIN(rev)")]
    book = small_book(tmp_path, derived=rules)
    plan = book.compile(periods=["2025"])
    with pytest.raises(EngineError, match=r"(MAX|MIN) cannot be taken apart") as error:
        leave_one_out(plan, {"firm": firms(book, ("f", "Z", "2025", {"rev": 1}))}, ["spread"])
    assert "spread" in error.value.remedy.en


def test_what_has_no_firms_below_has_no_leave_one_out(tmp_path):
    rules = [derived("area", "zone", "land"), derived("yes", "zone", "SUM(rev) > 0"), derived("x", "firm", "rev")]
    book = small_book(tmp_path, derived=[*rules, derived("y", "zone", "SUM(rev)")])
    plan = book.compile(periods=["2025"])
    given = {"firm": firms(book, ("f", "Z", "2025", {"rev": 1}))}
    with pytest.raises(EngineError, match="must aggregate one entity below"):
        leave_one_out(plan, given, ["area"])
    with pytest.raises(EngineError, match="yes is no numeric target"):
        leave_one_out(plan, given, ["yes"])
    with pytest.raises(EngineError, match="must belong to one entity"):
        leave_one_out(plan, given, ["x", "y"])
    with pytest.raises(EngineError, match="there is no table of firm"):
        leave_one_out(plan, {"zone": table(book, "zone", [{"zone": "Z", "period": "2025"}])}, ["y"])
