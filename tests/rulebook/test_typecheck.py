"""What fits together: kinds, units, decimals, entities."""

from functools import cache
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gaoxin.rulebook import BookError
from gaoxin.rulebook.units import BARE, unit
from small_books import check, codelist, derived, parameter, small_book

BANDS = [{"to": 5000, "inclusive": True, "value": 0.05}, {"value": 0.03}]
PARTS = {
    "parameters": [
        parameter("rate", [{"from": "2020", "value": 0.075}, {"from": "2019", "to": "2019-12-31", "value": 1}]),
        parameter("floor", [{"from": "2020", "value": 5}], unit="千元"),
        parameter("table", [{"from": "2020", "bands": BANDS}], unit="1", band_unit="千元"),
    ],
    "codelists": [codelist("services", prefixes=["63"])],
}


def typed(folder: Path, expr: str, entity: str = "firm", **fields):
    book = small_book(folder, derived=[derived("x", entity, expr, **fields)], **PARTS)
    return book.expressions.types["x"]


def fault(folder: Path, expr: str, entity: str = "firm", **fields):
    with pytest.raises(BookError) as error:
        small_book(folder, derived=[derived("x", entity, expr, **fields)], **PARTS)
    (found,) = error.value.findings
    assert (found.entry, found.line) == ("x", found.line)
    return f"{found.message.en}. {found.remedy.en}"


INFERRED = [
    ("rev + rd", "千元", 2),
    ("rev - 0", "千元", 2),
    ("0 + rev", "千元", 2),
    ("-rev", "千元", 2),
    ("rev * staff", "千元·人", 2),
    ("rev * rev", "千元·千元", 4),
    ("rev * 1.005", "千元", 5),
    ("rev / staff", "千元/人", None),
    ("rev / 10", "千元", 3),
    ("rev / 8", "千元", 5),
    ("rev / 12", "千元", None),
    ("rd / rev", "1", None),
    ("patents / staff", "件/人", None),
    ("rev + rd / 3", "千元", None),
    ("convert(rev, '万元')", "万元", 3),
    ("convert(rev, '元')", "元", 0),
    ("convert(rd / rev, '%')", "%", None),
    ("convert(patents / staff, '件/万人')", "件/万人", None),
    ("qty(5, '亿元')", "亿元", 0),
    ("qty(0.50, '千元') + rev", "千元", 2),
    ("COALESCE(rev, 0)", "千元", 2),
    ("COALESCE(rd / staff, 0)", "千元/人", None),
    ("ABS(rev - rd)", "千元", 2),
    ("LEAST(rev, rd, 0)", "千元", 2),
    ("GREATEST(rev, rd / 3)", "千元", None),
    ("ROUND(rd / rev, 4)", "1", 4),
    ("ROUND(rev)", "千元", 0),
    ("CASE WHEN hnte THEN rev ELSE 0 END", "千元", 2),
    ("CASE WHEN hnte THEN rev WHEN rev > 0 THEN rd * 0.5 ELSE NULL END", "千元", 3),
    ("prior(rev)", "千元", 2),
    ("prior(rev, 3)", "千元", 2),
    ("prior(rd / rev)", "1", None),
    ("sum_years(rev, 3)", "千元", 2),
    ("param(rate)", "1", 3),
    ("rev * param(rate)", "千元", 5),
    ("band(rev, table)", "1", 2),
    ("YEAR(founded) + period_year()", "1", 0),
    ("wide_length(label)", "1", 0),
    ("SUM(cost)", "千元", 2),
    ("SUM(cost) FILTER (WHERE months > 0)", "千元", 2),
    ("COUNT(*)", "项", 0),
    ("AVG(cost)", "千元", None),
    ("MAX(months)", "人月", 0),
    ("odd + odd", "", 2),
]


@pytest.mark.parametrize(("expr", "of", "scale"), INFERRED)
def test_units_and_decimals_are_inferred(expr, of, scale):
    found = sound()[expr]
    assert found.kind == "number"
    assert found.scale == scale
    if of:
        assert found.unit == prod((unit(part) for part in of.split("·")), start=BARE)
    else:
        assert "unknown" in str(found.unit)


