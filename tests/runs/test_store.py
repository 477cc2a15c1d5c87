"""A run as JSON and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaoxin.problems import InputError
from gaoxin.runs import store
from gaoxin.runs.pipeline import Run
from gaoxin.writing import write_whole


def test_no_bit_is_lost(run: Run) -> None:
    again = store.from_json(store.to_json(run.result))
    assert not store.same_values(run.result, again)
    assert again.robustness is not None
    assert run.result.robustness is not None
    assert np.array_equal(again.robustness.dominance, run.result.robustness.dominance, equal_nan=True)
    assert again.nodes == run.result.nodes
    assert again.problems == run.result.problems
    assert store.to_json(again) == store.to_json(run.result)


def test_a_difference_names_unit_and_indicator(run: Run) -> None:
    scores = run.result.scores.copy()
    scores[2, 4] += 1e-9
    other = replace(run.result, scores=scores)
    (finding,) = store.same_values(run.result, other)
    assert run.result.units[2].code in finding.zh
    assert run.result.nodes[4].code in finding.en
    assert not store.same_values(run.result, other, tolerance=1e-8)


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99}', '{"format": 1}', "[1]"])
def test_what_is_no_run_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        store.from_json(text, file="results.json")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, "old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
