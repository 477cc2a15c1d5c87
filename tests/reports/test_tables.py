from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from gaoxin.problems import Problem
from gaoxin.reports import tables
from gaoxin.reports.outline import dimensions, document_order, ranking_order
from gaoxin.reports.tables import Table, write_cell
from gaoxin.reports.tables.units import key
from gaoxin.runs.result import RunResult
from gaoxin.words import Text


def test_the_standing_is_in_the_order_of_the_ranks(run: RunResult) -> None:
    table = tables.standing(run)
    ranks = [rank for rank in table.values("rank") if isinstance(rank, float)]
    assert ranks == sorted(ranks)
    assert len(ranks) == 22


def test_the_standing_shows_the_scores_of_the_result_unrounded(run: RunResult) -> None:
    scores = dict(zip(tables.standing(run).values("code"), tables.standing(run).values("score"), strict=True))
    assert scores == {unit.code: float(run.scores[row, -1]) for row, unit in enumerate(run.units)}


def test_rank_intervals_appear_only_with_a_robustness_analysis(run: RunResult, plain_run: RunResult) -> None:
    assert {"rank_low", "rank_high"} <= {column.key for column in tables.standing(run).columns}
    assert "rank_low" not in {column.key for column in tables.standing(plain_run).columns}
    assert tables.robustness(plain_run).rows == ()


def test_a_rise_is_positive(run: RunResult) -> None:
    table = tables.standing(run)
    for now, before, change in zip(
        table.values("rank"), table.values("rank_before"), table.values("rank_change"), strict=True
    ):
        assert isinstance(now, float)
        assert isinstance(before, float)
        assert change == before - now


def test_contributions_and_adjustments_add_up_to_the_score(run: RunResult) -> None:
    table = tables.contributions(run)
    leaves = [table.column(key(node)) for node in run.nodes[:46]]
    for row, score, points in zip(table.rows, table.values("score"), table.values("adjustment"), strict=True):
        parts = [value for at in leaves if isinstance(value := row[at], float)]
        assert isinstance(score, float)
        assert math.fsum([*parts, points if isinstance(points, float) else 0.0]) == pytest.approx(score, abs=1e-9)


def test_dimensions_and_adjustments_add_up_to_the_score(run: RunResult) -> None:
    columns, shares, points = tables.by_dimension(run)
    assert columns == dimensions(run) == [46, 47, 48, 49, 50]
    np.testing.assert_allclose(shares.sum(axis=1) + points, run.scores[:, -1], atol=1e-9)
    assert np.count_nonzero(points) == len(run.adjustments)


def test_a_veto_takes_the_rank_and_not_the_points(vetoed_run: RunResult) -> None:
    table = tables.standing(vetoed_run)
    assert table.values("rank")[-1] is None
    assert table.values("score")[-1] == np.nanmax(vetoed_run.scores[:, -1])
    assert not tables.by_dimension(vetoed_run)[2].any()
    assert tables.adjustments(vetoed_run).values("points") == [None]


def test_where_contributions_are_approximate_adjustments_are_the_items(run: RunResult) -> None:
    rough = dataclasses.replace(run, contributions=run.contributions * 0.9, contributions_exact=False)
    points = tables.by_dimension(rough)[2]
    assert sorted(points[points != 0].tolist()) == [-2.0, 1.5]


def test_a_method_that_is_not_additive_is_said_to_be_an_approximation(flat_run: RunResult) -> None:
    assert "近似" in tables.contributions(flat_run).foot[0].zh


def test_missing_values_are_none_and_say_why(run: RunResult) -> None:
    table = tables.raw(run)
    noted = {note.mark: (row, at) for (row, at), note in table.notes.items()}
    assert set(noted) == {"imputed", "missing", "treated"}
    row, at = noted["missing"]
    assert table.rows[row][at] is None
    assert write_cell(None, table.columns[at], "zh") == "—"
    row, at = noted["treated"]
    assert table.rows[row][at] == run.raw[0, 6]


def test_units_stand_in_the_headers_once(run: RunResult) -> None:
    column = tables.raw(run).columns[3 + 1]
    assert column.header("zh") == "1.2 从业人员中研发人员全时当量数占比（%）"
    assert column.header("en") == "1.2 R&D personnel (FTE), share of employed (%)"


