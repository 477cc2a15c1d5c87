"""The commands: everything is written or nothing, nothing is overwritten unasked, memory has a limit."""

# ruff: noqa: S603 - gaoxin itself is run

import hashlib
import json
import subprocess
import sys
from collections import Counter

import openpyxl
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from gaoxin.samples.incentives import write_firms


def gaoxin(*arguments, lang="en"):
    command = [sys.executable, "-m", "gaoxin.cli.main", "--lang", lang, "incentives", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def firms(incentives_cn, tmp_path_factory):
    """Two thousand synthetic firms with blanks and faults, under headings of which one begins like a formula."""
    folder = tmp_path_factory.mktemp("firms")
    items = {code: item for code, item in incentives_cn.items.items() if item.entity == "firm"}
    write_firms(items, folder / "f.parquet", firms=2000, year=2024, seed=3)
    table = pq.read_table(folder / "f.parquet")
    names = table["firm_name"].to_pylist()
    table = table.set_column(1, "firm_name", [[f'=HYPERLINK("x")&"{name}"' for name in names]])
    pq.write_table(table, folder / "f.parquet")
    return folder / "f.parquet"


@pytest.fixture(scope="module")
def answered(firms, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "batch"
    done = gaoxin("batch", firms, "--year", "2024", "--out", out, "--as-of", "2025-03-01")
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_batch_writes_every_file_and_nothing_else(answered):
    out, said = answered
    names = sorted(path.name for path in out.iterdir())
    assert names == sorted(
        ["about.json", "rejects.csv", "rejects.xlsx", "results.parquet", "summary.html", "summary.xlsx",
         "unclaimed.parquet", "unclaimed.xlsx"]
    )  # fmt: skip
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert all(str(out / name) in said for name in names)


def test_every_output_carries_date_rulebook_marks_and_disclaimer(answered, incentives_cn):
    out, said = answered
    about = json.loads((out / "about.json").read_text(encoding="utf-8"))
    assert about["as_of"] == "2025-03-01"
    assert about["rulebook"]["version"] == incentives_cn.version
    assert about["synthetic"] is True
    assert about["unconfirmed"] == sum(
        n for mark, n in about["confidence"].items() if mark not in {"official", "quoted"}
    )
    page = (out / "summary.html").read_text(encoding="utf-8")
    texts = [said, page]
    for name in ("unclaimed.xlsx", "summary.xlsx", "rejects.xlsx"):
        for sheet in openpyxl.load_workbook(out / name):
            texts.append("\n".join(str(row[0]) for row in sheet.iter_rows(max_row=8, max_col=1, values_only=True)))
    for text in texts:
        for wanted in (
            "2025-03-01",
            incentives_cn.version,
            "not tax advice",
            "ynthetic",
            "not confirmed by an official",
        ):
            assert wanted in text, wanted


def test_files_without_a_page_say_it_in_their_metadata(answered):
    out, _ = answered
    about = json.loads((out / "about.json").read_text(encoding="utf-8"))
    for name in ("results.parquet", "unclaimed.parquet"):
        said = {key.decode(): text.decode() for key, text in pq.read_schema(out / name).metadata.items()}
        assert said["as_of"] == "2025-03-01"
        assert said["rulebook"] == f"incentives-cn {about['rulebook']['version']}"
        assert said["confidence"] == ", ".join(f"{mark} {number}" for mark, number in about["confidence"].items())
        assert said["synthetic"] == "true"
        assert "not tax advice" in said["disclaimer"]


def test_what_was_read_can_be_told_from_anything_else(answered, firms):
    about = json.loads((answered[0] / "about.json").read_text(encoding="utf-8"))
    content = firms.read_bytes()
    assert about["files"] == [
        {"file": str(firms), "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    ]
    assert about["engine"] == "duckdb"
    assert about["elsewhere"]["tl_subsidy"] == "person"
    assert set(about["confidence_of"]) == set(about["benefits"])


def test_the_first_sheet_is_what_was_not_claimed_the_largest_first(answered):
    out, _ = answered
    book = openpyxl.load_workbook(out / "unclaimed.xlsx")
    sheet = book[book.sheetnames[0]]
    assert sheet.title == "Unclaimed"
    head = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "firm")
    gains = [sheet.cell(row, 4).value for row in range(head + 1, sheet.max_row + 1)]
    amounts = [gain for gain in gains if gain is not None]
    assert amounts == sorted(amounts, reverse=True)
    assert gains[: len(amounts)] == amounts
    assert len(gains) == pq.read_metadata(out / "unclaimed.parquet").num_rows > 10


def test_no_cell_becomes_a_formula(answered):
    out, _ = answered
    for name in ("unclaimed.xlsx", "rejects.xlsx"):
        for sheet in openpyxl.load_workbook(out / name):
            assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    first = openpyxl.load_workbook(out / "unclaimed.xlsx").worksheets[0]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in first["B"])


def test_rejects_stand_in_workbook_and_csv(answered):
    out, _ = answered
    rows = pyarrow.csv.read_csv(out / "rejects.csv").to_pylist()
    assert rows
    assert {row["rule"] for row in rows} <= {
        "cell.negative", "industry.unknown", "units.mixed", "technical_staff_within_staff",
    }  # fmt: skip
    answered_firms = set(pq.read_table(out / "results.parquet")["firm"].to_pylist())
    assert not answered_firms & {row["firm"] for row in rows}


def test_the_most_frequent_reasons_are_said_at_once(answered):
    out, said = answered
    reasons = Counter((row["en"], row["item"]) for row in pyarrow.csv.read_csv(out / "rejects.csv").to_pylist())
    (often, _), number = reasons.most_common(1)[0]
    assert f"{often}, {number} times" in said


def test_what_is_there_is_not_overwritten_unasked(answered, firms):
    out, _ = answered
    before = (out / "about.json").read_bytes()
    done = gaoxin("batch", firms, "--year", "2023", "--out", out)
    assert done.returncode == 2
    assert "--force" in done.stderr
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    done = gaoxin("batch", firms, "--year", "2024", "--out", out, "--force")
    (out / "mine.txt").unlink()
    assert done.returncode == 2
    assert "mine.txt" in done.stderr
    assert (out / "about.json").read_bytes() == before


def test_a_failure_leaves_nothing_behind(firms, tmp_path):
    done = gaoxin("batch", firms, "--year", "2031", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "2031" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_simulate_writes_its_folder_and_names_the_line_of_a_mistake(firms, tmp_path):
    change = tmp_path / "change.yaml"
    head = "change: {zh: 试, en: a try}\nparameters:\n"
    change.write_text(f"{head}- {{code: small_income_cup, values: []}}\n", encoding="utf-8")
    done = gaoxin("simulate", firms, "--year", "2024", "--change", change, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "change.yaml:3" in done.stderr
    value = "{from: 2024, to: 2024, value: 5000000}"
    change.write_text(f"{head}- {{code: small_income_cap, values: [{value}]}}\n", encoding="utf-8")
    done = gaoxin("simulate", firms, "--year", "2024", "--change", change, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "Hypothetical" in done.stdout
    said = pq.read_schema(tmp_path / "out" / "changes.parquet").metadata
    assert said[b"hypothetical"].startswith(b"true: incentives-cn")
    assert b"not tax advice" in said[b"disclaimer"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "about.json", "changes.parquet", "simulation.html", "simulation.xlsx",
    ]  # fmt: skip


MEASURED = """
import datetime, resource, sys
from pathlib import Path
from gaoxin.incentives.batch import run_batch
from gaoxin.rulebook import load_book
run_batch(load_book("incentives-cn"), [sys.argv[1]], "2024", out=Path(sys.argv[2]),
    as_of=datetime.date(2025, 3, 1), instruments=["small-low-profit", "hnte"], memory_limit="200MB", threads=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is Unix")
def test_memory_does_not_grow_with_the_number_of_firms(incentives_cn, tmp_path):
    items = {code: item for code, item in incentives_cn.items.items() if item.entity == "firm"}
    peaks = []
    for firms in (2_000, 60_000):
        write_firms(items, tmp_path / "f.parquet", firms=firms, year=2024, seed=3)
        command = [sys.executable, "-c", MEASURED, tmp_path / "f.parquet", tmp_path / "out.parquet"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
        assert pq.read_metadata(tmp_path / "out.parquet").num_rows > 0.99 * firms
    assert peaks[1] - peaks[0] < 350
