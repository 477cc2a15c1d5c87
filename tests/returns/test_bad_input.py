"""Every kind of unusable file: the message names file, sheet, row, column and what to do; nothing is half-read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from gaoxin.problems import InputError, Problem
from gaoxin.returns import read_returns
from gaoxin.returns import workbook as workbook_module
from gaoxin.returns.history import require_history
from gaoxin.rulebook.book import Book
from returns.return_files import ZONES, code, only, write_csv, write_workbook

Problems = Callable[..., list[Problem]]
HEAD = ["统一社会信用代码", "园区", "年份", "qc05_0", "qd01"]
GOOD = [code(1), "31103002", 2025, 1200, 34]


def firms(path: Path, *rows: list[object], head: list[str] | None = None, sheet: str = "GQ-002") -> Path:
    return write_workbook(path, {sheet: [head or HEAD, *rows]})


def test_a_good_file_is_read(tmp_path: Path, book: Book) -> None:
    figures = read_returns([firms(tmp_path / "a.xlsx", GOOD)], book, zones=ZONES)
    assert figures.table("firm")["qd01"].to_pylist() == [34]
    assert figures.problems == ()


def test_wrong_sheet(tmp_path: Path, problems_of: Problems) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"说明": [["填表说明", "如下"], ["一", "二"]]})
    problem = only(problems_of(path))
    assert (problem.rule, problem.file, problem.sheet) == ("sheet.no-headings", str(path), "说明")
    assert "填表说明" in problem.message.zh


def test_a_sheet_of_notes_beside_the_forms_is_passed_over_with_a_note(tmp_path: Path, book: Book) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"说明": [["填表说明", "如下"]], "GQ-002": [HEAD, GOOD]})
    figures = read_returns([path], book)
    assert [(p.severity, p.rule, p.sheet) for p in figures.problems] == [("info", "sheet.no-headings", "说明")]


def test_a_form_without_the_code_of_the_firm(tmp_path: Path, problems_of: Problems) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"GQ-003": [["企业名称", "qd01", "qd03"], ["某厂", 5, 1]]})
    problem = only(problems_of(path))
    assert problem.rule == "sheet.no-key"
    assert (problem.sheet, problem.row) == ("GQ-003", 1)


def test_items_of_firms_with_only_a_zone_column(tmp_path: Path, problems_of: Problems) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"汇总": [["园区", "年份", "qd01", "qd03"], ["31103002", 2025, 5, 1]]})
    problem = only(problems_of(path))
    assert (problem.rule, problem.sheet, problem.row) == ("sheet.wrong-entity", "汇总", 1)


def test_wrong_encoding(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "统一社会信用代码,园区\nx,张江\n".encode() + "徐汇".encode("gb18030") + b"\n")
    problem = only(problems_of(path))
    assert (problem.rule, problem.file, problem.row) == ("file.encoding", str(path), 3)


def test_bytes_that_are_no_text(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 40)
    assert only(problems_of(path)).rule == "file.encoding"


def test_duplicate_reporter_in_one_sheet_names_both_rows(tmp_path: Path, problems_of: Problems) -> None:
    path = firms(tmp_path / "a.xlsx", GOOD, [code(2), *GOOD[1:]], GOOD)
    problem = only(problems_of(path))
    assert (problem.rule, problem.sheet, problem.row, problem.reporter) == ("reporter.duplicate", "GQ-002", 4, code(1))
    assert "行 2" in problem.message.zh
    assert "row 2" in problem.message.en


def test_duplicate_reporter_in_two_files_names_both_files(tmp_path: Path, problems_of: Problems) -> None:
    a, b = firms(tmp_path / "a.xlsx", GOOD), firms(tmp_path / "b.xlsx", [code(2), *GOOD[1:]], GOOD)
    problem = only(problems_of(a, b))
    assert (problem.file, problem.row) == (str(b), 3)
    assert str(a) in problem.message.en


def test_the_same_file_named_twice_is_read_once(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.xlsx", GOOD)
    assert read_returns([path, tmp_path], book).table("firm").num_rows == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1"), "check character"),
        (code(1)[:-1], "18 characters"),
        ("O" + code(1)[1:], "do not use"),
    ],
)
def test_a_code_that_fails_its_checksum(tmp_path: Path, problems_of: Problems, wrong: str, said: str) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx", GOOD, [wrong, *GOOD[1:]])))
    assert (problem.rule, problem.row, problem.value) == ("reporter.credit-code", 3, wrong)
    assert problem.column == "A 统一社会信用代码"
    assert said in problem.message.en
    assert wrong not in problem.remedy.en, "no code is invented"


def test_codes_of_ones_own_are_accepted_under_a_neutral_heading(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.xlsx", ["F001", *GOOD[1:]], ["F002", *GOOD[1:]], head=["firm", *HEAD[1:]])
    assert read_returns([path], book).table("firm")["firm"].to_pylist() == ["F001", "F002"]


def test_under_a_neutral_heading_the_odd_code_among_valid_ones_is_an_error(
    tmp_path: Path, problems_of: Problems
) -> None:
    rows = [[code(1), *GOOD[1:]], [code(2), *GOOD[1:]], ["9131", *GOOD[1:]]]
    problem = only(problems_of(firms(tmp_path / "a.xlsx", *rows, head=["firm", *HEAD[1:]])))
    assert (problem.rule, problem.row) == ("reporter.credit-code", 4)


def test_a_code_that_excel_stored_as_a_number(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx", [913100000000000010, *GOOD[1:]])))
    assert problem.rule == "reporter.credit-code"
    assert "Excel" in problem.remedy.zh


def test_text_in_a_number_cell(tmp_path: Path, problems_of: Problems) -> None:
    path = firms(tmp_path / "a.xlsx", GOOD, [code(2), "31103002", 2025, "约一千", 3])
    problem = only(problems_of(path))
    assert (problem.rule, problem.file, problem.sheet, problem.row) == ("cell.not-a-number", str(path), "GQ-002", 3)
    assert (problem.column, problem.item, problem.value, problem.reporter) == ("D qc05_0", "qc05_0", "约一千", code(2))
    assert problem.place("zh") == f"{path}，工作表 GQ-002，行 3，列 D qc05_0，单位 {code(2)}，期 2025"


def test_all_errors_are_collected(tmp_path: Path, problems_of: Problems) -> None:
    path = firms(tmp_path / "a.xlsx", [code(1), "31103002", 2025, "x", "y"], ["1", "31103002", "去年", 5, 6])
    assert {p.rule for p in problems_of(path)} == {"cell.not-a-number", "reporter.credit-code", "row.period"}


def test_full_width_digits_are_accepted_with_a_note(tmp_path: Path, book: Book) -> None:
    figures = read_returns([firms(tmp_path / "a.xlsx", [code(1), "31103002", "２０２５", "１２", "３"])], book)
    assert figures.table("firm")["qd01"].to_pylist() == [3]
    assert {(p.severity, p.rule) for p in figures.problems} == {("info", "cell.full-width")}


def test_negative_headcount(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx", [code(1), "31103002", 2025, 5, -3])))
    assert (problem.rule, problem.row, problem.item, problem.value) == ("cell.negative-count", 2, "qd01", "-3")


def test_two_units_for_one_item_in_two_files(tmp_path: Path, problems_of: Problems) -> None:
    a = firms(tmp_path / "a.xlsx", GOOD, head=[*HEAD[:3], "营业收入（万元）", "qd01"])
    b = firms(tmp_path / "b.xlsx", [code(2), *GOOD[1:]], head=[*HEAD[:3], "营业收入（千元）", "qd01"])
    problem = only(problems_of(a, b))
    assert (problem.rule, problem.file, problem.row, problem.item) == ("item.two-units", str(b), 1, "qc05_0")
    assert "万元" in problem.message.zh
    assert str(a) in problem.message.zh


def test_a_unit_that_is_none_of_the_items(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx", GOOD, head=[*HEAD[:3], "营业收入（人）", "qd01"])))
    assert (problem.rule, problem.row, problem.column) == ("item.unit", 1, "D 营业收入(人)")


def test_an_empty_file(tmp_path: Path, problems_of: Problems) -> None:
    path = write_csv(tmp_path / "a.csv", "")
    assert only(problems_of(path)).rule == "file.empty"


def test_a_workbook_without_cells(tmp_path: Path, problems_of: Problems) -> None:
    assert only(problems_of(write_workbook(tmp_path / "a.xlsx", {"表": []}))).rule == "file.empty"


def test_headings_without_rows(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx")))
    assert (problem.rule, problem.sheet) == ("sheet.empty", "GQ-002")


def test_a_workbook_beyond_the_limit_is_refused_before_it_is_opened(
    tmp_path: Path, problems_of: Problems, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(300 << 20)
    monkeypatch.setattr(workbook_module.python_calamine, "load_workbook", lambda _: pytest.fail("it was opened"))
    problem = only(problems_of(path))
    assert problem.rule == "file.too-large"
    assert "300 MB" in problem.message.en
    assert "CSV" in problem.remedy.en


@pytest.mark.parametrize("lying", [False, True])
def test_a_zip_bomb_is_refused(
    tmp_path: Path, problems_of: Problems, monkeypatch: pytest.MonkeyPatch, lying: bool
) -> None:
    monkeypatch.setattr(workbook_module, "MAX_UNPACKED", 8 << 20)
    path = firms(tmp_path / "a.xlsx", GOOD)
    size = 9 << 20
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(size))
    if lying:
        data, said = path.read_bytes(), size.to_bytes(4, "little")
        assert said in data
        path.write_bytes(data.replace(said, (1000).to_bytes(4, "little")))
    assert path.stat().st_size < 100_000
    assert only(problems_of(path)).rule == "file.zip-bomb"


def test_a_password_protected_workbook(tmp_path: Path, problems_of: Problems) -> None:
    plain, path = firms(tmp_path / "_a.xlsx", GOOD), tmp_path / "a.xlsx"
    with plain.open("rb") as source, path.open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("secret", target)
    problem = only(problems_of(path))
    assert (problem.rule, problem.file) == ("file.password", str(path))
    assert "password" in problem.remedy.en.lower()


def test_an_old_workbook_and_a_web_page_under_its_name(tmp_path: Path, problems_of: Problems) -> None:
    old, page = tmp_path / "a.xls", tmp_path / "b.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    page.write_text("<html><table><tr><td>1</td></tr></table></html>")
    assert only(problems_of(old)).rule == "file.old-excel"
    assert only(problems_of(page)).rule == "file.web-page"


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", b"PAR1 not a parquet file"])
def test_a_damaged_file(tmp_path: Path, problems_of: Problems, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert only(problems_of(path)).rule == "file.damaged"


def test_a_file_that_is_not_there(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(tmp_path / "none.xlsx"))
    assert (problem.rule, problem.file) == ("file.not-found", str(tmp_path / "none.xlsx"))
    assert only(problems_of(tmp_path / "*.xlsx")).rule == "file.nothing-found"
    assert only(problems_of(tmp_path)).rule == "file.nothing-found"


def test_an_unknown_zone_names_close_ones(tmp_path: Path, problems_of: Problems) -> None:
    path = firms(tmp_path / "a.xlsx", GOOD, [code(2), "张江高新区徐家汇园", 2025, 5, 6])
    problem = only(problems_of(path, zones=ZONES))
    assert (problem.rule, problem.row, problem.column) == ("reporter.unknown-zone", 3, "B 园区")
    assert problem.value == "张江高新区徐家汇园"
    assert "31202002 张江高新区徐汇园" in problem.remedy.zh


def test_a_missing_year_for_prior(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.xlsx", GOOD, [code(1), "31103002", 2023, 5, 6])
    figures = read_returns([path], book)
    require_history(figures, book, "2025", {"firm": 0, "zone": 1})
    with pytest.raises(InputError) as caught:
        require_history(figures, book, "2025", {"firm": 1})
    problem = only(caught.value.problems)
    assert (problem.rule, problem.period) == ("period.missing", "2024")
    assert "2023" in problem.message.en


def test_the_period_asked_for_is_not_there(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx", GOOD), period="2026"))
    assert (problem.rule, problem.period) == ("period.missing", "2026")
    assert "2025" in problem.message.en


def test_unknown_columns_are_listed_with_close_ones(tmp_path: Path, book: Book) -> None:
    path = firms(tmp_path / "a.xlsx", [*GOOD, 1, 2], head=[*HEAD, "技术收人", "zzz"])
    found = {p.value: p for p in read_returns([path], book).problems}
    assert {p.severity for p in found.values()} == {"warning"}
    assert "技术收入" in found["技术收人"].remedy.zh
    assert found["zzz"].column == "G zzz"


def test_formula_cells_without_a_value_and_excel_errors(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "GQ-002"
    sheet.append(HEAD)
    sheet.append([code(1), "31103002", 2025, "=1+1", 3])
    sheet.append([code(2), "31103002", 2025, 1, 3])
    sheet["D3"] = "#DIV/0!"
    sheet["D3"].data_type = "e"
    workbook.save(path)
    found = {p.row: (p.rule, p.column) for p in problems_of(path)}
    assert found == {2: ("cell.formula-without-value", "D qc05_0"), 3: ("cell.excel-error", "D qc05_0")}


def test_a_formula_with_its_value_is_read(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("GQ-002")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, GOOD)
        sheet.write_formula("D2", "=600*2", None, 1200)
    assert read_returns([path], book).table("firm")["qc05_0"].to_pylist() == [1200]


def test_thousands_separators_without_quotes_in_a_csv(tmp_path: Path, problems_of: Problems) -> None:
    path = write_csv(tmp_path / "a.csv", ",".join(HEAD) + f"\n{code(1)},31103002,2025,1,200,34\n")
    problem = only(problems_of(path))
    assert (problem.rule, problem.row) == ("row.too-many-cells", 2)


def test_an_unmatched_quote(tmp_path: Path, problems_of: Problems) -> None:
    row = f"{code(1)},31103002,2025,1200,34\n"
    path = write_csv(tmp_path / "a.csv", ",".join(HEAD) + "\n" + row + f'{code(2)},"31103002,2025,1,2\n' + row * 5000)
    problem = only(problems_of(path))
    assert (problem.rule, problem.row) == ("file.quoting", 3)


def test_figures_without_a_reporter_and_without_a_zone(tmp_path: Path, problems_of: Problems) -> None:
    found = problems_of(firms(tmp_path / "a.xlsx", ["", "31103002", 2025, 5, 6], [code(2), "", 2025, 5, 6]))
    assert {(p.rule, p.row) for p in found} == {("row.no-reporter", 2), ("reporter.no-parent", 3)}


def test_one_firm_in_two_zones(tmp_path: Path, problems_of: Problems) -> None:
    a = firms(tmp_path / "a.xlsx", GOOD)
    b = write_workbook(
        tmp_path / "b.xlsx", {"GQ-005": [[*HEAD[:3], "qj20", "qj09"], [code(1), "31103001", 2025, 1, 1]]}
    )
    problem = only(problems_of(a, b))
    assert (problem.rule, problem.sheet, problem.row) == ("reporter.two-parents", "GQ-005", 2)


def test_code_and_name_of_a_column_disagree(tmp_path: Path, problems_of: Problems) -> None:
    names = ["代码", "园区", "年份", "营业成本", "从业人员期末人数"]
    problem = only(problems_of(write_workbook(tmp_path / "a.xlsx", {"表": [names, HEAD, GOOD]})))
    assert (problem.rule, problem.column) == ("item.contradiction", "D 营业成本 qc05_0")


def test_two_columns_for_one_item(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx", [*GOOD, 7], head=[*HEAD, "营业收入"])))
    assert (problem.rule, problem.item, problem.column, problem.row) == ("item.column-twice", "qc05_0", "F 营业收入", 1)
    assert "D qc05_0" in problem.message.en


def test_a_name_that_fits_two_items_needs_the_code(tmp_path: Path, problems_of: Problems) -> None:
    problem = only(problems_of(firms(tmp_path / "a.xlsx", GOOD, head=[*HEAD[:3], "其中：增值税", "qd01"])))
    assert problem.rule == "item.ambiguous"
    assert "qc14" in problem.message.en
    assert "qc18" in problem.message.en


def test_many_errors_are_counted_beyond_the_limit(tmp_path: Path, problems_of: Problems) -> None:
    rows = [[code(i), "31103002", 2025, "x", 1] for i in range(250)]
    problems = problems_of(firms(tmp_path / "a.xlsx", *rows))
    assert problems[-1].rule == "file.more-errors"
    assert "50 more" in problems[-1].message.en


def test_parquet_columns_of_the_wrong_type_and_range(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "a.parquet"
    table = {"firm": [code(1), code(2)], "zone": ["31103002"] * 2, "period": ["2025"] * 2}
    pq.write_table(pa.table({**table, "qc05_0": ["1", "2"], "qd01": [5, -1], "qd03": [1.0, 1.5]}), path)
    found = {p.item: (p.rule, p.row) for p in problems_of(path)}
    assert found == {
        "qc05_0": ("item.type", None),
        "qd01": ("cell.negative-count", 2),
        "qd03": ("cell.not-whole", 2),
    }


def test_parquet_duplicates_bad_codes_and_unknown_zones(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "a.parquet"
    wrong = code(3)[:-1] + ("0" if code(3)[-1] != "0" else "1")
    firm = [code(1), code(2), code(1), wrong]
    pq.write_table(
        pa.table({"firm": firm, "zone": ["31103002"] * 3 + ["9"], "period": ["2025"] * 4, "qd01": [1] * 4}), path
    )
    found = {(p.rule, p.row) for p in problems_of(path, zones=ZONES)}
    assert found == {("reporter.duplicate", 3), ("reporter.credit-code", 4), ("reporter.unknown-zone", None)}


def test_a_long_parquet_file_is_refused(tmp_path: Path, problems_of: Problems) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"firm": [code(1)], "period": ["2025"], "item": ["qd01"], "value": ["1"]}), path)
    assert only(problems_of(path)).rule in {"file.long-parquet", "sheet.no-items"}


def test_one_expert_scores_an_indicator_twice(tmp_path: Path, problems_of: Problems) -> None:
    head = ["专家", "园区", "年份", "指标", "评分", "备注"]
    row = ["专家01", "31103002", 2025, "gx_climate_score", 85, ""]
    problem = only(problems_of(write_workbook(tmp_path / "a.xlsx", {"评分": [head, row, row]})))
    assert (problem.rule, problem.sheet, problem.row) == ("score.duplicate", "评分", 3)


def test_an_error_is_raised_as_one_exception_with_words(tmp_path: Path, book: Book) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_returns([tmp_path / "none.csv"], book)