def test_the_derivation_of_a_unit_has_every_indicator_in_the_order_of_the_document(run: RunResult) -> None:
    row = ranking_order(run)[0]
    table = tables.derivation(run, row)
    order = [at for at, _ in document_order(run) if at < 46]
    assert [str(cell).split()[0] for cell in table.values("indicator")] == [run.nodes[at].code for at in order]
    total = math.fsum(value for value in table.values("contribution") if isinstance(value, float))
    assert total == pytest.approx(run.scores[row, -1])


def test_every_unconfirmed_weight_is_marked(run: RunResult) -> None:
    table = tables.indicators(run)
    marked = [note for note in table.notes.values() if note.mark == "unconfirmed"]
    assert len(marked) == run.n_unconfirmed_weights == 48


def test_checks_come_errors_first_and_say_how_many_are_left_out(run: RunResult) -> None:
    many = tuple(Problem("r", "warning", Text("甲", "A")) for _ in range(30))
    long = dataclasses.replace(run, problems=(*many, *run.problems))
    table = tables.checks(long, 10)
    assert str(table.rows[0][0]) == "错误"
    assert len(table.rows) == 10
    assert table.foot[0].zh == "另有 24 条未列出。"


def test_small_scales_get_more_decimals(flat_run: RunResult) -> None:
    assert tables.normalised(flat_run).columns[3].decimals == 4
    assert tables.contributions(flat_run).columns[-1].decimals == 5


def test_the_place_of_a_finding_does_not_tell_where_the_files_lay(run: RunResult) -> None:
    for path in ("/home/somebody/firms.csv", r"C:\data\firms.csv"):
        found = dataclasses.replace(run, problems=(Problem("r", "error", Text("甲", "A"), file=path, row=3),))
        assert str(tables.checks(found).rows[0][2]) == "firms.csv，行 3"


def test_findings_are_counted_by_rule(run: RunResult) -> None:
    twice = dataclasses.replace(run, problems=(*run.problems, *run.problems))
    table = tables.checks_by_rule(twice)
    assert [str(rule) for rule in table.values("rule")] == ["unit_slip", "missing", "late", "outlier"]
    assert table.values("count") == [2.0, 2.0, 2.0, 2.0]
    assert table.values("reporters") == [1.0, None, 1.0, None]


def test_dominance_is_ordered_by_rank_on_both_sides(run: RunResult) -> None:
    table = tables.dominance(run)
    assert [column.title.zh for column in table.columns[1:]] == [str(row[0]) for row in table.rows]
    assert all(row[at + 1] is None for at, row in enumerate(table.rows))


def test_no_code_of_a_system_is_taken_for_another_column(run: RunResult) -> None:
    named = dataclasses.replace(run.nodes[0], code="score")
    table = tables.contributions(dataclasses.replace(run, nodes=(named, *run.nodes[1:])))
    assert table.values("score") == tables.contributions(run).values("score")


def every_table(result: RunResult) -> list[Table]:
    return [
        tables.standing(result), tables.raw(result), tables.normalised(result), tables.contributions(result),
        tables.derivation(result, 0), tables.adjustments(result), tables.history(result), tables.unit_notes(result),
        tables.indicators(result), tables.correlations(result), tables.reliability(result),
        tables.indicator_notes(result), tables.method(result), tables.sources(result), tables.robustness(result),
        tables.sensitivity(result), tables.dominance(result), tables.checks(result),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["run", "plain_run", "flat_run", "empty_run", "vetoed_run", "hostile"])
def test_every_table_is_rectangular_and_can_be_written(name: str, request: pytest.FixtureRequest) -> None:
    for table in every_table(request.getfixturevalue(name)):
        for row in table.rows:
            assert len(row) == len(table.columns), table.name
            for cell, column in zip(row, table.columns, strict=True):
                assert not isinstance(cell, float) or math.isfinite(cell)
                assert isinstance(write_cell(cell, column, "en"), str)


def test_a_flat_system_of_many_indicators_has_no_dimensions(make_run: Callable[..., RunResult]) -> None:
    run = make_run(units=4)
    leaves = tuple(dataclasses.replace(node, parent="index") for node in run.nodes[:46])
    keep = [*range(46), 51]
    flat = dataclasses.replace(
        run, nodes=(*leaves, run.nodes[-1]), scores=run.scores[:, keep], ranks=run.ranks[:, keep]
    )
    assert dimensions(flat) == []
    assert tables.by_dimension(flat)[1].shape == (4, 1)
