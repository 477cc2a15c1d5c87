"""Compilation: order, what is needed when, parameters that have no value."""

import pytest

from gaoxin.rulebook import BookError
from gaoxin.rulebook.plan import AggregateColumn, ItemColumn, PriorColumn, RowColumn
from small_books import HEAD, derived, parameter, small_book

RULES = [
    derived("share", "firm", "rd / rev", scale=4),
    derived("total", "zone", "SUM(rev) FILTER (WHERE hnte)"),
    derived("growth", "zone", "total / prior(total) - 1"),
    derived("spent", "firm", "SUM(cost)"),
    derived("z_spent", "zone", "SUM(spent + rd) / prior(SUM(rev) FILTER (WHERE hnte), 2)"),
]


def test_every_column_comes_after_those_it_needs(tmp_path):
    plan = small_book(tmp_path, derived=RULES).compile(periods=["2025"])
    seen = set()
    for name, column in plan.columns.items():
        match column:
            case AggregateColumn(operand=operand, condition=condition):
                assert {below for below in (operand, condition) if below} <= seen
            case PriorColumn(of=of):
                assert of in seen
            case RowColumn() | ItemColumn():
                pass
        seen.add(name)
    assert plan.entities == ("project", "firm", "zone")
    assert plan.targets_of("zone") == ["total", "growth", "z_spent"]


def test_equal_parts_are_computed_once(tmp_path):
    plan = small_book(tmp_path, derived=RULES).compile(["total", "growth", "z_spent"], periods=["2025"])
    sums = [column for column in plan.columns.values() if isinstance(column, AggregateColumn)]
    assert sum(column.operand == "rev" for column in sums) == 1


def test_only_what_the_targets_need_is_in_the_plan(tmp_path):
    book = small_book(tmp_path, derived=RULES)
    plan = book.compile(["share"], periods=["2025"])
    assert set(plan.columns) == {"rd", "rev", "share"}
    assert book.compile(periods=["2025"]).targets == tuple(book.derived)


def test_earlier_periods_are_read_as_far_as_prior_goes(tmp_path):
    book = small_book(tmp_path, derived=RULES)
    plan = book.compile(periods=["2025", "2024"])
    assert plan.ordinals == (2024, 2025)
    assert plan.scanned("firm") == (2022, 2023, 2024, 2025)
    assert plan.scanned("project") == (2024, 2025)
    assert plan.needed["share"] == {2024, 2025}
    assert plan.needed["total"] == {2023, 2024, 2025}


RATE = parameter("rate", [{"from": "2020", "to": "2022", "value": 1}, {"from": "2024", "value": 2}])


def test_a_parameter_without_a_value_is_named_with_the_dates_it_is_known_for(tmp_path):
    book = small_book(tmp_path, parameters=[RATE], derived=[derived("x", "firm", "rev * param(rate)")])
    assert book.compile(periods=["2022", "2025"])
    with pytest.raises(BookError) as error:
        book.compile(periods=["2019", "2022", "2023"])
    (found,) = error.value.findings
    assert (found.entry, found.line) == ("rate", 4)
    assert found.message.en == "the parameter rate has no value for 2019, 2023"
    assert "2020-01-01 to 2022-12-31, 2024-01-01 to now" in found.remedy.en
    assert "2020-01-01 至 2022-12-31" in found.remedy.zh


def test_a_parameter_needs_a_value_only_where_it_is_used(tmp_path):
    rules = [
        derived("x", "firm", "rev * param(rate)"),
        derived("y", "firm", "rev + prior(rev)"),
        derived("z", "firm", "prior(x)"),
    ]
    book = small_book(tmp_path, parameters=[RATE], derived=rules)
    assert book.compile(["x", "y"], periods=["2024"])
    with pytest.raises(BookError, match="no value for 2023"):
        book.compile(["z"], periods=["2024"])
    assert book.compile(["z"], periods=["2025"])


@pytest.mark.parametrize(
    ("in_force", "rates"),
    [("throughout", [None, "1", None, "2"]), ("at_start", [None, "1", "1", "2"]), ("at_end", ["1", "1", "2", "2"])],
)
def test_a_value_that_changes_inside_a_period(tmp_path, in_force, rates):
    from gaoxin.rulebook.parameters import value_in

    spans = [{"from": "2020-10-01", "to": "2022-09-30", "value": 1}, {"from": "2022-10-01", "value": 2}]
    book = small_book(tmp_path, parameters=[parameter("rate", spans, in_force=in_force)])
    found = [value_in(book.parameters["rate"], year, "year") for year in (2020, 2021, 2022, 2023)]
    assert [None if value is None else str(value.value) for value in found] == rates


def test_quarters_see_values_that_years_cannot(tmp_path):
    spans = [{"from": "2022", "to": "2022-09-30", "value": 1}, {"from": "2022-10-01", "value": 2}]
    parts = {"parameters": [parameter("rate", spans)], "derived": [derived("x", "firm", "param(rate) * 1")]}
    with pytest.raises(BookError, match="no value for 2022"):
        small_book(tmp_path / "years", **parts).compile(periods=["2022"])
    quarters = small_book(tmp_path / "quarters", **parts, head=HEAD.replace("frequency: year", "frequency: quarter"))
    assert quarters.compile(periods=["2022-Q3", "2022-Q4"])


@pytest.mark.parametrize("periods", [["2025-Q1"], ["25"], []])
def test_periods_that_are_none_are_refused(tmp_path, periods):
    with pytest.raises(BookError, match=r"is not a period of small; write it like 2025|no period is given"):
        small_book(tmp_path, derived=RULES).compile(periods=periods)


def test_an_unknown_target_is_refused_with_similar_codes(tmp_path):
    book = small_book(tmp_path, derived=RULES, parameters=[RATE])
    with pytest.raises(BookError, match=r"small has no entry totl\. Did you mean total"):
        book.compile(["totl"], periods=["2025"])
    with pytest.raises(BookError, match="rate is neither figure nor check"):
        book.compile(["rate"], periods=["2025"])
