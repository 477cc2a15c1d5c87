"""The many ways in which offices lay out the same return, read into the same figures."""

from __future__ import annotations

import codecs
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.problems import Problem
from gaoxin.returns import Origin, read_returns
from gaoxin.rulebook.book import Book
from returns.return_files import ZONES, code, write_csv, write_workbook

ROWS = [
    [code(1), "31103002", "2025", "1234.5", "34", "是", "2024-11-05"],
    [code(2), "31103001", "2025", "-20", "0", "否", ""],
]
CODES = ["firm", "zone", "period", "qc05_0", "qd01", "qb11", "qb12"]
NAMES = ["统一社会信用代码", "园区代码", "年份", "营业收入", "从业人员期末人数", "是否高新技术企业", "认定时间"]
COLUMNS = ["firm", "zone", "period", "qc05_0", "qd01", "qb11", "qb12"]
EXPECTED = {
    "firm": [code(1), code(2)],
    "zone": ["31103002", "31103001"],
    "period": ["2025", "2025"],
    "qc05_0": [Decimal("1234.5"), Decimal(-20)],
    "qd01": [34, 0],
    "qb11": [True, False],
    "qb12": [date(2024, 11, 5), None],
}


def read(path: Path, book: Book, **options: object) -> tuple[dict[str, list[object]], tuple[Problem, ...]]:
    figures = read_returns([path], book, **options)  # type: ignore[arg-type]
    table = figures.table("firm")
    return {name: table[name].to_pylist() for name in COLUMNS}, figures.problems


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    return "".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) + "\r\n" for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
def test_every_encoding_of_a_csv(tmp_path: Path, book: Book, encoding: str) -> None:
    assert read(write_csv(tmp_path / "a.csv", as_csv([NAMES, *ROWS]), encoding), book) == (EXPECTED, ())


