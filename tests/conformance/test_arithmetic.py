"""Random rules on Spark against the reference on fractions, and the traps of Spark's arithmetic one by one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engines.test_exactness import MODES, same, table, the_book
from exact_reference import FIGURES, Who, World, aggregates, conditions, numbers
from gaoxin.engines import EngineError, duckdb
from gaoxin.rulebook.entries import Derived
from gaoxin.words import Text
from small_books import check, codelist, derived, firms, small_book

pytestmark = pytest.mark.spark

RULES = 6
FULL = st.fixed_dictionaries(
    {
        (firm, year): st.tuples(st.sampled_from(["Z1", "Z2"]), FIGURES)
        for firm in ("x1", "x2", "x3")
        for year in (2023, 2024, 2025)
    }
).map(World)


@st.composite
def cases(draw):
    mode = draw(st.sampled_from(MODES))
    rules = [("firm", draw(strategy(mode))) for strategy in (numbers, conditions) for _ in range(RULES // 2)]
    rules += [("zone", draw(aggregates(mode, Fraction(1, 2)))) for _ in range(RULES // 2)]
    return mode, rules, draw(FULL)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # large expressions have a large repr
@settings(
    max_examples=4,
    derandomize=True,
    phases=[Phase.generate],  # an example is worth seconds: one that fails is shown as it is
    suppress_health_check=list(HealthCheck),
)
@given(cases())
def test_random_rules_on_spark_are_what_they_mean(spark, case):
    from gaoxin.engines import spark as on_spark

    mode, rules, world = case
    entries = {
        f"r{i}": Derived(
            code=f"r{i}", entity=entity, name=Text("规则", "rule"), expr=rule.text, rounding=mode, min_coverage="0.5"
        )
        for i, (entity, rule) in enumerate(rules)
    }
    book, sources = the_book().with_derived(list(entries.values())), {"firm": table(world)}
    codes = [code for code in entries if fits(book, code, sources)]
    plan = book.compile(codes, periods=["2024", "2025"])
    compared = 0
    with on_spark.run(plan, sources, session=spark) as outcome:
        for code in codes:
            entity, rule = rules[int(code[1:])]
            for row in outcome.values(entity).to_pylist():
                wanted = rule.value(world, Who(entity, row[entity], int(row["period"])))
                scale = plan.shown_scale(code) if isinstance(wanted, Fraction) else 0
                assert same(row[code], wanted, scale, mode), (rule.text, row[entity], row["period"], row[code], wanted)
                compared += 1
    assert compared


def fits(book, code, sources):
    """Whether the rule does without numbers of more than 30 digits: where numbers end, engines may differ."""
    plan = book.compile([code], periods=["2024", "2025"])
    entity = plan.columns[code].entity
    try:
        with duckdb.run(plan, sources, threads=1) as outcome:
            values = outcome.values(entity)[code].to_pylist()
    except EngineError as error:
        assert "overflow" in error.message.en  # noqa: PT017 - an overflow may happen, a wrong number may not
        return False
    return all(abs(value) < 10**20 for value in values if isinstance(value, Decimal))


STAFF = 9_000_000_000
TRAPS = {
    "wide_minus": ("-(rev * rev)", lambda a, b: -(a * a)),
    "wide_abs": ("ABS(0 - rev * rev)", lambda a, b: a * a),
    "wide_round": ("ROUND(rev * staff / qty(7, '人'), 2)", lambda a, b: Fraction(round(a * STAFF / 7 * 100), 100)),
    "wide_quotient": ("rev * staff / rd > staff * 3", lambda a, b: a * STAFF / b > STAFF * 3),
    "long_product": ("rev * staff", lambda a, b: a * STAFF),
}


def test_wide_numbers_are_exact_where_sparks_own_operators_are_not(tmp_path, spark):
    from gaoxin.engines import spark as on_spark

    rules = [derived(code, "firm", expr) for code, (expr, _) in TRAPS.items()]
    book = small_book(tmp_path, derived=[*rules, derived("long_sum", "zone", "SUM(patents)")])
    a, b = Decimal("12345678901234567.89"), Decimal("0.07")
    row = ("f", "Z", "2025", {"rev": str(a), "rd": str(b), "staff": STAFF, "patents": 9 * 10**18})
    more = ("g", "Z", "2025", {"patents": 9 * 10**18})
    with on_spark.run(book.compile(periods=["2025"]), {"firm": firms(book, row, more)}, session=spark) as outcome:
        found = outcome.values("firm").to_pylist()[0]
        assert outcome.values("zone")["long_sum"].to_pylist() == [Decimal(18 * 10**18)]
    for code, (_, rule) in TRAPS.items():
        wanted = rule(Fraction(a), Fraction(b))
        assert (found[code] if isinstance(wanted, bool) else Fraction(found[code])) == wanted, code


def test_an_overflow_on_spark_is_an_error_that_names_the_entry(tmp_path, spark):
    from gaoxin.engines import spark as on_spark

    rules = [derived("fine", "zone", "SUM(rev)"), derived("huge", "zone", "SUM(rev) * SUM(rev) * SUM(rev)")]
    book = small_book(tmp_path, derived=rules)
    sources = {"firm": firms(book, ("f", "Z", "2025", {"rev": "12345678901234567.89"}))}
    with (
        on_spark.run(book.compile(periods=["2025"]), sources, session=spark) as outcome,
        pytest.raises(EngineError, match="huge: overflow: an intermediate result has more than 38 digits"),
    ):
        outcome.values("zone")


def test_texts_dates_and_code_lists_mean_the_same(tmp_path, spark):
    from gaoxin.engines import spark as on_spark

    rules = [
        derived("quoted", "firm", "label = 'it''s a\\b'"),
        derived("ends", "firm", "label LIKE '%a\\b'"),
        derived("wide", "firm", "wide_length(label)"),
        derived("listed", "firm", "in_list(sector, prefixes)"),
        derived("age", "firm", "period_year() - YEAR(founded)"),
        derived("early", "firm", "founded < DATE '2020-02-29'"),
    ]
    lists = [codelist("prefixes", prefixes=["65", "391"])]
    book = small_book(tmp_path, derived=rules, codelists=lists)
    rows = [
        ("f1", "Z", "2025", {"label": "it's a\\b", "sector": "6510", "founded": "2020-02-29"}),
        ("f2", "Z", "2025", {"label": "高新 Ltd", "sector": "391", "founded": "2020-02-28"}),
        ("f3", "Z", "2025", {"label": "", "sector": "39", "founded": None}),
    ]
    given_rows = firms(book, *[(k, z, p, {**f, "founded": None}) for k, z, p, f in rows])
    dates = pa.array([figures["founded"] for *_, figures in rows], pa.string())
    sources = {"firm": given_rows.set_column(given_rows.schema.get_field_index("founded"), "founded", dates)}
    plan = book.compile(periods=["2025"])
    with duckdb.run(plan, sources) as one, on_spark.run(plan, sources, session=spark) as other:
        assert other.values("firm").to_pylist() == one.values("firm").to_pylist()
        first = other.values("firm").to_pylist()[0]
    assert first["quoted"] is True
    assert first["ends"] is True
    assert first["age"] == 5


def test_checks_are_tallied_and_listed_alike_and_results_can_be_written(tmp_path, spark):
    from gaoxin.engines import spark as on_spark

    checks = [check("within", "firm", "rd <= rev"), check("enough", "zone", "SUM(rev) > qty(10, '千元')")]
    book = small_book(tmp_path, derived=[derived("share", "firm", "rd / rev", scale=4)], checks=checks)
    rows = [(f"f{i}", f"Z{i % 2}", "2025", {"rev": i, "rd": None if i == 3 else 4}) for i in range(8)]
    plan, sources = book.compile(periods=["2025"]), {"firm": firms(book, *rows)}
    with duckdb.run(plan, sources) as one, on_spark.run(plan, sources, session=spark) as other:
        assert other.violations(2).to_pylist() == one.violations(2).to_pylist()
        assert other.tallies() == one.tallies()
        assert other.write("firm", tmp_path / "spark") == len(rows)
    with duckdb.run(plan, sources, out=tmp_path / "one.parquet") as one:
        one.write("firm", tmp_path / "one.parquet")
        wanted = one.values("firm")
    for path in ("spark", "one.parquet"):
        written = pq.read_table(tmp_path / path).sort_by("firm")
        assert written.to_pylist() == wanted.to_pylist()


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array(["1.234"]), r"rev of firm f \(2025\): 1.234 is not a value of this item"),
        (pa.array([2.0**60]), r"rev of firm f \(2025\): .* is not a value"),
        (pa.array([True]), "the column rev of firm is BOOLEAN, which does not fit the type decimal"),
    ],
)
def test_a_figure_that_is_none_is_refused_on_spark_too(tmp_path, spark, column, message):
    from gaoxin.engines import spark as on_spark

    book = small_book(tmp_path, derived=[derived("x", "firm", "rev * 2")])
    sources = {"firm": pa.table({"firm": ["f"], "zone": ["Z"], "period": ["2025"], "rev": column})}
    with (
        on_spark.run(book.compile(periods=["2025"]), sources, session=spark) as outcome,
        pytest.raises(EngineError, match=message),
    ):
        outcome.values("firm")
