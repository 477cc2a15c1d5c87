"""What a batch makes of the files it is given: rows in any order and any number of files, rejects with reasons."""

import datetime

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from gaoxin.incentives.batch import run_batch
from gaoxin.incentives.batch.files import Folder, given_files
from gaoxin.incentives.batch.screening import screen
from gaoxin.incentives.batch.summary import MEASURES
from gaoxin.problems import InputError

AS_OF = datetime.date(2025, 3, 1)
INSTRUMENTS = ("small-low-profit", "rd-super-deduction")


@pytest.fixture
def answered(incentives_cn, tmp_path):
    """A function that runs the batch over files and gives the result and its rows, sorted."""

    def run(paths, instruments=INSTRUMENTS, **options):
        out = tmp_path / "answers.parquet"
        paths = paths if isinstance(paths, list) else [paths]
        year = options.pop("year", "2024")
        result = run_batch(incentives_cn, paths, year, out=out, as_of=AS_OF, instruments=instruments, **options)
        return result, pq.read_table(out).sort_by("firm").to_pylist()

    return run


def rows(*firms, **columns):
    """A table of firms that pay tax as small enterprises, with ``columns`` instead of what they would report."""
    n = len(firms)
    usual = {
        "taxable_income": ["2000000"], "restricted_industry": ["否"], "staff_average": ["50"], "staff_total": ["50"],
        "assets_average": ["10000000"], "total_revenue": ["30000000"], "industry": ["6510"], "small_claimed": ["0"],
    }  # fmt: skip
    filled = {name: values * n for name, values in usual.items()} | columns
    return pa.table({"firm": list(firms), **filled})


def written(path, table):
    pyarrow.csv.write_csv(table, path)
    return path


def reasons(result):
    return {(row["firm"], row["rule"], row["item"]) for row in result.rejects.to_pylist()}


def test_neither_the_order_of_rows_nor_the_number_of_files_matters(sample, answered, tmp_path):
    _, whole = answered(sample, instruments=())
    table = pq.read_table(sample)
    shuffled = table.take(np.random.default_rng(4).permutation(table.num_rows))
    paths = []
    for at, start in enumerate(range(0, 300, 120)):
        paths.append(tmp_path / f"part{at}.parquet")
        pq.write_table(shuffled.slice(start, 120), paths[-1])
    result, parts = answered(paths, instruments=())
    assert parts == whole
    assert result.firms == 300
    assert result.synthetic
    assert [name for name in MEASURES if result.summary.cells[name].null_count] == []


def test_formats_give_the_same_answers(sample, answered, tmp_path):
    names = ["firm", "taxable_income", "restricted_industry", "staff_average", "assets_average", "small_claimed"]
    table = pq.read_table(sample).select(names).slice(0, 60)
    pq.write_table(table, tmp_path / "f.parquet")
    _, wanted = answered(tmp_path / "f.parquet")
    texts = [[("" if v is None else str(v)) for v in row.values()] for row in table.to_pylist()]
    pyarrow.csv.write_csv(table, tmp_path / "f.csv")
    with (tmp_path / "gbk.csv").open("w", encoding="gb18030", newline="") as file:
        file.write(
            "统一社会信用代码\t应纳税所得额\t从事国家限制或禁止行业\tstaff_average\tassets_average\tsmall_claimed\n"
        )
        file.writelines("\t".join(row) + "\n" for row in texts)
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as book:
        sheet = book.add_worksheet("企业")
        sheet.write_string(0, 0, "示例企业")
        sheet.write_row(2, 0, names)
        for at, row in enumerate(texts):
            for column, text in enumerate(row):
                sheet.write_string(at + 3, column, text)
    for name in ("f.csv", "gbk.csv", "f.xlsx"):
        _, found = answered(tmp_path / name)
        assert found == wanted, name


def test_units_in_headings_are_converted(answered, tmp_path):
    plain = rows("a", "b", taxable_income=["1234567.80", "3000000.01"])
    _, wanted = answered(written(tmp_path / "yuan.csv", plain))
    thousands = plain.drop_columns(["taxable_income"]).append_column(
        "应纳税所得额（万元）", pa.array(["123.45678", "300.000001"])
    )
    _, found = answered(written(tmp_path / "wan.csv", thousands))
    assert found == wanted
    assert [row["small_low_profit"] for row in found] == ["entitled", "nearly"]
    assert found[1]["small_low_profit_by"] == "small_cond_income"
    assert found[1]["small_low_profit_distance"] == pytest.approx(0.01 / 3e6)