def test_utf_16_big_endian(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(codecs.BOM_UTF16_BE + as_csv([NAMES, *ROWS]).encode("utf-16-be"))
    assert read(path, book) == (EXPECTED, ())


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_delimiter(tmp_path: Path, book: Book, delimiter: str) -> None:
    assert read(write_csv(tmp_path / "a.csv", as_csv([CODES, *ROWS], delimiter)), book) == (EXPECTED, ())


@pytest.mark.parametrize(
    "head",
    [
        [CODES],
        [NAMES],
        [CODES, NAMES],
        [NAMES, CODES],
        [[f"{c} {n}" if i > 2 else n for i, (c, n) in enumerate(zip(CODES, NAMES, strict=True))]],
        [[f"{n}（{c}）" if i > 2 else n for i, (c, n) in enumerate(zip(CODES, NAMES, strict=True))]],
        [["企业基本情况表"], ["填报单位：某市科委", "", "", "单位：千元"], [], NAMES],
        [["firm", "zone", "year", "operating revenue", "employed persons at period end", "qb11", "qb12"]],
        [NAMES, ["", "", "", "千元", "人", "", ""]],
        [[*NAMES[:3], "营业收入(千元)", "从业人员期末人数（人）", *NAMES[5:]]],
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_headings_by_code_by_name_with_titles_and_units(
    tmp_path: Path, book: Book, head: list[list[str]], suffix: str
) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        write_csv(path, as_csv([*head, *ROWS]))
    else:
        write_workbook(path, {"表": [*head, *ROWS]})
    assert read(path, book) == (EXPECTED, ())


@pytest.mark.parametrize(
    "head",
    [
        [[*NAMES[:3], "营业收入（万元）", *NAMES[4:]]],
        [NAMES, ["", "", "", "万元", "人", "", ""]],
        [["", "", "", "", "", "", "金额单位：万元"], NAMES],
    ],
)
def test_a_stated_unit_is_converted_and_said(tmp_path: Path, book: Book, head: list[list[str]]) -> None:
    figures, problems = read(write_workbook(tmp_path / "a.xlsx", {"表": [*head, *ROWS]}), book)
    assert figures["qc05_0"] == [Decimal(12345), Decimal(-200)]
    assert figures["qd01"] == [34, 0], "persons are not money"
    assert [(p.rule, p.severity, p.item) for p in problems] == [("item.converted", "info", "qc05_0")]


def test_one_sheet_for_each_form(tmp_path: Path, book: Book) -> None:
    forms = {
        "GQ-001": [[*NAMES[:3], *NAMES[5:]], *[[*row[:3], *row[5:]] for row in ROWS]],
        "GQ-002": [[NAMES[0], "年份", NAMES[3]], *[[row[0], row[2], row[3]] for row in reversed(ROWS)]],
        "GQ-003": [[NAMES[0], "年份", NAMES[4]], *[[row[0], row[2], row[4]] for row in ROWS]],
    }
    path = write_workbook(tmp_path / "a.xlsx", forms)
    assert read(path, book) == (EXPECTED, ())
    origin = read_returns([path], book).origin("firm", code(1), "2025", "qc05_0")
    assert origin == Origin(str(path), "GQ-002", 3, "C 营业收入")


def test_a_long_table(tmp_path: Path, book: Book) -> None:
    long = [["企业代码", "园区", "指标", "期", "数值"]]
    for row in ROWS:
        for at, name in ((3, "营业收入"), (4, "qd01"), (5, "qb11"), (6, "认定时间")):
            long.append([row[0], row[1], name, "2025年", row[at]])
    path = write_csv(tmp_path / "a.csv", as_csv(long))
    assert read(path, book) == (EXPECTED, ())
    assert read_returns([path], book).origin("firm", code(2), "2025", "qd01") == Origin(str(path), None, 7, "E 数值")


def test_a_long_table_whose_reporters_are_called_units(tmp_path: Path, book: Book) -> None:
    rows = [["单位", "指标", "期", "数值"], ["31103002", "gx_green_ratio", "2025", "31.5%"]]
    figures = read_returns([write_csv(tmp_path / "a.csv", as_csv(rows))], book)
    assert figures.table("zone")["gx_green_ratio"].to_pylist() == [Decimal("31.5")]


def test_a_long_table_with_a_unit_for_each_figure(tmp_path: Path, book: Book) -> None:
    rows = [
        ["园区", "企业代码", "指标", "年份", "计量单位", "数值"],
        ["31103002", code(1), "营业收入", "2025", "亿元", "1.5"],
    ]
    figures = read_returns([write_csv(tmp_path / "a.csv", as_csv(rows))], book)
    assert figures.table("firm")["qc05_0"].to_pylist() == [Decimal(150000)]


@pytest.mark.parametrize(
    ("name", "sheet"),
    [("2024/a.xlsx", "表"), ("企业2024年报.xlsx", "表"), ("a.xlsx", "2024年"), ("a_20250101.xlsx", "2024")],
)
def test_the_year_of_a_table_that_does_not_say_it_is_in_its_name(
    tmp_path: Path, book: Book, name: str, sheet: str
) -> None:
    path = tmp_path / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(path, {sheet: [["firm", "zone", "qd01"], [code(1), "31103002", 5]]})
    figures = read_returns([path], book)
    assert figures.periods("firm") == ("2024",)
    assert [(p.rule, p.severity, p.period) for p in figures.problems] == [("sheet.period-from-name", "info", "2024")]


def test_the_period_is_taken_from_the_call_when_nothing_says_it(tmp_path: Path, book: Book) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"表": [["firm", "zone", "qd01"], [code(1), "31103002", 5]]})
    assert read_returns([path], book, period="2025").periods("firm") == ("2025",)


def test_zones_by_code_or_by_name(tmp_path: Path, book: Book) -> None:
    rows = [["firm", "园区", "年份", "qd01"], [code(1), "张江高新区徐汇园", 2025, 5], [code(2), "31202002", 2025, 6]]
    figures = read_returns([write_workbook(tmp_path / "a.xlsx", {"表": rows})], book, zones=ZONES)
    assert figures.table("firm")["zone"].to_pylist() == ["31202002", "31202002"]
    assert figures.names("zone")["31202002"] == "张江高新区徐汇园"


def test_a_name_that_a_form_uses_twice_is_told_apart_by_its_order(tmp_path: Path, book: Book) -> None:
    head = ["firm", "zone", "年份", "实际上缴税费总额", "其中：增值税", "减免税总额", "其中：增值税"]
    path = write_workbook(tmp_path / "a.xlsx", {"GQ-002": [head, [code(1), "31103002", 2025, 100, 40, 20, 7]]})
    table = read_returns([path], book).table("firm")
    assert [table[item][0].as_py() for item in ("qc13", "qc14", "qc17", "qc18")] == [100, 40, 20, 7]


def test_totals_ordinals_notes_and_blank_rows_are_no_returns(tmp_path: Path, book: Book) -> None:
    rows = [NAMES, ["甲", "乙", "丙", "1", "2", "3", "4"], ROWS[0], [], ROWS[1], ["合计", "", "", "1214.5", "34"]]
    rows += [["填表人：张三　负责人：李四"], ["注：本表由企业填报"]]
    figures, problems = read(write_workbook(tmp_path / "a.xlsx", {"表": rows}), book)
    assert figures == EXPECTED
    assert {(p.rule, p.severity) for p in problems} == {("row.total", "info"), ("row.note", "info")}


def test_folders_are_read_with_their_sub_folders_but_not_what_is_marked_as_something_else(
    tmp_path: Path, book: Book
) -> None:
    for at, name in enumerate(["2025/a.csv", "2025/b/b.csv", "_planted/c.csv", ".d.csv", "2025/~$e.csv", "readme.md"]):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(path, as_csv([CODES, [code(at), *ROWS[0][1:]]]))
    figures = read_returns([tmp_path], book)
    assert sorted(figures.table("firm")["firm"].to_pylist()) == sorted([code(0), code(1)])
    assert read_returns([tmp_path / "2025" / "*.csv"], book).table("firm").num_rows == 2


def test_expert_scores(tmp_path: Path, book: Book) -> None:
    rows = [
        ["专家", "园区", "年份", "指标", "评分", "备注"],
        ["专家01", "31103002", 2025, "gx_climate_score", 85.5, "氛围好"],
        ["专家01", "31103002", 2025, "1.10", "—", ""],
        ["专家02", "紫竹", 2025, "1.10", "９０", ""],
    ]
    figures = read_returns([write_workbook(tmp_path / "a.xlsx", {"评分": rows})], book)
    assert figures.scores is not None
    assert figures.scores.to_pylist() == [
        {
            "expert": "专家01",
            "zone": "31103002",
            "period": "2025",
            "indicator": "gx_climate_score",
            "score": 85.5,
            "remark": "氛围好",
        },
        {"expert": "专家02", "zone": "紫竹", "period": "2025", "indicator": "1.10", "score": 90.0, "remark": None},
    ]


def test_names_and_attributes_of_reporters(tmp_path: Path, book: Book) -> None:
    rows = [
        ["园区代码", "园区名称", "类别", "年份", "gx_gazelles"],
        ["31103002", "旧名", "甲类", 2024, 1],
        ["31103002", "紫竹", "乙类", 2025, 2],
    ]
    figures = read_returns([write_workbook(tmp_path / "a.xlsx", {"园区": rows})], book, attributes=["类别"])
    assert figures.names("zone") == {"31103002": "紫竹"}
    assert figures.attribute("zone", "类别") == {"31103002": "乙类"}
    assert figures.problems == ()


@pytest.mark.parametrize("how", ["column", "title", "metadata"])
def test_synthetic_data_is_recognised(tmp_path: Path, book: Book, how: str) -> None:
    path = tmp_path / ("a.parquet" if how == "metadata" else "a.xlsx")
    if how == "column":
        write_workbook(path, {"表": [[*CODES, "synthetic"], [*ROWS[0], "true"]]})
    elif how == "title":
        write_workbook(path, {"表": [["合成数据，并非真实企业"], CODES, ROWS[0]]})
    else:
        table = pa.table({"firm": [code(1)], "zone": ["31103002"], "period": ["2025"], "qd01": [3]})
        pq.write_table(table.replace_schema_metadata({"synthetic": "true"}), path)
    assert read_returns([path], book).synthetic
    assert not read_returns([write_csv(tmp_path / "b.csv", as_csv([CODES, ROWS[0]]))], book).synthetic


def test_every_item_of_the_book_has_a_column_in_its_exact_type(tmp_path: Path, book: Book) -> None:
    table = read_returns([write_csv(tmp_path / "a.csv", as_csv([CODES, *ROWS]))], book).table("firm")
    items = [code for code, item in book.items.items() if item.entity == "firm"]
    assert table.column_names == ["firm", "zone", "period", *items]
    assert table["qc02"].null_count == 2
    for item in items:
        kind, decimals = table.schema.field(item).type, book.items[item].decimals
        if book.items[item].type == "decimal":
            assert (kind.precision, kind.scale) == (18, decimals)


def parquet_of(table: pa.Table, path: Path) -> Path:
    pq.write_table(table, path)
    return path


def test_parquet_gives_the_same_figures_and_is_not_loaded(tmp_path: Path, book: Book) -> None:
    from_csv = read_returns([write_csv(tmp_path / "a.csv", as_csv([CODES, *ROWS]))], book)
    path = parquet_of(from_csv.table("firm"), tmp_path / "a.parquet")
    figures = read_returns([path], book)
    assert figures.entities["firm"].table is None
    assert figures.table("firm").cast(from_csv.table("firm").schema) == from_csv.table("firm")
    assert figures.periods("firm") == ("2025",)
    assert figures.origin("firm", code(2), "2025", "qd01") == Origin(str(path), None, 2, "qd01")
    assert figures.origin("firm", code(2), "2025", "qc02") == Origin(str(path), None, 2, "qc02")


def test_parquet_of_other_types_headed_by_names(tmp_path: Path, book: Book) -> None:
    table = pa.table(
        {
            "统一社会信用代码": [code(1), code(2)],
            "园区": ["张江高新区徐汇园", "31103002"],
            "年份": [2025, 2025],
            "营业收入": [1234.5, float("nan")],
            "从业人员期末人数": pa.array([34, None], pa.int32()),
            "认定时间": pa.array([None, date(2024, 1, 2)], pa.date64()),
            "企业名称": ["甲", "乙"],
        }
    )
    figures = read_returns([parquet_of(table, tmp_path / "a.parquet")], book, zones=ZONES)
    read_back = figures.table("firm")
    assert {name: read_back[name].to_pylist() for name in ("zone", "period", "qc05_0", "qd01", "qb12")} == {
        "zone": ["31202002", "31103002"],
        "period": ["2025", "2025"],
        "qc05_0": [Decimal("1234.500"), None],
        "qd01": [34, None],
        "qb12": [None, date(2024, 1, 2)],
    }
    assert figures.names("firm", [code(2)]) == {code(2): "乙"}


def test_files_of_several_formats_are_one_table(tmp_path: Path, book: Book) -> None:
    first = read_returns([write_csv(tmp_path / "a.csv", as_csv([CODES, ROWS[0]]))], book)
    parquet_of(first.table("firm"), tmp_path / "a.parquet")
    (tmp_path / "a.csv").unlink()
    write_csv(tmp_path / "b.csv", as_csv([CODES, ROWS[1]]))
    table = read_returns([tmp_path], book).table("firm")
    found = sorted(zip(*(table[name].to_pylist() for name in ("qd01", "firm", "qc05_0")), strict=True))
    assert found == [(0, code(2), Decimal(-20)), (34, code(1), Decimal("1234.5"))]


def test_sources_carry_the_hash_of_every_file(tmp_path: Path, book: Book) -> None:
    path = write_csv(tmp_path / "a.csv", as_csv([CODES, *ROWS]))
    ((name, digest),) = read_returns([path], book).sources
    assert name == str(path)
    assert len(digest) == 64
