"""Two runs side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaoxin.library import compare, evaluate
from gaoxin.problems import InputError
from gaoxin.runs.pipeline import Run


def test_a_run_does_not_differ_from_itself(run: Run) -> None:
    same = compare(run, run)
    assert not same.differences
    assert all(unit.rank_before == unit.rank_after for unit in same.units)
    assert same.rank_correlation == pytest.approx(1.0)


def test_last_year_against_this_year(run: Run, city: Path) -> None:
    before = evaluate(city, period="2024")
    outcome = compare(before, run)
    assert any(d.en == "period: 2024 → 2025" for d in outcome.differences)
    for unit in outcome.units:
        if unit.rank_before == unit.rank_before and unit.rank_after == unit.rank_after:
            change = unit.rank_before - unit.rank_after
            assert unit.own + unit.others + unit.entry == pytest.approx(change)
    codes = {node.code for node in run.result.nodes}
    assert all(code in codes for unit in outcome.units for code, _ in unit.contributions)


def test_another_system_is_said(run: Run, city: Path) -> None:
    outcome = compare(run, evaluate(city, system="example-city"))
    said = [d.en for d in outcome.differences]
    assert any(line.startswith("system: national-2021 → example-city") for line in said)
    assert any(line.startswith("weight of") for line in said)
    assert any(line.startswith("indicators left out") for line in said)


def test_runs_over_other_units_cannot_be_compared(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("unit,a\nx,1\ny,2\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text(
        "system: s\ntitle: {zh: 甲, en: s}\nentity: unit\nstatus: complete\nnodes:\n"
        '  - {no: a, name: {zh: 甲, en: a}, weight: "1", weight_status: official, data: given, column: a}\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="no unit in common"):
        compare(run, evaluate(tmp_path / "t.csv", system=tmp_path / "s.yaml"))
