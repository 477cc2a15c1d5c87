"""The sample city on disk: labelled in every file, and read back as the figures it was made of."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.problems import InputError
from gaoxin.returns import read_returns
from gaoxin.returns.stored import quoted
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.loading import load_book
from gaoxin.samples import SeedZone, make_city, write_city

CITY = make_city(zones=4, firms=120, years=2)


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book("national-2021")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_what_is_written_is_read_back_figure_for_figure(tmp_path: Path, book: Book, kind: str) -> None:
    write_city(CITY, tmp_path, format=kind)  # type: ignore[arg-type]
    figures = read_returns([tmp_path], book, attributes=["类别"])
    assert [p for p in figures.problems if p.severity != "info"] == []
    assert figures.synthetic
    for entity in ("firm", "project", "zone"):
        made, read = CITY.tables[entity], figures.table(entity)
        items = [item for item in made.column_names if item in book.items]
        order = [(entity, "ascending"), ("period", "ascending")]
        made, read = made.sort_by(order), read.sort_by(order)
        for item in items:
            assert read[item].to_pylist() == made[item].cast(_comparable(made[item].type)).to_pylist(), item
        assert read[entity].to_pylist() == made[entity].to_pylist()
    assert figures.scores is not None
    key = [(name, "ascending") for name in ("expert", "zone", "period", "indicator")]
    expected = CITY.tables["expert"].select(figures.scores.column_names).sort_by(key)
    assert figures.scores.sort_by(key).to_pylist() == expected.to_pylist()
    assert set(figures.attribute("zone", "类别").values()) == set(CITY.profiles.classes)
    some = CITY.tables["firm"]["firm"][0].as_py()
    assert figures.names("firm", [some])[some].endswith("（合成）")


def _comparable(kind: pa.DataType) -> pa.DataType:
    """Figures of the sample are whole or have two decimals; as decimals they compare exactly."""
    return pa.decimal128(38, 4) if pa.types.is_floating(kind) else kind


def test_every_file_says_that_it_is_synthetic(tmp_path: Path) -> None:
    for kind in ("csv", "xlsx", "parquet"):
        for path in write_city(CITY, tmp_path / kind, format=kind):  # type: ignore[arg-type]
            if path.suffix == ".parquet":
                assert pq.read_metadata(path).metadata[b"synthetic"] == b"true"
            elif path.suffix == ".xlsx":
                workbook = openpyxl.load_workbook(path, read_only=True)
                for sheet in workbook:
                    assert "合成数据" in next(sheet.iter_rows(values_only=True))[0]
                workbook.close()
            elif path.suffix == ".csv":
                lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
                assert "synthetic" in lines[0] or path.parent.name == "_planted"
            else:
                assert "合成数据" in path.read_text("utf-8")


def test_parquet_is_in_the_types_of_the_book_so_that_engines_read_it_as_it_lies(tmp_path: Path, book: Book) -> None:
    write_city(CITY, tmp_path, format="parquet")
    figures = read_returns([tmp_path], book)
    for entity in ("firm", "project"):
        for stored in figures.entities[entity].stored:
            converted = [n for n, sql in stored.columns.items() if n in stored.labels and sql != quoted(n)]
            assert converted == []
            assert {entity, "period"} <= {n for n, sql in stored.columns.items() if sql == quoted(n)}


def test_workbooks_have_forms_names_and_frozen_headings(tmp_path: Path, book: Book) -> None:
    names = {code: item.name.zh for code, item in book.items.items()}
    write_city(CITY, tmp_path, format="xlsx", headings=names)
    workbook = openpyxl.load_workbook(tmp_path / "firms-2025.xlsx")
    assert workbook.sheetnames == ["GQ-001", "GQ-002", "GQ-003", "GQ-005"]
    rows = list(workbook["GQ-003"].iter_rows(max_row=3, values_only=True))
    assert rows[1][:4] == ("统一社会信用代码", "企业名称", "园区代码", "年份")
    assert (rows[1][4], rows[2][4]) == ("qd01", "从业人员期末人数")
    assert workbook["GQ-003"].freeze_panes == "B4"
    assert read_returns([tmp_path], book).table("firm")["qd01"].null_count < 5


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    evil = SeedZone("@SUM(1)", '=HYPERLINK("http://x")')
    city = make_city(zones=1, firms=8, years=1, register=[evil])
    write_city(city, tmp_path)
    cell = openpyxl.load_workbook(tmp_path / "zones.xlsx").active["B3"]
    assert (cell.value, cell.data_type) == (evil.name, "s")
    with (tmp_path / "firms-2025.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["zone"] for row in csv.DictReader(file)} == {"'@SUM(1)"}


def test_planted_duplicates_are_refused_with_both_places(tmp_path: Path, book: Book) -> None:
    write_city(make_city(zones=2, firms=40, years=1, duplicates=1), tmp_path)
    with pytest.raises(InputError) as caught:
        read_returns([tmp_path], book)
    assert [problem.rule for problem in caught.value.problems] == ["reporter.duplicate"]


def test_too_many_firms_for_workbooks(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="csv or parquet"):
        write_city(make_city(firms=20_001), tmp_path / "city", format="xlsx")
    assert not (tmp_path / "city").exists()


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_city(CITY, tmp_path, progress=stop)
    assert list(tmp_path.iterdir()) == []