@pytest.mark.parametrize(
    ("columns", "rule", "item"),
    [
        ({"staff_average": ["50", "-1"]}, "cell.negative", "staff_average"),
        ({"taxable_income": ["1", "viel"]}, "cell.number", "taxable_income"),
        ({"taxable_income": ["1", "1.234"]}, "cell.number", "taxable_income"),
        ({"restricted_industry": ["否", "maybe"]}, "cell.flag", "restricted_industry"),
        ({"industry": ["6510", "9999"]}, "industry.unknown", "industry"),
        ({"industry": ["C3912", "A"]}, "industry.unknown", "industry"),
        ({"collection_method": ["audited", "guessed"]}, "cell.value", "collection_method"),
        ({"technical_staff": ["50", "51"]}, "technical_staff_within_staff", None),
        ({"hn_certificate_date": ["2023-10-01", "2023-13-01"]}, "cell.date", "hn_certificate_date"),
    ],
)
def test_a_fault_rejects_its_firm_and_the_others_go_on(answered, tmp_path, columns, rule, item):
    result, found = answered(written(tmp_path / "f.csv", rows("good", "bad", **columns)))
    assert [row["firm"] for row in found] == ["good"]
    assert [(row["firm"], row["rule"], row["item"]) for row in result.rejects.to_pylist()] == [("bad", rule, item)]
    assert all(row["zh"] and row["en"] for row in result.rejects.to_pylist())


def test_the_place_and_the_value_are_named(answered, tmp_path):
    path = written(tmp_path / "f.csv", rows("good", "bad", staff_average=["50", "-7.5"]))
    result, _ = answered(path)
    (row,) = result.rejects.to_pylist()
    assert (row["row"], row["value"]) == (3, "-7.5")
    assert row["file"].endswith("f.csv")


@pytest.mark.parametrize("mark", ["", "—", " "])
def test_a_blank_is_unknown_and_no_fault(answered, tmp_path, mark):
    result, found = answered(written(tmp_path / "f.csv", rows("a", taxable_income=[mark])))
    assert result.rejects.num_rows == 0
    assert found[0]["small_low_profit"] == "unknown"
    assert found[0]["small_low_profit_missing"] == ["taxable_income"]


def test_a_loss_is_no_fault(answered, tmp_path):
    result, found = answered(written(tmp_path / "f.csv", rows("a", taxable_income=["-5000000"])))
    assert result.rejects.num_rows == 0
    assert (found[0]["small_low_profit"], str(found[0]["small_low_profit_amount"])) == ("entitled", "0.00")


def typed(path, **columns):
    """Three firms of one row group each in Parquet, with ``columns`` beside what they usually report."""
    table = pa.table({"firm": ["a", "b", "c"], "total_revenue": [30_000_000] * 3, **columns})
    pq.write_table(table, path, row_group_size=1)
    return path


def test_a_negative_amount_is_found_in_whichever_part_of_a_parquet_file_it_stands(answered, tmp_path):
    path = typed(tmp_path / "f.parquet", staff_average=[50, -1, None])
    result, found = answered(path)
    assert [row["firm"] for row in found] == ["a", "c"]
    assert reasons(result) == {("b", "cell.negative", "staff_average")}


def test_a_parquet_file_with_codes_is_read_as_it_lies_and_its_blanks_are_unknown(incentives_cn, answered, tmp_path):
    path = typed(tmp_path / "f.parquet", collection_method=["audited", " — ", "guessed"], staff_total=[50] * 3)
    folder = Folder()
    files = screen(given_files([path], incentives_cn, "firm", folder), incentives_cn, "firm", "2024", folder)
    assert files.source.files == (path,)
    assert reasons(files) == {("c", "cell.value", "collection_method")}
    _, found = answered(path, instruments=())
    assert [row["firm"] for row in found] == ["a", "b"]
    missing = [[names or [] for key, names in row.items() if key.endswith("_missing")] for row in found]
    assert [any("collection_method" in names for names in lists) for lists in missing] == [False, True]


def test_mixed_units_reject_the_firm(answered, tmp_path):
    assets = {"assets_open": ["10000000"] * 2, "assets_q4": ["11000000", "1100.00"]}
    result, found = answered(written(tmp_path / "f.csv", rows("good", "bad", **assets)))
    assert {(firm, rule) for firm, rule, _ in reasons(result)} == {("bad", "units.mixed")}
    assert [row["firm"] for row in found] == ["good"]


