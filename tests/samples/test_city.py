"""The sample city: the same each time, plausible, consistent, and never to be mistaken for the real thing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import stdnum.cn.uscc

from gaoxin.engines import duckdb as engine
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.loading import load_book
from gaoxin.rulebook.system import load_system
from gaoxin.samples import City, SeedZone, make_city, shipped_zones
from gaoxin.samples.firms import BLOCK_FIRMS
from gaoxin.samples.planting import LATE_SHARE, MISSING_SHARE

# What a zone's working evaluation system implies for the national zones in 2020: plausible, inferred, not official.
RANGES = {
    "1.2": (0.24, 22), "1.3": (0.04, 6.4), "1.4": (0, 250), "1.5": (0.11, 5.9), "2.1": (0, 30), "2.2": (5.0, 53),
    "2.4": (-566, 9900), "2.5": (-19.6, 22.7), "2.6": (-140, 3000), "2.7": (0, 250), "2.8": (11, 1270),
    "2.9": (5.1, 29),
    "3.1": (0.03, 1.98), "3.5": (-7.9, 32), "3.6": (9.9, 60), "4.2": (0, 2.6), "4.3": (0, 500), "4.6": (0, 15),
    "4.7": (0, 6), "5.2": (-5.0, 83), "5.3": (0, 47), "5.4": (0, 86), "5.7": (0, 136),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean() -> City:
    return make_city(problems=False)


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book("national-2021")


def figures(city: City) -> dict[str, pa.Table]:
    return {entity: city.tables[entity] for entity in ("zone", "firm", "project")}


def column(table: pa.Table, item: str) -> np.ndarray:
    return table[item].to_numpy(zero_copy_only=False)


def test_the_same_seed_gives_the_same_city_and_another_seed_another() -> None:
    one, two, other = (make_city(zones=3, firms=90, seed=seed).tables for seed in (7, 7, 8))
    assert all(one[name].equals(two[name]) for name in one)
    assert not one["firm"].equals(other["firm"])


def test_default_size(clean: City) -> None:
    firms = clean.tables["firm"]
    assert len(clean.zones) == 22
    assert set(firms["period"].to_pylist()) == {"2023", "2024", "2025"}
    assert np.sum(column(firms, "period") == "2025") == 8000
    assert {table.num_rows > 0 for table in clean.tables.values() if table is not clean.tables["planted"]} == {True}
    assert clean.tables["planted"].num_rows == 0


def test_zones_are_real_ones_shanghai_first_each_once() -> None:
    zones = shipped_zones()
    assert len({zone.code for zone in zones}) == len({zone.name for zone in zones}) == len(zones) >= 200
    assert all(zone.code.startswith("31") for zone in zones[:22])
    assert "张江高新区闸北园" not in {zone.name for zone in zones}, "merged into 静安 in 2015"


@pytest.mark.parametrize("period", ["2024", "2025"])
def test_every_check_of_the_book_passes_before_problems_are_planted(clean: City, book: Book, period: str) -> None:
    with engine.run(book.compile(list(book.checks), periods=[period]), figures(clean)) as outcome:
        failed = {tally.check: tally.failed for tally in outcome.tallies() if tally.failed}
        passed = sum(tally.reporters - tally.failed - tally.unknown for tally in outcome.tallies())
    assert failed == {}
    assert passed > 300_000, "the checks had something to judge"


def test_revenue_profit_and_funding_add_up(clean: City) -> None:
    t = {name: column(clean.tables["firm"], name) for name in clean.tables["firm"].column_names if name[:1] == "q"}
    assert (t["qc05_0"] == t["qc06"] + t["qc07"] + t["qc10"] + t["qc49"]).all()
    assert (t["qc06"] == t["qc06_1"] + t["qc06_2"] + t["qc06_3"] + t["qc06_4"]).all()
    costs = sum(t[c] for c in ("qc220", "qc221", "qc222", "qc223", "qc236", "qc224", "qc228", "qc235"))
    gains = sum(t[c] for c in ("qc229", "qc225", "qc239", "qc233", "qc232"))
    assert (t["qc120"] == t["qc05_0"] - costs + gains).all()
    assert (t["qc220"] >= 0).all()
    assert (t["qj20"] == t["qj256"] + t["qj252"] + t["qj253"] + t["qj254"] + t["qj255"]).all()
    assert (t["qd32"] + t["qd33"] + t["qd34"] + t["qd35"] + t["qd36"] <= t["qd31"]).all()
    assert (t["qd18"] + t["qd08"] + t["qd09"] <= t["qd01"]).all()


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_indicators_lie_in_the_plausible_ranges(clean: City, seed: int | None) -> None:
    city = clean if seed is None else make_city(problems=False, seed=seed)
    system = load_system("national-2021")
    assert system.book is not None
    wanted = {node.figure: node.no for node in system.indicators if node.data == "firm"}
    plan = system.book.compile(list(wanted), periods=["2025"])
    with engine.run(plan, figures(city)) as outcome:
        values = dict(zip(plan.targets_of("zone"), outcome.array("zone").T, strict=True))
    assert len(values) == 28
    assert not np.isnan(list(values.values())).any(), "every indicator is known for every zone"
    for figure, no in wanted.items():
        low, high = RANGES.get(no, (-np.inf, np.inf))
        assert low <= values[figure].min() <= values[figure].max() <= high, no
        assert np.ptp(values[figure]) > 0, f"{no} tells the zones apart"


def test_firms_enter_leave_and_grow(clean: City) -> None:
    firms = clean.tables["firm"]
    by_year = {year: firms.filter(pa.compute.equal(firms["period"], year)) for year in ("2023", "2024", "2025")}
    codes = {year: set(table["firm"].to_pylist()) for year, table in by_year.items()}
    entered, left = len(codes["2025"] - codes["2024"]) / 8000, len(codes["2024"] - codes["2025"]) / 8000
    assert 0.02 < entered < 0.08
    assert 0.01 < left < 0.06
    revenue = {year: column(table, "qc05_0").sum() for year, table in by_year.items()}
    assert 1.03 < revenue["2025"] / revenue["2024"] < 1.2
    staff = column(by_year["2025"], "qd01")
    assert np.median(staff) < 60 < 10 * np.median(staff) < staff.max(), "many small firms and a few large ones"


def test_no_firm_can_be_mistaken_for_a_real_one(clean: City) -> None:
    firms = clean.tables["firm"]
    codes = firms["firm"].unique().to_pylist()
    assert all(stdnum.cn.uscc.is_valid(code) for code in codes[::40])
    assert all(code.startswith("91990000") for code in codes), "no province has the code 99"
    assert all(name.startswith("示例企业") and name.endswith("（合成）") for name in firms["firm_name"].to_pylist())
    assert all(name.startswith("合成项目") for name in clean.tables["project"]["xmmc"].to_pylist())
    for name in ("firm", "project", "zone", "expert"):
        assert set(clean.tables[name]["synthetic"].to_pylist()) == {True}
    for item in ("qb13", "qb15_1"):
        assert all(value is None or value.startswith("SYN") for value in firms[item].to_pylist())
    assert all(name is None or name.endswith("（合成）") for name in firms["qb10"].to_pylist())


def test_projects_belong_to_firms_and_most_qualify(clean: City, book: Book) -> None:
    firms, projects = clean.tables["firm"], clean.tables["project"]
    reported = set(zip(firms["firm"].to_pylist(), firms["period"].to_pylist(), strict=True))
    assert set(zip(projects["firm"].to_pylist(), projects["period"].to_pylist(), strict=True)) <= reported
    assert len(projects["project"].unique()) == projects.num_rows
    with engine.run(book.compile(["rd_project"], periods=["2025"]), figures(clean)) as outcome:
        qualifies = outcome.values("project")["rd_project"].to_pylist()
    assert 0.75 < sum(qualifies) / len(qualifies) < 0.97


def test_every_item_is_one_of_the_book(clean: City, book: Book) -> None:
    beside = {"firm", "project", "zone", "period", "firm_name", "zone_name", "class", "synthetic"}
    for entity in ("firm", "project", "zone"):
        for item in set(clean.tables[entity].column_names) - beside:
            assert book.items[item].entity == entity
    forms = {
        form: {i.code for i in book.items.values() if i.form == form}
        for form in ("GQ-001", "GQ-002", "GQ-003", "GQ-005")
    }
    for form, items in forms.items():
        assert items <= set(clean.tables["firm"].column_names), form
    assert {row["indicator"] for row in clean.tables["expert"].to_pylist()} <= set(book.items)


def test_five_experts_score_every_zone_with_few_gaps(clean: City) -> None:
    scores = clean.tables["expert"]
    assert len(scores["expert"].unique()) == 5
    assert 0.95 < scores.num_rows / (5 * 22 * 3 * 5) < 1.0
    values = column(scores, "score")
    assert 40 <= values.min() < values.max() <= 100


def test_planted_problems_are_exactly_what_the_truth_table_says(clean: City) -> None:
    planted = make_city()
    truth = planted.tables["planted"].to_pylist()
    late = {row["reporter"] for row in truth if row["problem"] == "late_zone"}
    assert len(late) == round(LATE_SHARE * 22)
    before, after = (
        {(r["firm"], r["period"]): r for r in city.tables["firm"].to_pylist()} for city in (clean, planted)
    )
    gone = {key for key in before if key not in after}
    assert gone == {key for key, row in before.items() if key[1] == "2025" and row["zone"] in late}
    assert late.isdisjoint(row["zone"] for row in planted.tables["zone"].to_pylist() if row["period"] == "2025"), (
        "a late zone has no return of its own either"
    )
    changed = {
        (key[0], item): (str(value), "" if after[key][item] is None else str(after[key][item]))
        for key in after
        for item, value in before[key].items()
        if after[key][item] != value
    }
    said = {
        (row["reporter"], row["figure"]): (row["true_value"], row["planted_value"])
        for row in truth
        if row["problem"] != "late_zone"
    }
    assert changed == said
    kinds = {row["problem"] for row in truth}
    assert kinds == {"missing", "slip", "form_slip", "outlier", "late_zone"}
    assert sum(row["problem"] == "missing" for row in truth) == pytest.approx(8000 * MISSING_SHARE, rel=0.4)
    assert {row["for_period"] for row in truth} == {"2025"}


def test_duplicates_on_request() -> None:
    tables = make_city(zones=2, firms=60, duplicates=3).tables
    twice = [row["reporter"] for row in tables["planted"].to_pylist() if row["problem"] == "duplicate"]
    last = [row["firm"] for row in tables["firm"].to_pylist() if row["period"] == "2025"]
    assert len(twice) == 3
    assert all(last.count(firm) == 2 for firm in twice)


def test_a_large_city_comes_in_small_pieces() -> None:
    city = make_city(zones=200, firms=2_000_000)
    assert len(city.zones) == 200
    assert int(city.profiles.firms.sum()) == 2_000_000
    chunks = city.chunks()
    first = [next(chunks) for _ in range(3)]
    assert [chunk.period for chunk in first] == ["2023", "2024", "2025"]
    assert all(chunk.firms.num_rows <= BLOCK_FIRMS * 1.1 for chunk in first)


def test_other_years_and_impossible_sizes() -> None:
    tables = make_city(zones=1, firms=30, years=1, last_year=2017).tables
    assert set(tables["firm"]["period"].to_pylist()) == {"2017"}
    assert set(tables["project"]["qh21"].to_pylist()) - {"99"} <= {"1", "2", "3"}, "the codes that counted up to 2017"
    with pytest.raises(ValueError, match="register"):
        make_city(zones=300)
    with pytest.raises(ValueError, match="firm"):
        make_city(zones=5, firms=3)
    assert make_city(zones=1, firms=5, register=[SeedZone("X1", "甲")]).zones == (SeedZone("X1", "甲"),)
