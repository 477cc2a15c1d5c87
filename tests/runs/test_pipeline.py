"""From files to a result."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from gaoxin.library import evaluate, ranking
from gaoxin.problems import InputError
from gaoxin.rulebook.indicators import SystemIncomplete
from gaoxin.runs.pipeline import Run

TABLE = "unit,class,a,b,c\nx,A,1,10,5\ny,A,3,30,9\nz,B,2,20,7\nw,B,5,15,\n"
SYSTEM = """\
system: small
title: {zh: 小体系, en: small system}
entity: unit
status: complete
method:
  normalisation: {method: minmax, low: "0", high: "100"}
nodes:
  - {no: a, name: {zh: 甲, en: a}, weight: "2", weight_status: official, data: given, column: a, direction: higher}
  - {no: b, name: {zh: 乙, en: b}, weight: "1", weight_status: official, data: given, column: b, direction: lower}
"""


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Path]:
    table, system = tmp_path / "table.csv", tmp_path / "small.yaml"
    table.write_text(TABLE, encoding="utf-8")
    system.write_text(SYSTEM, encoding="utf-8")
    return table, system


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_and_a_system_file_give_the_scores_of_a_calculation_by_hand(small: tuple[Path, Path]) -> None:
    result = evaluate(small[0], system=small[1]).result
    # a: 0, 50, 25, 100; b turned: 100, 0, 50, 75; weights 2 : 1
    expected = {"x": 100 / 3, "y": 100 / 3, "z": 100 / 3, "w": (200 + 75) / 3}
    assert {u.code: s for u, s in zip(result.units, result.scores[:, -1], strict=True)} == pytest.approx(expected)
    assert result.ranks[:, -1].tolist() == [2.0, 2.0, 2.0, 1.0]
    assert ranking(result)["unit"].to_pylist()[0] == "w"


def test_the_sample_city_is_ranked_with_every_number_behind_it(run: Run) -> None:
    result = run.result
    assert result.synthetic
    assert result.period == "2025"
    indicators = [node for node in result.nodes if node.source]
    assert len(indicators) == 46
    assert {node.source for node in indicators} == {"firm", "zone", "expert"}
    assert np.nansum(result.contributions, axis=1) == pytest.approx(result.scores[:, -1], abs=1e-12)
    firm = [i for i, node in enumerate(result.nodes) if node.source == "firm"]
    assert (result.coverage[:, firm] <= 1).all()
    assert (result.coverage[:, firm] > 0.9).all()
    assert {at.period for at in result.previous} == {"2024"}  # 2023 has no year before it
    assert result.n_unconfirmed_weights == 48


def test_weights_in_words_count_every_status(run: Run) -> None:
    weights = {step.en: said for step, said in run.result.method}["weights"].en
    assert "official 3" in weights
    assert "unconfirmed (counted 1) 43" in weights


def test_robustness_reaches_the_result(run: Run) -> None:
    robust = run.result.robustness
    assert robust is not None
    assert robust.replications == 200
    assert (robust.rank_low <= robust.rank_high).all()
    assert robust.sensitivity
    assert any("未确认" in factor.zh for factor in robust.factors)


def test_expert_scores_are_trimmed_means(run: Run, city: Path) -> None:
    assert run.figures is not None
    assert run.values is not None
    scores = [row for row in run.figures.scores.to_pylist() if row["period"] == "2025"]
    zone = run.result.units[0].code
    given = sorted(
        float(row["score"])
        for row in scores
        if row["zone"] == zone and row["indicator"] in {"1.10", "gx_climate_score"}
    )
    assert len(given) == 5
    expected = np.mean(given[1:-1])
    column = [node.code for node in run.result.nodes].index("1.10")
    assert run.result.raw[0, column] == pytest.approx(expected)


def test_without_the_year_before_nothing_is_evaluated(city: Path, tmp_path: Path) -> None:
    for name in ("firms-2023.csv", "projects-2023.csv", "zones.xlsx", "experts.xlsx"):
        (tmp_path / name).write_bytes((city / name).read_bytes())
    with pytest.raises(InputError) as caught:
        evaluate(tmp_path, period="2023")
    assert {problem.rule for problem in caught.value.problems} == {"period.missing"}
    assert any("2022" in problem.message.zh and "企业" in problem.message.zh for problem in caught.value.problems)


def test_an_incomplete_system_says_what_is_missing(city: Path) -> None:
    with pytest.raises(SystemIncomplete) as caught:
        evaluate(city, system="national-2024")
    assert caught.value.missing


def test_a_city_can_run_its_own_extension(city: Path) -> None:
    result = evaluate(city, system="example-city").result
    assert result.system == "example-city"
    assert not np.isnan(result.scores[:, -1]).any()


def test_adjustments_change_score_and_rank_and_are_shown(small: tuple[Path, Path], tmp_path: Path) -> None:
    text = """\
