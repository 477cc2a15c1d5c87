"""From a rank back to the cell of a return."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gaoxin.library import explain
from gaoxin.problems import InputError
from gaoxin.runs.pipeline import Run


def test_the_index_names_its_dimensions_with_their_weights(run: Run) -> None:
    lines = explain(run, run.result.units[0].code, "index").lines("en")
    assert "rank" in lines[1]
    assert sum("× weight" in line for line in lines) == 5


def test_an_indicator_walks_back_to_rows_of_the_file(run: Run, city: Path) -> None:
    unit = run.result.units[0]
    trace = explain(run, unit.name, "2.5")
    column = [node.code for node in run.result.nodes].index("2.5")
    assert trace.explanation is not None
    assert float(trace.explanation.value) == pytest.approx(run.result.raw[0, column], rel=1e-9)  # type: ignore[arg-type]
    assert trace.origins
    with (city / "firms-2025.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    for origin in trace.origins:
        if "firms-2025.csv" in origin.place:
            number = int(origin.place.split("行 ")[1].split("，")[0])
            assert origin.reporter in lines[number - 1]
    text = str(trace)
    assert "SUM(qc12)" in text
    assert "非官方" in text  # the confidence of the formula


def test_an_expert_score_ends_at_the_experts(run: Run) -> None:
    trace = explain(run, run.result.units[0].code, "1.10")
    assert trace.explanation is None
    assert "标准化" in str(trace)


def test_a_folder_can_be_traced_as_well(written: Path, run: Run) -> None:
    unit = run.result.units[1].code
    assert explain(written, unit, "1.3").lines() == explain(run, unit, "1.3").lines()


@pytest.mark.parametrize(("unit", "node"), [("no such zone", "1.3"), (None, "9.9")])
def test_what_is_not_there_is_answered_with_what_is(run: Run, unit: str | None, node: str) -> None:
    with pytest.raises(InputError) as caught:
        explain(run, unit or run.result.units[0].code, node)
    assert caught.value.problems[0].remedy.zh


def test_the_effect_of_a_firm_is_what_leaving_it_out_does(run: Run, city: Path, tmp_path: Path) -> None:
    from gaoxin.library import evaluate, firm_effects

    effects = firm_effects(run, run.result.units[0].code, "2.2")
    column = [node.code for node in run.result.nodes].index("2.2")
    strongest = max(effects, key=lambda one: abs(one.effect) if one.helps is not None else -1)
    for path in city.glob("*"):
        if path.is_file():
            lines = path.read_bytes().splitlines(keepends=True)
            keep = [line for line in lines if strongest.firm.encode() not in line]
            (tmp_path / path.name).write_bytes(path.read_bytes() if path.suffix == ".xlsx" else b"".join(keep))
    again = evaluate(tmp_path).result
    assert again.raw[0, column] == pytest.approx(strongest.without, rel=1e-9)
    assert strongest.value - strongest.without == pytest.approx(strongest.effect)
    assert [one.effect for one in effects if one.helps] == sorted(
        (one.effect for one in effects if one.helps), reverse=True
    )


def test_an_indicator_that_firms_do_not_make_has_no_effects_of_firms(run: Run) -> None:
    from gaoxin.library import firm_effects

    with pytest.raises(InputError, match="not computed from firms"):
        firm_effects(run, run.result.units[0].code, "1.1")
