"""The ``gaoxin`` command as people call it: what it prints, what it writes, its exit codes."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from gaoxin.library import sample_city

Call = subprocess.CompletedProcess[str]


def gaoxin(*arguments: str | Path, lang: str = "en", cwd: Path | None = None) -> Call:
    environment = {**os.environ, "GAOXIN_LANG": lang, "COLUMNS": "160", "PYTHONUTF8": "1"}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "gaoxin.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=cwd,
        check=False,
    )


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    sample_city(folder, zones=4, firms=200, years=2)
    return folder


@pytest.fixture(scope="module")
def results(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "out"
    done = gaoxin("evaluate", city, "--robustness", "50", "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_help_names_every_command_in_both_languages() -> None:
    english, chinese = gaoxin("--help"), gaoxin("--help", lang="zh")
    assert english.returncode == chinese.returncode == 0
    for command in ("evaluate", "check", "explain", "compare", "verify", "sample", "demo", "system", "book"):
        assert command in english.stdout
        assert command in chinese.stdout
    assert "评价" in chinese.stdout
    assert "评价" not in english.stdout


def test_the_language_option_wins_over_the_environment() -> None:
    assert "Evaluate" in gaoxin("--lang", "en", "--help", lang="zh").stdout
    wrong = gaoxin("--lang", "fr", "system", "list")
    assert wrong.returncode == 2


def test_help_does_not_load_the_numerical_libraries() -> None:
    code = (
        "import sys; sys.argv = ['gaoxin', '--help']\n"
        "from gaoxin.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'scipy', 'duckdb', 'pyarrow', 'sqlglot', 'altair', 'pint'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def test_evaluate_prints_a_ranking_and_writes_every_output(results: Path) -> None:
    names = {path.name for path in results.iterdir()}
    assert names == {"report.html", "scores.xlsx", "report.docx", "results.parquet", "results.json", "manifest.json"}
    book = openpyxl.load_workbook(results / "scores.xlsx")
    assert book.sheetnames


def test_evaluate_refuses_to_write_over_something_else(city: Path, results: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    before = (results / "results.json").read_bytes()
    for folder in (tmp_path, results):
        done = gaoxin("evaluate", city, "--out", folder)
        assert done.returncode == 2
        assert "--force" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert (results / "results.json").read_bytes() == before


def test_evaluate_leaves_nothing_behind_when_the_input_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    done = gaoxin("evaluate", tmp_path / "empty.csv", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "empty.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for command in (
        ("evaluate", tmp_path / "no.xlsx"),
        ("check", tmp_path / "no.xlsx"),
        ("verify", tmp_path / "no"),
        ("compare", tmp_path / "a", tmp_path / "b"),
        ("evaluate", tmp_path, "--system", tmp_path / "no.yaml"),
    ):
        done = gaoxin(*command)
        assert done.returncode in {1, 2}, command
        assert "Traceback" not in done.stderr, done.stderr
        assert done.stderr or done.stdout


def test_an_unknown_system_lists_those_there_are(city: Path) -> None:
    done = gaoxin("evaluate", city, "--system", "national-2012")
    assert done.returncode == 2
    assert "national-2021" in done.stderr


def test_an_incomplete_system_lists_what_is_missing(city: Path) -> None:
    done = gaoxin("evaluate", city, "--system", "national-2024", lang="zh")
    assert done.returncode == 2
    assert "缺" in done.stderr


def test_check_without_errors_exits_with_0(city: Path) -> None:
    done = gaoxin("check", city)
    assert done.returncode == 0, done.stdout
    assert "0 errors" in done.stdout


def test_check_names_a_broken_rule_and_exits_with_1(city: Path, tmp_path: Path) -> None:
    with (city / "firms-2025.csv").open(encoding="utf-8-sig", newline="") as file:
        firms = list(csv.DictReader(file))
    firms[0]["qj67"] = str(int(firms[0]["qj09"]) + 1)  # a part above its whole
    wrong = tmp_path / "firms-2025.csv"
    with wrong.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(firms[0]))
        writer.writeheader()
        writer.writerows(firms)
    out = tmp_path / "findings.xlsx"
    done = gaoxin("check", wrong, "--out", out)
    assert done.returncode == 1
    assert firms[0]["firm"] in done.stdout
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row > 1
    listed = tmp_path / "findings.csv"
    assert gaoxin("check", wrong, "--severity", "error", "--out", listed, lang="zh").returncode == 1
    text = listed.read_text(encoding="utf-8-sig")
    assert "错误" in text
    assert "警告" not in text


def test_verify_says_identical_and_notices_a_change(results: Path) -> None:
    done = gaoxin("verify", results)
    assert done.returncode == 0
    assert "identical" in done.stdout
    manifest = (results / "manifest.json").read_text(encoding="utf-8")
    damaged = results.parent / "damaged"
    damaged.mkdir()
    (damaged / "manifest.json").write_text(manifest[:100], encoding="utf-8")
    assert gaoxin("verify", damaged).returncode == 2


def test_explain_walks_back_to_the_file(results: Path, city: Path) -> None:
    done = gaoxin("explain", "31103001", "2.5", "--run", results, lang="zh")
    if done.returncode:  # whichever zones the small city has
        code = done.stderr.split("有：")[1].split(" ")[0]
        done = gaoxin("explain", code, "2.5", "--run", results, lang="zh")
    assert done.returncode == 0
    assert "公式：" in done.stdout
    assert "firms-" in done.stdout


def test_compare_two_runs(results: Path, city: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert gaoxin("evaluate", city, "--system", "example-city", "--out", other).returncode == 0
    done = gaoxin("compare", results, other)
    assert done.returncode == 0
    assert "system: national-2021 → example-city" in done.stdout


def test_own_boundaries_make_a_map_and_bad_ones_a_message(city: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.geojson"
    bad.write_text("{}")
    done = gaoxin("evaluate", city, "--geojson", bad, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "FeatureCollection" in done.stderr
    assert not (tmp_path / "out").exists()


def test_demo_refuses_a_folder_with_other_things(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = gaoxin("demo", "--out", tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"