adjustments:
  - {unit: x, kind: bonus, points: 5, reason: 国家级示范}
  - {unit: w, kind: veto, effect: last, reason: 重大生产安全事故}
"""
    result = evaluate(small[0], system=small[1], config=config(tmp_path, text)).result
    by_unit = {u.code: i for i, u in enumerate(result.units)}
    assert result.scores[by_unit["x"], -1] == pytest.approx(100 / 3 + 5)
    assert result.ranks[by_unit["x"], -1] == 1
    assert result.ranks[by_unit["w"], -1] == 4
    assert [a.reason for a in result.adjustments] == ["国家级示范", "重大生产安全事故"]


def test_groups_get_ranks_of_their_own(small: tuple[Path, Path], tmp_path: Path) -> None:
    result = evaluate(small[0], system=small[1], config=config(tmp_path, "group_by: class\n")).result
    assert [u.group for u in result.units] == ["A", "A", "B", "B"]
    assert result.group_ranks is not None
    assert result.group_ranks.tolist() == [1.0, 1.0, 2.0, 1.0]


def test_one_group_alone_has_extremes_of_its_own(small: tuple[Path, Path], tmp_path: Path) -> None:
    chosen = config(tmp_path, "group_by: class\nonly_group: B\n")
    result = evaluate(small[0], system=small[1], config=chosen).result
    assert [u.code for u in result.units] == ["z", "w"]
    # a: 0, 100; b turned: 0, 100
    assert result.scores[:, -1].tolist() == pytest.approx([0.0, 100.0])
    with pytest.raises(InputError, match="there are: A, B"):
        evaluate(small[0], system=small[1], config=config(tmp_path, "group_by: class\nonly_group: C\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("method: {normalisation: {method: magic}}", "normalisation.method"),
        ("colour: blue", "colour"),
        ("adjustments: [{unit: x, kind: bonus}]", "adjustments.0.reason"),
        ("top: 0", "top"),
        ("a: [", "YAML"),
        ("- 1", "keys with values"),
        ("group_by: klass", "klass"),
    ],
)
def test_a_wrong_configuration_names_the_field(small: tuple[Path, Path], tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(small[0], system=small[1], config=config(tmp_path, text))
    assert said in str(caught.value)
    assert all(p.message.zh and p.message.en for p in caught.value.problems)


def test_a_table_without_the_columns_of_the_system_names_them(small: tuple[Path, Path], tmp_path: Path) -> None:
    table = tmp_path / "other.csv"
    table.write_text("unit,a,d\nx,1,2\ny,2,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="columns are missing: b"):
        evaluate(table, system=small[1])


def test_a_period_that_nobody_reported_is_an_error(city: Path) -> None:
    with pytest.raises(InputError, match="2031"):
        evaluate(city, period="2031")


def test_a_zone_outside_the_register_is_an_error_with_its_place(city: Path, tmp_path: Path) -> None:
    with (city / "firms-2025.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    zone = next(name for name in rows[0] if "zone" in name or "园区" in name)
    rows[3][zone] = "31109999"
    with (tmp_path / "firms-2025.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InputError) as caught:
        evaluate(tmp_path)
    problem = next(p for p in caught.value.problems if "31109999" in p.message.zh + str(p.value))
    assert problem.file is not None
    assert problem.file.endswith("firms-2025.csv")
    assert problem.row == 5


def test_own_register_and_no_register(city: Path, tmp_path: Path) -> None:
    register = tmp_path / "zones.csv"
    register.write_text("code,name\n31100001,甲园\n31100002,乙园\n", encoding="utf-8")
    with pytest.raises(InputError):
        evaluate(city, zones=str(register))
    assert len(evaluate(city, zones="any", period="2025").result.units) >= 5
