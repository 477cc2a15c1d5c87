"""What each operator and function gives, with unknown figures in every place; engine and explanation alike."""

import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gaoxin.engines import run
from gaoxin.engines.explaining import fetch_rows
from gaoxin.engines.tables import Tables
from gaoxin.rulebook.explain import explain_rows
from small_books import codelist, derived, firms, parameter, small_book

ROW = {
    "rev": "200", "rd": "-7.50", "staff": 3, "patents": 0, "hnte": True, "sector": "6312", "listing": "12",
    "founded": datetime.date(2018, 12, 31), "label": "研发X项目 a", "score": "0.005",
}  # fmt: skip
PARTS = {
    "parameters": [
        parameter("rate", [{"from": "2018", "to": "2024", "value": 0.75}, {"from": "2025", "value": "1.00"}]),
        parameter(
            "table",
            [
                {
                    "from": "2018",
                    "bands": [
                        {"to": 100, "inclusive": False, "value": 5},
                        {"to": 200, "inclusive": True, "value": 4},
                        {"value": 3},
                    ],
                }
            ],
            band_unit="千元",
        ),
    ],
    "codelists": [
        codelist("services", prefixes=["63", "6420"]),
        codelist("exact", codes=["6312", "01"]),
        codelist("none", codes=[]),
    ],
}


def results(expressions, row):
    """The value of each expression for one firm, which engine and explanation must agree on."""
    codes = {f"x{i}": expr for i, expr in enumerate(expressions)}
    with TemporaryDirectory() as folder:
        book = small_book(Path(folder), derived=[derived(code, "firm", expr) for code, expr in codes.items()], **PARTS)
    plan = book.compile(codes, periods=["2025"])
    sources = {"firm": firms(book, ("f", "Z", "2025", row))}
    with run(plan, sources, threads=1) as outcome:
        (found,) = outcome.values("firm").to_pylist()
    tables = Tables(plan, sources, threads=1)
    rows = fetch_rows(plan, tables, "firm", ["f"], list(plan.columns))
    tables.close()
    values = {}
    for code, expr in codes.items():
        explained = explain_rows(plan, rows, "firm", "f", 2025, code)
        value = str(found[code]) if isinstance(found[code], Decimal) else found[code]
        assert value == (explained.shown.replace(",", "") if isinstance(found[code], Decimal) else explained.value), (
            expr
        )
        values[expr] = value
    return values


KNOWN = [
    ("rev + rd", "192.50"),
    ("rev - rd - rd", "215.00"),
    ("-rd", "7.50"),
    ("ABS(rd)", "7.50"),
    ("rev * score", "1.00000"),
    ("rd / staff", "-2.500000"),
    ("rd / -3", "2.500000"),
    ("rev / patents", None),
    ("patents / rev", "0.000000"),
    ("rev / 8", "25.00000"),
    ("rev / (1 / 3)", "600.000000"),
    ("convert(rev, '万元')", "20.000"),
    ("convert(rev, '元')", "200000"),
    ("convert(rd / rev, '%')", "-3.750000"),
    ("LEAST(rev, rd, 0)", "-7.50"),
    ("GREATEST(rev, rd / 3, qty(500, '千元'))", "500.000000"),
    ("COALESCE(rev / patents, 0)", "0.000000"),
    ("ROUND(rd, 0)", "-8"),
    ("ROUND(score, 2)", "0.01"),
    ("CASE WHEN rd > 0 THEN rev WHEN rev > 0 THEN rd ELSE 0 END", "-7.50"),
    ("CASE WHEN rd > 0 THEN rev ELSE NULL END", None),
    ("param(rate)", "1.00"),
    ("band(rev, table)", "4"),
    ("band(rev - qty(100, '千元'), table)", "4"),
    ("band(rd, table)", "5"),
    ("band(rev + qty(0.01, '千元'), table)", "3"),
    ("YEAR(founded)", "2018"),
    ("period_year()", "2025"),
    ("wide_length(label)", "4"),
    ("hnte", True),
    ("NOT hnte", False),
    ("rev = qty(200.000, '千元')", True),
    ("rev <> rd", True),
    ("rev BETWEEN qty(200, '千元') AND qty(200, '千元')", True),
    ("staff IN (qty(1, '人'), qty(3, '人'))", True),
    ("score IN (0.005)", True),
    ("score IN (1, 2)", False),
    ("score / 2 IN (0.0025)", True),
    ("sector IN ('6312', 'x')", True),
    ("sector NOT IN ('6312')", False),
    ("listing = '12'", True),
    ("in_list(sector, services)", True),
    ("in_list(sector, exact)", True),
    ("in_list(sector, none)", False),
    ("label LIKE '%项目%'", True),
    ("label LIKE '研_X%'", True),
    ("label LIKE '研X%'", False),
    ("label = 'it''s'", False),
    ("founded < DATE '2019-01-01'", True),
    ("LEAST(founded, DATE '2000-01-01') = DATE '2000-01-01'", True),
    ("founded IN (DATE '2018-12-31')", True),
    ("rev / patents IS NULL", True),
    ("rev IS NOT NULL", True),
    ("CASE WHEN hnte THEN sector ELSE '0' END = '6312'", True),
    ("COALESCE(label, 'x') = 'x'", False),
    ("hnte = (rev > 0)", True),
]


