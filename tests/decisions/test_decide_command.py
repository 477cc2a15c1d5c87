"""``gaoxin decide`` over two runs of a small synthetic city, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gaoxin.cli.main import build
from gaoxin.decisions import Reversal, proposals
from gaoxin.library import evaluate, sample_city, write
from gaoxin.problems import InputError
from gaoxin.runs.tracing import again


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


ARGUMENTS = ["--book", "example-city-decisions", "-n", "50"]


@pytest.fixture(scope="module")
def decided(runs: list[Path]) -> dict[str, Any]:
    """What the command says as JSON, searched once: the search for what reverses a finding is the long part."""
    said = CliRunner().invoke(build(), ["decide", *map(str, runs), *ARGUMENTS, "--format", "json"])
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)  # type: ignore[no-any-return]


def test_decide_as_data(decided: dict[str, Any]) -> None:
    warned = [one for one in decided["proposals"] if one["rule"] == "dx_warn" and one["state"] == "proposed"]
    assert len(warned) == 2
    for one in warned:
        assert one["certainty"]["draws"] == 50
        assert one["reversal"]["rank"] < one["history"][1]["rank"]


def test_decide_as_text(runs: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "reversal_of", lambda *_, **__: Reversal(None, None))
    said = CliRunner().invoke(build(), ["decide", str(runs[1]), *ARGUMENTS])
    assert said.exit_code == 0, said.output
    assert "合成数据" in said.output
    assert "dx_warn" in said.output


def test_what_reverses_a_finding_does_so_in_a_full_evaluation(runs: list[Path], decided: dict[str, Any]) -> None:
    run, tried = again(runs[1]), 0
    for one in decided["proposals"]:
        if one["rule"] != "dx_warn" or one["reversal"] is None:
            continue
        values = run.evaluation.denominated.copy()
        row = run.evaluation.row_of(one["zone"], run.result.period)
        changes = one["reversal"]["changes"][:1] or one["reversal"]["together"]
        for change in changes:
            values[row, run.evaluation.indicators.index(change["indicator"])] = change["after"]
            tried += 1
        if changes:
            assert run.evaluation.again(values).ranks[row, -1] <= one["reversal"]["rank"]
    assert tried


def test_a_run_that_cannot_be_had_again_is_refused(runs: list[Path]) -> None:
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
