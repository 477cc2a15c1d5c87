"""Large files: a CSV of any size in bounded memory, Parquet never loaded."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from gaoxin.problems import InputError
from gaoxin.returns import Origin, read_returns
from gaoxin.returns import parts as parts_module
from gaoxin.returns import reading as reading_module
from gaoxin.returns.stored import quoted
from gaoxin.rulebook.book import Book
from returns.return_files import code

HEAD = "统一社会信用代码,企业名称,园区,年份,qc05_0,qd01,synthetic\n"


def big_csv(path: Path, rows: Iterator[str]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(rows)
    return path


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(parts_module, "CHUNK_ROWS", 64)


def test_a_large_csv_goes_through_parquet_and_gives_the_same_figures(tmp_path: Path, book: Book) -> None:
    path = big_csv(tmp_path / "a.csv", (f'{code(i)},厂{i},31103002,2025,"{i},000.5",{i},true\n' for i in range(500)))
    figures = read_returns([path], book)
    assert figures.entities["firm"].table is None
    assert figures.synthetic
    assert figures.kept is not None
    table = figures.table("firm")
    assert table["firm"].to_pylist() == [code(i) for i in range(500)]
    assert table["qc05_0"].to_pylist() == [Decimal(f"{i}000.5") for i in range(500)]
    assert figures.origin("firm", code(99), "2025", "qd01") == Origin(str(path), None, 101, "F qd01")
    assert figures.names("firm", [code(7)]) == {code(7): "厂7"}
    kept = figures.kept.path
    assert kept.exists()
    del figures
    assert not kept.exists()


def test_problems_of_a_large_csv_have_their_places(tmp_path: Path, book: Book) -> None:
    def rows() -> Iterator[str]:
        for i in range(300):
            yield f"{code(i)},,31103002,2025,{i},{'x' if i == 200 else i},true\n"
        yield f"{code(5)},,31103002,2025,1,1,true\n"

    with pytest.raises(InputError) as caught:
        read_returns([big_csv(tmp_path / "a.csv", rows())], book)
    found = {(p.rule, p.row) for p in caught.value.problems}
    assert found == {("cell.not-a-number", 202), ("reporter.duplicate", 302)}
    assert "row 7" in next(p.message.en for p in caught.value.problems if p.rule == "reporter.duplicate")


def test_a_large_csv_is_left_in_a_form_that_an_engine_reads_as_it_lies(tmp_path: Path, book: Book) -> None:
    path = big_csv(tmp_path / "a.csv", (f"{code(i)},厂{i},31103002,2025,{i},{i},true\n" for i in range(50)))
    figures = read_returns([path], book)
    (stored,) = figures.entities["firm"].stored
    assert {name for name, sql in stored.columns.items() if sql == quoted(name)} == {
        "firm", "zone", "period", "name", "qc05_0", "qd01",
    }  # fmt: skip
