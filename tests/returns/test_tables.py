"""Any table with a key column."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.problems import InputError, Problem
from gaoxin.returns import read_table
from returns.return_files import only, write_csv, write_workbook

ROWS = [
    ["iso3", "Country", "hdi", "le", "note"],
    ["NOR", "Norway", "0.961", "83,2", "x"],
    ["CHE", "Switzerland", "0.962", "NA", ""],
]


def problems(path: Path, **options: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_table(path, **options)
    return caught.value.problems


def test_numbers_are_numbers_and_the_key_is_found(tmp_path: Path) -> None:
    rows = [*ROWS[:1], ["NOR", "Norway", "0.961", "1,083.2", "x"], *ROWS[2:]]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    given = read_table(write_csv(tmp_path / "a.csv", text))
    assert (given.key, given.period, given.numeric, given.rows) == ("iso3", None, ["hdi", "le"], (2, 3))
    assert given.table.to_pylist()[0] == {"iso3": "NOR", "Country": "Norway", "hdi": 0.961, "le": 1083.2, "note": "x"}
    assert given.table["le"][1].as_py() is None
    assert given.table["note"][1].as_py() is None


def test_a_panel_has_a_period(tmp_path: Path) -> None:
    rows = [["country", "year", "x"], ["A", 2020, 1], ["A", 2021, 2], ["B", 2020, 3]]
    given = read_table(write_workbook(tmp_path / "a.xlsx", {"data": rows}))
    assert (given.key, given.period, given.numeric) == ("country", "year", ["x"])
    assert given.table["year"].to_pylist() == ["2020", "2021", "2020"]


def test_the_key_can_be_a_number(tmp_path: Path) -> None:
    given = read_table(write_csv(tmp_path / "a.csv", "id,x\n1,5\n2,6\n"), key="id")
    assert given.table["id"].to_pylist() == ["1", "2"]


def test_parquet(tmp_path: Path) -> None:
    table = pa.table({"k": ["a", "b"], "x": [1, None]}).replace_schema_metadata({"synthetic": "true"})
    pq.write_table(table, tmp_path / "a.parquet")
    given = read_table(tmp_path / "a.parquet")
    assert given.synthetic
    assert given.table["x"].to_pylist() == [1.0, None]


def test_text_among_numbers_names_row_and_column(tmp_path: Path) -> None:
    problem = only(problems(write_csv(tmp_path / "a.csv", "k,x\na,1\nb,2\nc,about 3\nd,4\n")))
    assert (problem.rule, problem.row, problem.column, problem.value) == ("cell.not-a-number", 4, "B x", "about 3")


def test_a_unit_that_is_there_twice(tmp_path: Path) -> None:
    problem = only(problems(write_csv(tmp_path / "a.csv", "k,x\na,1\na,2\n"), key="k"))
    assert (problem.rule, problem.row, problem.reporter) == ("reporter.duplicate", 3, "a")
    assert only(problems(write_csv(tmp_path / "b.csv", "k,x\na,1\na,2\n"))).rule == "table.no-key"


def test_a_sheet_or_column_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"data": ROWS, "more": ROWS})
    assert "data, more" in only(problems(path, sheet="dta")).remedy.en
    assert "Country" in only(problems(path, key="land")).remedy.en
    assert read_table(path, sheet="more").key == "iso3"


def test_a_heading_that_is_there_twice_and_a_table_without_rows(tmp_path: Path) -> None:
    assert only(problems(write_csv(tmp_path / "a.csv", "k,x,x\na,1,2\n"))).rule == "table.heading-twice"
    assert only(problems(write_csv(tmp_path / "b.csv", "k,x\n"))).rule == "sheet.empty"