@cache
def of_a_full_return():
    return results([expr for expr, _ in KNOWN], ROW)


@pytest.mark.parametrize(("expr", "wanted"), KNOWN)
def test_known_figures(expr, wanted):
    assert of_a_full_return()[expr] == wanted


UNKNOWN = [
        "rev + 0", "rev * 0", "0 / rev", "-rev", "ABS(rev)", "ROUND(rev, 1)", "LEAST(rev, 0)", "GREATEST(rev, 0)",
        "LEAST(rev / 3, 0)", "GREATEST(0, rev / 3)", "COALESCE(rev, rev)", "convert(rev, '元')", "band(rev, table)",
        "CASE WHEN rev > 0 THEN 1 ELSE 1 END", "CASE WHEN TRUE THEN rev ELSE 0 END", "rev = rev", "rev > 0",
        "rev IN (0)", "NOT (rev > 0)", "sector = '1'", "sector IN ('1')", "in_list(sector, services)",
        "in_list(sector, exact)", "in_list(sector, none)", "label LIKE '%'", "wide_length(label)", "YEAR(founded)",
        "founded < DATE '2000-01-01'", "LEAST(founded, DATE '2000-01-01')", "hnte", "NOT hnte", "hnte AND hnte",
        "rev BETWEEN 0 AND 0", "prior(rev)", "sum_years(rev, 2)",
]  # fmt: skip
DECIDED = [
    ("COALESCE(rev, 0)", "0.00"),
    ("COALESCE(rev / 3, rd, 0)", "0.000000"),
    ("rev IS NULL", True),
    ("rev IS NOT NULL", False),
    ("CASE WHEN rev IS NULL THEN 1 ELSE 2 END", "1"),
    ("hnte AND FALSE", False),
    ("FALSE AND rev > 0", False),
    ("hnte OR TRUE", True),
    ("NOT (hnte AND FALSE)", True),
    ("hnte OR FALSE", None),
    ("hnte AND TRUE", None),
]


@cache
def of_an_empty_return():
    return results([*UNKNOWN, *(expr for expr, _ in DECIDED)], {})


@pytest.mark.parametrize("expr", UNKNOWN)
def test_what_rests_on_a_missing_figure_is_unknown(expr):
    assert of_an_empty_return()[expr] is None


@pytest.mark.parametrize(("expr", "wanted"), DECIDED)
def test_what_a_missing_figure_does_not_decide_is_known(expr, wanted):
    assert of_an_empty_return()[expr] == wanted


KLEENE = {True: "(rev > 0)", False: "(rev < 0)", None: "(rd > 0)"}


def test_the_truth_tables():
    pairs = [(a, b) for a in KLEENE for b in KLEENE]
    found = results([f"{KLEENE[a]} {op} {KLEENE[b]}" for a, b in pairs for op in ("AND", "OR")], {"rev": 1})
    for a, b in pairs:
        together = False if False in (a, b) else None if None in (a, b) else True
        either = True if True in (a, b) else None if None in (a, b) else False
        assert found[f"{KLEENE[a]} AND {KLEENE[b]}"] is together
        assert found[f"{KLEENE[a]} OR {KLEENE[b]}"] is either


@pytest.mark.parametrize(("period", "rate"), [("2018", "0.75"), ("2024", "0.75"), ("2025", "1.00")])
def test_a_parameter_has_the_value_of_its_period(tmp_path, period, rate):
    book = small_book(tmp_path, derived=[derived("x", "firm", "param(rate)")], **PARTS)
    sources = {"firm": firms(book, ("f", "Z", period, {}))}
    with run(book.compile(["x"], periods=[period]), sources) as outcome:
        assert [str(row["x"]) for row in outcome.values("firm").to_pylist()] == [rate]


def test_one_run_over_several_periods_uses_the_value_of_each(tmp_path):
    book = small_book(tmp_path, derived=[derived("x", "firm", "rev * param(rate) - prior(rev * param(rate))")], **PARTS)
    rows = [("f", "Z", str(year), {"rev": 100}) for year in (2023, 2024, 2025)]
    with run(book.compile(["x"], periods=["2024", "2025"]), {"firm": firms(book, *rows)}) as outcome:
        assert [str(row["x"]) for row in outcome.values("firm").to_pylist()] == ["0.0000", "25.0000"]


def test_an_empty_text_is_a_missing_one():
    assert results(["label IS NULL", "sector = ''"], {"label": "", "sector": ""}) == {
        "label IS NULL": True,
        "sector = ''": None,
    }


@pytest.mark.parametrize(
    ("label", "length"),
    [("abc", "0"), ("高新 Ltd", "2"), ("Ωé高", "3"), ("𠮷野a", "2"), ("\x7f\x80", "1"), ("😀", "1")],
)
def test_every_character_outside_ascii_is_a_wide_one_however_many_bytes_it_takes(label, length):
    assert results(["wide_length(label)"], {"label": label}) == {"wide_length(label)": length}
