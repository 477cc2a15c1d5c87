"""A manifest lets anybody have a run again, and shows what was touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gaoxin.library import evaluate, verify, write
from gaoxin.problems import InputError


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A run over a small table, in a folder that can be moved as a whole."""
    (tmp_path / "table.csv").write_text("unit,a,b\nx,1,10\ny,3,30\nz,2,25\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text(
        "system: own\ntitle: {zh: 自定, en: own}\nentity: unit\nstatus: complete\nnodes:\n"
        '  - {no: a, name: {zh: 甲, en: a}, weight: "1", weight_status: official, data: given, column: a}\n'
        '  - {no: b, name: {zh: 乙, en: b}, weight: "1", weight_status: official, data: given, column: b}\n',
        encoding="utf-8",
    )
    run = evaluate(tmp_path / "table.csv", system=tmp_path / "own.yaml", robustness=50)
    write(run, tmp_path / "out")
    return tmp_path


def test_an_untouched_run_is_identical(finished: Path) -> None:
    outcome = verify(finished / "out")
    assert outcome.identical
    assert not outcome.findings


def test_a_moved_folder_still_verifies(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "moved"
    shutil.copytree(finished, elsewhere)
    assert verify(elsewhere / "out").identical


def test_a_changed_input_is_named(finished: Path) -> None:
    table = finished / "table.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("30", "31"), encoding="utf-8")
    outcome = verify(finished / "out")
    assert not outcome.equal
    assert "table.csv" in outcome.findings[0].zh
    assert "SHA-256" in outcome.findings[0].en


def test_a_missing_input_is_named(finished: Path) -> None:
    (finished / "table.csv").unlink()
    assert "table.csv" in verify(finished / "out").findings[0].en


def test_a_changed_system_changes_the_results_and_is_said(finished: Path) -> None:
    system = finished / "own.yaml"
    system.write_text(system.read_text(encoding="utf-8").replace('weight: "1"', 'weight: "3"', 1), encoding="utf-8")
    outcome = verify(finished / "out")
    assert not outcome.equal
    said = [finding.en for finding in outcome.findings]
    assert any("the system" in line for line in said)
    assert any("score" in line for line in said)


def test_an_edited_result_file_is_noticed(finished: Path) -> None:
    results = finished / "out" / "results.json"
    body = json.loads(results.read_text(encoding="utf-8"))
    body["scores"][0][-1] += 1
    results.write_text(json.dumps(body), encoding="utf-8")
    outcome = verify(finished / "out")
    assert not outcome.equal
    assert "results.json" in outcome.findings[0].en


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[: len(text) // 2], "line"),
        (lambda text: text.replace('"seed": 1', '"seed": 2'), "digest"),
        (lambda text: text.replace('"inputs"', '"inputz"'), "inputs"),
        (lambda text: "", "line 1"),
        (lambda text: text.replace('"robustness": 50', '"robustness": -1'), "robustness"),
    ],
)
def test_a_damaged_manifest_fails_and_says_where(finished: Path, damage: object, said: str) -> None:
    manifest = finished / "out" / "manifest.json"
    manifest.write_text(damage(manifest.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]
    with pytest.raises(InputError) as caught:
        verify(finished / "out")
    assert said in str(caught.value)
    assert caught.value.problems[0].file is not None


def test_a_manifest_in_another_encoding_says_so(finished: Path) -> None:
    manifest = finished / "out" / "manifest.json"
    manifest.write_bytes(manifest.read_text(encoding="utf-8").replace("own.yaml", "自定.yaml").encode("gbk"))
    with pytest.raises(InputError, match="not UTF-8"):
        verify(finished / "out")


def test_no_manifest_no_verification(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        verify(tmp_path)
