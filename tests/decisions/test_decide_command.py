"""``gaoxin decide`` over two runs of a small synthetic city, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaoxin.cli.main import build
from gaoxin.decisions import Result, propose, sample_of
from gaoxin.library import evaluate, sample_city, write
from gaoxin.problems import InputError
from gaoxin.rulebook import Book


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("decide")
    sample_city(folder / "city", zones=6, firms=120, years=3)
    made = []
    for period in ("2024", "2025"):
        run = evaluate(folder / "city", system="national-2021", period=period)
        write(run, folder / period)
        made.append(folder / period)
    return made


def test_decide(runs: list[Path], tmp_path: Path) -> None:
    arguments = ["decide", *map(str, runs), "--book", "example-city-decisions", "-n", "50"]
    said = CliRunner().invoke(build(), arguments)
    assert said.exit_code == 0, said.output
    assert "合成数据" in said.output
    data = json.loads(CliRunner().invoke(build(), [*arguments, "--format", "json"]).stdout)
    warned = [one for one in data["proposals"] if one["rule"] == "dx_warn" and one["state"] == "proposed"]
    assert {one["history"][1]["rank"] for one in warned} == {5.0, 6.0} or len(warned) == 2
    for one in warned:
        assert one["certainty"]["draws"] == 50
        assert one["reversal"]["rank"] < one["history"][1]["rank"]


def test_what_reverses_a_finding_does_so_in_a_full_evaluation(runs: list[Path], book: Book) -> None:
    from gaoxin.runs.tracing import again

    run = again(runs[1])
    proposals = propose(book, [Result(run.result, sample_of(run, replications=20), run.evaluation)])
    tried = 0
    for one in proposals.proposals:
        if one.rule != "dx_warn" or one.reversal is None or one.reversal.changes is None:
            continue
        values = run.evaluation.denominated.copy()
        row = run.evaluation.row_of(one.zone, run.result.period)
        for change in one.reversal.changes[:1] or one.reversal.together:
            values[row, run.evaluation.indicators.index(change.indicator)] = change.after
            tried += 1
        if one.reversal.changes or one.reversal.together:
            assert run.evaluation.again(values).ranks[row, -1] <= one.reversal.rank
    assert tried


def test_a_run_that_cannot_be_had_again_is_refused(runs: list[Path], tmp_path: Path) -> None:
    stored = runs[0] / "results.json"
    before = stored.read_text(encoding="utf-8")
    body = json.loads(before)
    body["scores"][0][-1] += 1
    stored.write_text(json.dumps(body), encoding="utf-8")
    try:
        outcome = CliRunner().invoke(build(), ["decide", str(runs[0]), "--book", "example-city-decisions", "-n", "5"])
    finally:
        stored.write_text(before, encoding="utf-8")
    assert isinstance(outcome.exception, InputError)
    assert outcome.exception.problems[0].rule == "decide.differs"
