"""Statistical checks: planted problems are found, with few false alarms, and the finding says what was expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaoxin.problems import Problem
from gaoxin.returns import Figures, read_returns
from gaoxin.returns import quality as quality_module
from gaoxin.returns.plausibility import modified_z, peer_medians, slips
from gaoxin.returns.quality import quality_problems
from gaoxin.rulebook.book import Book
from gaoxin.samples import City, make_city, write_city
from returns.return_files import code

N = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("city")


@dataclass(frozen=True)
class Found:
    city: City
    problems: list[Problem]

    def cells(self, rule: str) -> set[tuple[str, str]]:
        return {(str(p.reporter), p.item) for p in self.problems if p.rule == rule and p.item}

    def planted(self, kind: str) -> set[tuple[str, str]]:
        rows = self.city.tables["planted"].to_pylist()
        return {(row["reporter"], row["figure"]) for row in rows if row["problem"] == kind}


@pytest.fixture(scope="module")
def found(book: Book, folder: Path) -> Found:
    city = make_city(seed=11)
    write_city(city, folder, format="parquet")
    return Found(city, quality_problems(read_returns([folder], book), book, "2025"))


def precision_and_recall(found: set[object], planted: set[object]) -> tuple[float, float]:
    assert planted, "there is something to find"
    return len(found & planted) / max(len(found), 1), len(found & planted) / len(planted)


@pytest.mark.parametrize(
    ("rule", "kind"), [("quality.blank", "missing"), ("quality.unit-slip", "slip"), ("quality.outlier", "outlier")]
)
def test_planted_figures_are_found_with_few_false_alarms(found: Found, rule: str, kind: str) -> None:
    precision, recall = precision_and_recall(found.cells(rule), found.planted(kind))
    assert precision >= 0.9
    assert recall >= 0.95


def test_returns_made_out_in_yuan_are_one_finding_each(found: Found) -> None:
    whole = [p for p in found.problems if p.rule == "quality.unit-slip" and p.item is None]
    assert {p.reporter for p in whole} == {reporter for reporter, _ in found.planted("form_slip")}
    assert len(whole) == len({p.reporter for p in whole})
    assert all("整份报表" in p.message.zh and "whole return" in p.message.en for p in whole)


def test_late_zones_are_found(found: Found) -> None:
    late = [p for p in found.problems if p.rule == "quality.late"]
    assert {p.reporter for p in late} == {zone.code for zone in found.city.late}
    assert found.city.late[0].name in late[0].message.zh


def test_a_city_without_problems_raises_hardly_any_alarm(tmp_path: Path, book: Book) -> None:
    write_city(make_city(seed=12, firms=4000, problems=False), tmp_path, format="parquet")
    alarms = [p for p in quality_problems(read_returns([tmp_path], book), book, "2025") if p.severity != "info"]
    assert len(alarms) <= 2, [p.message.en for p in alarms]


def firms(path: Path, now: Mapping[str, object], before: Mapping[str, object] | None = None) -> Path:
    """N firms of one industry in 2025 and, a little smaller, in 2024; ``now`` and ``before`` change single columns."""
    rng = np.random.default_rng(3)
    staff = rng.integers(20, 200, N)
    revenue = staff * rng.integers(800, 1200, N)
    tables = []
    for period, factor, change in (("2024", 1.0, before or {}), ("2025", 1.08, now)):
        table: dict[str, object] = {
            "firm": [code(i) for i in range(N)],
            "zone": ["31103002" if i % 2 else "31103001" for i in range(N)],
            "period": [period] * N,
            "qb03_1": ["3921"] * N,
            "qc05_0": np.round(revenue * factor).astype(int),
            "qc51": np.round(staff * 120 * factor).astype(int),
            "qd01": staff,
        }
        for name, edit in change.items():
            table[name] = edit(table[name]) if callable(edit) else edit
        tables.append(pa.table(table))
    pq.write_table(pa.concat_tables(tables), path)
    return path


def at(row: int, edit: Callable[[int], int | None]) -> Callable[[object], list[int | None]]:
    return lambda values: [edit(int(v)) if i == row else int(v) for i, v in enumerate(np.asarray(values))]


def findings(figures: Figures, book: Book) -> list[Problem]:
    return [p for p in quality_problems(figures, book, "2025") if p.severity != "info"]


def test_a_slip_says_what_was_expected(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.parquet", {"qc05_0": at(7, lambda v: v * 1000)})
    (problem,) = findings(read_returns([path], book), book)
    assert (problem.rule, problem.reporter, problem.item, problem.period) == (
        "quality.unit-slip",
        code(7),
        "qc05_0",
        "2025",
    )
    assert "expected about" in problem.message.en
    assert "thousand yuan" in problem.message.en
    assert "应约为" in problem.message.zh
    assert "1,080 times" in problem.message.en


def test_a_slip_downwards_is_a_fraction_of_last_year(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.parquet", {"qc05_0": at(7, lambda v: v // 1000)})
    (problem,) = findings(read_returns([path], book), book)
    assert problem.rule == "quality.unit-slip"
    assert "1/9" in problem.message.en


def test_a_figure_that_corrects_last_years_slip_is_not_blamed(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.parquet", {}, {"qc05_0": at(7, lambda v: v // 1000)})
    assert findings(read_returns([path], book), book) == []


def test_an_outlier_is_measured_against_last_year_and_peers(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.parquet", {"qc51": at(3, lambda v: v * 25)})
    (problem,) = findings(read_returns([path], book), book)
    assert (problem.rule, problem.item, problem.reporter) == ("quality.outlier", "qc51", code(3))
    assert "27 times last period's" in problem.message.en
    assert "times the median of its industry" in problem.message.en
    assert "修正 z 值" in problem.message.zh


def test_a_new_firm_is_compared_with_its_peers(tmp_path: Path, book: Book) -> None:
    other = [code(i) if i else code(99) for i in range(N)]
    path = firms(tmp_path / "a.parquet", {"firm": other, "qc51": at(0, lambda v: v * 40)})
    (problem,) = findings(read_returns([path], book), book)
    assert (problem.rule, problem.item, problem.reporter) == ("quality.outlier", "qc51", code(99))
    assert "there is none for the last period" in problem.message.en


def test_blanks_are_one_finding_for_each_reporter_and_form(tmp_path: Path, book: Book) -> None:
    blank = {"qc05_0": at(5, lambda _: None), "qc51": at(5, lambda _: None), "qd01": at(9, lambda _: None)}
    found = findings(read_returns([firms(tmp_path / "a.parquet", blank)], book), book)
    assert {(p.rule, p.reporter, p.item) for p in found} == {
        ("quality.blank", code(5), None),
        ("quality.blank", code(9), "qd01"),
    }
    assert "GQ-002：通常都填的 2 项中有 2 项空白" in next(p.message.zh for p in found if p.item is None)


def test_what_few_report_is_no_blank(tmp_path: Path, book: Book) -> None:
    rare = {"qj20": [1000 if i < 30 else None for i in range(N)]}
    path = firms(tmp_path / "a.parquet", rare, {"qj20": [1000] * N})
    assert findings(read_returns([path], book), book) == []


def test_zones_that_have_not_reported(tmp_path: Path, book: Book) -> None:
    table = pq.read_table(firms(tmp_path / "all.parquet", {}))
    late = [
        not (z == "31103001" and p == "2025")
        for z, p in zip(table["zone"].to_pylist(), table["period"].to_pylist(), strict=True)
    ]
    pq.write_table(table.filter(pa.array(late)), tmp_path / "a.parquet")
    (problem,) = findings(read_returns([tmp_path / "a.parquet"], book), book)
    assert (problem.rule, problem.reporter, problem.period) == ("quality.late", "31103001", "2025")
    assert "2024" in problem.message.en


def test_a_zone_without_its_own_return_and_one_without_firms(tmp_path: Path, book: Book) -> None:
    firms(tmp_path / "firms.parquet", {})
    zones = pa.table(
        {
            "zone": ["31103001", "31103002", "31103002", "31202002"],
            "period": ["2024", "2024", "2025", "2025"],
            "gx_gazelles": [1, 2, 3, 4],
        }
    )
    pq.write_table(zones, tmp_path / "zones.parquet")
    found = {(p.rule, p.reporter) for p in findings(read_returns([tmp_path], book), book)}
    assert found == {("quality.no-own-return", "31103001"), ("quality.no-members", "31202002")}


def test_many_firms_gone_is_a_warning_a_few_a_note(tmp_path: Path, book: Book) -> None:
    table = pq.read_table(firms(tmp_path / "all.parquet", {}))

    def without(rows: set[int]) -> list[Problem]:
        keep = [
            p == "2024" or f not in {code(i) for i in rows}
            for f, p in zip(table["firm"].to_pylist(), table["period"].to_pylist(), strict=True)
        ]
        pq.write_table(table.filter(pa.array(keep)), tmp_path / "a.parquet")
        problems = quality_problems(read_returns([tmp_path / "a.parquet"], book), book, "2025")
        return [p for p in problems if p.rule == "quality.members-gone"]

    (few,) = without({1, 3})
    assert (few.severity, few.reporter, few.value) == ("info", "31103002", "2")
    (many,) = without({1, 3, 5, 7, 9, 11, 13})
    assert many.severity == "warning"


def test_without_an_earlier_period_only_peers_are_looked_at(tmp_path: Path, book: Book) -> None:
    table = pq.read_table(firms(tmp_path / "all.parquet", {"qc51": at(3, lambda v: v * 60)}))
    pq.write_table(table.filter(pa.compute.equal(table["period"], "2025")), tmp_path / "a.parquet")
    found = findings(read_returns([tmp_path / "a.parquet"], book), book)
    assert [(p.rule, p.item, p.reporter) for p in found] == [("quality.outlier", "qc51", code(3))]


def test_the_findings_are_the_same_for_files_in_memory_and_say_the_cell(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.parquet", {"qc05_0": at(7, lambda v: v * 1000)})
    stored = findings(read_returns([path], book), book)
    csv = tmp_path / "a.csv"
    pa.csv.write_csv(pq.read_table(path), csv)
    held = findings(read_returns([csv], book), book)
    assert [p.message for p in held] == [p.message for p in stored]
    assert (held[0].file, held[0].row, held[0].column) == (str(csv), N + 9, "E qc05_0")


def test_more_findings_than_anyone_reads_are_counted(
    tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality_module, "LISTED", 1)
    blank = {"qd01": lambda values: [None if i in {4, 5, 6} else int(v) for i, v in enumerate(values)]}
    found = findings(read_returns([firms(tmp_path / "a.parquet", blank)], book), book)
    assert [p.reporter for p in found] == [code(4), None]
    assert "2 more" in found[1].message.en


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 4)), min_size=1, max_size=60), st.integers(1, 5))
def test_peer_medians_are_the_medians_of_the_groups(rows: list[tuple[float, int]], least: int) -> None:
    values, groups = np.array([v for v, _ in rows]), np.array([g for _, g in rows])
    values[::7] = np.nan
    if np.isnan(values).all():
        assert np.isnan(peer_medians(values, groups, least)).all()
        return
    for i, median in enumerate(peer_medians(values, groups, least)):
        peers = values[(groups == groups[i]) & ~np.isnan(values)]
        assert median == pytest.approx(np.median(peers) if len(peers) >= least else np.nanmedian(values))


def test_a_slip_must_bring_the_figure_nearer_to_its_peers() -> None:
    change = np.log([1000.0, 1000.0, 400.0, 2300.0, 0.001, 10_000.0])
    peers = np.log([1000.0, 2.0, 400.0, 2300.0, 0.001, 9000.0])
    assert slips(change, peers).tolist() == pytest.approx([1000, np.nan, np.nan, np.nan, 0.001, 10_000], nan_ok=True)
    assert slips(np.array([np.nan]), np.array([0.0])).tolist() == pytest.approx([np.nan], nan_ok=True)


def test_modified_z_of_nothing_and_of_constants() -> None:
    assert np.isnan(modified_z(np.array([np.nan, np.nan]))).all()
    assert modified_z(np.ones(9)).tolist() == [0.0] * 9