CONDITIONS = [
    "rev > rd",
    "rev = 0",
    "hnte",
    "NOT hnte AND rev >= param(floor)",
    "sector IN ('01', '02')",
    "listing = '12'",
    "in_list(sector, services)",
    "label LIKE '%技改%'",
    "founded < DATE '2020-01-31'",
    "rev IS NULL",
    "rev IS NOT NULL",
    "rev BETWEEN 0 AND qty(5, '千元')",
    "score IN (1, 2.5)",
    "hnte = TRUE",
    "YEAR(founded) = period_year()",
    "CASE WHEN hnte THEN rev > 0 ELSE FALSE END",
    "COALESCE(hnte, FALSE)",
]


@pytest.mark.parametrize("expr", CONDITIONS)
def test_conditions_are_conditions(expr):
    assert sound()[expr].kind == "boolean"


FAULTS = [
    ("rev + staff", "units differ: 千元 and 人"),
    ("rev + qty(1, '万元')", "units differ: 千元 and 万元. Convert one with convert(x, '千元')"),
    ("rev > 500", "units differ: 千元 and a plain number. Write a constant with its unit: qty(5, '千元')"),
    ("staff = patents", "units differ: 人 and 件"),
    ("rd / rev >= qty(3, '%')", "units differ: a plain number and %"),
    ("LEAST(rev, staff)", "units differ"),
    ("COALESCE(rev, 1)", "units differ"),
    ("CASE WHEN hnte THEN rev ELSE staff END", "units differ"),
    ("rev IN (1, 2)", "units differ"),
    ("rev BETWEEN 1 AND 2", "units differ"),
    ("odd + rev", "units differ"),
    ("band(staff, table)", "units differ: 人 and 千元. band_unit of table says"),
    ("convert(rev, '人')", "千元 cannot be converted to 人"),
    ("convert(rev, 万元)", "written in quotes"),
    ("convert(rev, '刀')", "unknown unit 刀"),
    ("qty(rev, '元')", "is a constant"),
    ("hnte + 1", "hnte is true or false, a number is needed"),
    ("rev AND hnte", "a condition is needed"),
    ("NOT rev", "a condition is needed"),
    ("hnte = '是'", "A flag stands for itself"),
    ("sector = 1", "Put codes into quotes"),
    ("founded > '2020-01-01'", "Write a date as DATE"),
    ("founded > DATE '2020-02-30'", "is not a date"),
    ("sector < '05'", "cannot be compared by <"),
    ("listing = '3'", "listing has no value 3. It can be: 1, 2, 12"),
    ("listing IN ('1', '3')", "listing has no value 3"),
    ("rev IN (rd, 0)", "constants only"),
    ("rev IN ()", "IN () is empty"),
    ("rev LIKE 'a'", "LIKE needs text"),
    ("label LIKE label", "LIKE needs a 'text'"),
    ("CASE WHEN hnte THEN rev END", "CASE needs an ELSE"),
    ("CASE WHEN hnte THEN NULL ELSE NULL END", "something other than NULL"),
    ("rev / 0", "division by 0"),
    ("ROUND(rev, 20)", "whole number from 0 to 12"),
    ("prior(rev, 0)", "whole number from 1"),
    ("prior(rev, staff)", "whole number from 1"),
    ("prior(5)", "prior needs a figure"),
    ("sum_years(staff, 2)", "staff is a stock; only flows add up over time"),
    ("param(table)", "Write band(x, table)"),
    ("band(rev, rate)", "Write param(rate)"),
    ("param(nothing)", "nothing in param is not a parameter. The book has: floor, rate, table"),
    ("in_list(sector, rate)", "not a code list"),
    ("in_list(rev, services)", "in_list needs text"),
    ("YEAR(rev)", "YEAR needs a date"),
    ("wide_length(rev)", "wide_length needs text"),
    ("rate * rev", "rate is not a figure. Write param(rate)"),
    ("revenue", "unknown name revenue"),
    ("Rev", "unknown name Rev. Did you mean rev?"),
    ("land", "land belongs to zone, not to firm"),
    ("cost", "cost belongs to project, not to firm. Aggregate it, for example SUM(cost)"),
    ("SUM(rev)", "figures of firm are aggregated; all must be of project"),
    ("SUM(cost * rev)", "figures of firm, project are aggregated"),
    ("SUM(cost / months)", "Use ROUND(x, n), or a derived entry with a scale"),
    ("MAX(cost / 3)", "MAX over the quotient"),
    ("COUNT(cost)", "write COUNT(*)"),
    ("SUM(*)", "write SUM(x)"),
    ("SUM(months > 0)", "a number is needed"),
    ("SUM(cost) FILTER (WHERE months)", "a condition is needed"),
    ("ABS(rev) FILTER (WHERE hnte)", "FILTER cannot follow abs"),
    ("ABS(rev, rd)", "abs takes 1 arguments, 2 given"),
    ("COALESCE(rev)", "coalesce takes ≥ 2 arguments, 1 given"),
]