def test_a_firm_that_stands_there_twice_is_refused_wherever_it_stands(answered, tmp_path):
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    written(one, rows("a", "b"))
    written(two, rows("b", "c"))
    result, found = answered([one, two])
    assert [row["firm"] for row in found] == ["a", "c"]
    assert reasons(result) == {("b", "firm.twice", "")}


def test_a_row_without_a_code_is_refused_and_an_empty_row_is_none(answered, tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("firm,taxable_income,staff_average\na,1,1\n,5,1\n,,\nb,2,1\n", encoding="utf-8")
    result, found = answered(path)
    assert [row["firm"] for row in found] == ["a", "b"]
    assert [row["rule"] for row in result.rejects.to_pylist()] == ["firm.code"]


def test_other_years_serve_rules_that_look_back_and_are_not_answered(answered, tmp_path):
    table = rows("a", "a", "b", period=["2024", "2023", "2023"])
    result, found = answered(written(tmp_path / "f.csv", table))
    assert [row["firm"] for row in found] == ["a"]
    assert result.firms == 1


def refusal(call):
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.problems[0]


def test_a_file_without_codes_is_an_error(answered, tmp_path):
    path = written(tmp_path / "f.csv", rows("a").drop_columns(["firm"]))
    assert refusal(lambda: answered(path)).rule == "file.columns"


def test_a_file_without_any_known_column_is_an_error(answered, tmp_path):
    path = written(tmp_path / "f.csv", pa.table({"firm": ["a"], "colour": ["red"]}))
    assert refusal(lambda: answered(path)).rule == "file.columns"


def test_amounts_in_another_unit_throughout_are_an_error(answered, tmp_path):
    path = written(tmp_path / "f.csv", rows("a", "b", "c", total_revenue=["3000.00"] * 3))
    problem = refusal(lambda: answered(path))
    assert problem.rule == "units.file"
    assert "万元" in problem.remedy.zh


def test_a_year_without_rules_and_a_year_without_data_are_errors(answered, tmp_path):
    path = written(tmp_path / "f.csv", rows("a", period=["2024"]))
    assert refusal(lambda: answered(path, year="1999", instruments=["technology-transfer"])).rule == "period.no-rules"
    assert refusal(lambda: answered(path, year="2023")).rule == "period.missing"
    assert refusal(lambda: answered(path, year="next")).rule == "period"


def test_an_unknown_instrument_is_an_error(answered, tmp_path):
    path = written(tmp_path / "f.csv", rows("a"))
    assert "small-low-profit" in refusal(lambda: answered(path, instruments=["nothing"])).remedy.en


def test_columns_that_nobody_knows_are_named_and_figures_that_are_missing_too(answered, tmp_path):
    table = rows("a").append_column("colour", pa.array(["red"]))
    result, found = answered(written(tmp_path / "f.csv", table), instruments=["small-low-profit"])
    assert list(result.unknown_columns.values()) == [("colour",)]
    assert "vat_small_scale" in result.absent
    assert found[0]["vat_small_scale_relief"] == "unknown"
    assert found[0]["vat_small_scale_relief_missing"] == ["vat_small_scale"]


def test_what_was_not_claimed_takes_account_of_what_excludes_it(answered, tmp_path):
    """15 % and small low-profit: only what the better of the two gives beyond what was claimed is left."""
    income = ["2000000"] * 4
    table = rows(
        "both open", "small claimed", "hnte claimed", "half claimed",
        taxable_income=income, hnte=["是"] * 4, tech_transfer_income=["0"] * 4, resident=["是"] * 4,
        tt_separate_accounts=["是"] * 4, si_kind=["none"] * 4,
        small_claimed=["0", "400000", "0", "100000"], hnte_claimed=["0", "0", "200000", "0"],
    )  # fmt: skip
    _, found = answered(written(tmp_path / "f.csv", table), instruments=["small_low_profit", "hnte_reduced_rate"])
    gains = {row["firm"]: (row["small_low_profit_gain"], row["hnte_reduced_rate_gain"]) for row in found}
    money = {firm: tuple(None if gain is None else str(gain) for gain in pair) for firm, pair in gains.items()}
    assert money == {
        "both open": ("400000.00", None),
        "small claimed": (None, None),
        "hnte claimed": ("200000.00", None),
        "half claimed": ("300000.00", None),
    }