@cache
def sound():
    """The types of the sound expressions, all in one book."""
    codes = {expr: f"x{i}" for i, expr in enumerate([*(case[0] for case in INFERRED), *CONDITIONS])}
    with TemporaryDirectory() as folder:
        book = small_book(Path(folder), derived=[derived(code, "firm", expr) for expr, code in codes.items()], **PARTS)
    return {expr: book.expressions.types[code] for expr, code in codes.items()}


@cache
def faults():
    """What is wrong with the others: all of it is found at once, each with the line of its entry."""
    entries = [derived(f"x{i}", "firm", expr) for i, (expr, _) in enumerate(FAULTS)]
    with TemporaryDirectory() as folder, pytest.raises(BookError) as error:
        small_book(Path(folder), derived=entries, **PARTS)
    first = min(finding.line for finding in error.value.findings)
    return {finding.line - first: finding for finding in error.value.findings}


@pytest.mark.parametrize(("expr", "says"), FAULTS)
def test_what_does_not_fit_is_said_with_a_remedy(expr, says):
    found = faults()[FAULTS.index((expr, says))]
    assert found.entry == f"x{FAULTS.index((expr, says))}"
    assert says in f"{found.message.en}. {found.remedy.en}"
    assert found.message.zh


def test_a_project_aggregates_nothing(tmp_path: Path):
    assert "nothing below project" in fault(tmp_path, "COUNT(*)", "project")


def test_a_figure_two_levels_below_is_aggregated_level_by_level(tmp_path: Path):
    assert "cost belongs to project, not to firm. Aggregate it" in fault(tmp_path, "SUM(cost)", "zone")
    assert typed(tmp_path, "SUM(SUM(cost))", "zone").unit == unit("千元")


def test_it_must_be_clear_what_is_counted(tmp_path: Path):
    from small_books import HEAD

    head = HEAD.replace("documents:", "  lab: {name: {zh: 实验室, en: laboratory}, parent: zone}\ndocuments:")
    small_book(tmp_path, head=head, derived=[derived("x", "zone", "COUNT(*) FILTER (WHERE hnte)")])
    with pytest.raises(BookError, match="not clear over which of firm, lab"):
        small_book(tmp_path, head=head, derived=[derived("x", "zone", "COUNT(*)")])


def test_a_declared_unit_must_be_the_inferred_one(tmp_path: Path):
    assert typed(tmp_path, "rd / staff", unit="千元/人").unit.say() == "千元/人"
    assert "declared as 万元/人, the expression gives 千元/人. Convert it: convert(…, '万元/人')" in fault(
        tmp_path, "rd / staff", unit="万元/人"
    )
    assert "declared as 人, the expression gives 千元" in fault(tmp_path, "rev", unit="人")
    assert "neither unit nor scale" in fault(tmp_path, "hnte", unit="人")


def test_a_quotient_may_be_summed_where_its_entry_says_its_decimals(tmp_path: Path):
    entries = [derived("share", "firm", "rd / rev", scale=4), derived("x", "zone", "SUM(share)")]
    assert small_book(tmp_path, derived=entries).expressions.types["x"].scale == 4
    entries[0] = derived("share", "firm", "rd / rev")
    with pytest.raises(BookError, match="a derived entry with a scale"):
        small_book(tmp_path, derived=entries)


def test_a_check_is_a_condition(tmp_path: Path):
    with pytest.raises(BookError, match="a check is a condition, this is a number"):
        small_book(tmp_path, checks=[check("c", "firm", "rev - rd")])


def test_a_check_is_no_figure(tmp_path: Path):
    with pytest.raises(BookError, match="c is a check, not a figure"):
        small_book(tmp_path, checks=[check("c", "firm", "hnte")], derived=[derived("x", "firm", "c AND hnte")])
