"""Tables as they come: column types, wrong values, wrong keys, and files that nobody gave."""

# ruff: noqa: S608 - statements that must be refused

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.engines import EngineError, explain, run
from small_books import derived, firms, small_book, table, values

KEYS = {"firm": ["f"], "zone": ["Z"], "period": ["2025"]}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    codes = ["rev", "staff", "hnte", "sector", "founded", "label", "score"]
    return small_book(tmp_path_factory.mktemp("book"), derived=[derived(f"x_{code}", "firm", code) for code in codes])


def given(book, code, array):
    """The figure ``code`` as engine and explanation read it from a column."""
    sources = {"firm": pa.table({**KEYS, code: array})}
    plan = book.compile([f"x_{code}"], periods=["2025"])
    with run(plan, sources, threads=1) as outcome:
        value = outcome.values("firm")[f"x_{code}"][0].as_py()
    explained = explain(plan, sources, "firm", "f", "2025", f"x_{code}").value
    assert explained == value
    return str(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize(
    ("code", "array", "wanted"),
    [
        ("rev", pa.array([Decimal("12.30")], pa.decimal128(18, 2)), "12.30"),
        ("rev", pa.array([Decimal("-12.3")], pa.decimal128(9, 1)), "-12.30"),
        ("rev", pa.array([Decimal("12.300000")], pa.decimal128(20, 6)), "12.30"),
        ("rev", pa.array([Decimal("9" * 30 + ".99")], pa.decimal128(38, 2)), "9" * 30 + ".99"),
        ("rev", pa.array([1e9 + 0.07], pa.float64()), "1000000000.07"),
        ("rev", pa.array([-33.33], pa.float64()), "-33.33"),
        ("rev", pa.array([float("nan")], pa.float64()), None),
        ("rev", pa.array([12], pa.int8()), "12.00"),
        ("rev", pa.array([2**63 - 1], pa.int64()), "9223372036854775807.00"),
        ("rev", pa.array([2**64 - 1], pa.uint64()), "18446744073709551615.00"),
        ("rev", pa.array(["-12.3"]), "-12.30"),
        ("rev", pa.array(["+7.500"]), "7.50"),
        ("rev", pa.array([""]), None),
        ("rev", pa.array([None], pa.null()), None),
        ("staff", pa.array([3.0]), "3"),
        ("staff", pa.array(["12"]), "12"),
        ("staff", pa.array([Decimal("3.00")], pa.decimal128(10, 2)), "3"),
        ("score", pa.array([0.285], pa.float64()), "0.285"),
        ("hnte", pa.array([1], pa.int64()), True),
        ("hnte", pa.array([False]), False),
        ("hnte", pa.array([None], pa.null()), None),
        ("sector", pa.array(["0111"]).dictionary_encode(), "0111"),
        ("sector", pa.array(["0111"], pa.large_string()), "0111"),
        ("label", pa.array([""]), None),
        ("founded", pa.array([datetime.date(2020, 2, 29)]), datetime.date(2020, 2, 29)),
        ("founded", pa.array(["2020-02-29"]), datetime.date(2020, 2, 29)),
        ("founded", pa.array([datetime.datetime(2020, 2, 29)], pa.timestamp("us")), datetime.date(2020, 2, 29)),
        ("founded", pa.array([""]), None),
    ],
)  # fmt: skip
def test_a_column_of_any_fitting_type_gives_the_exact_figure(book, code, array, wanted):
    assert given(book, code, array) == wanted


@pytest.mark.parametrize(
    ("code", "array", "value"),
    [
        ("rev", pa.array([0.125]), "0.125"),
        ("rev", pa.array([0.1 + 0.2]), "0.30000000000000004"),
        ("rev", pa.array([0.1], pa.float32()), "0.1"),
        ("rev", pa.array([float("inf")]), "inf"),
        ("rev", pa.array([1e17]), "1e"),
        ("rev", pa.array([Decimal("1.005")], pa.decimal128(18, 3)), "1.005"),
        ("rev", pa.array(["1.005"]), "1.005"),
        ("rev", pa.array(["１２"]), "１２"),
        ("rev", pa.array(["1,000"]), "1,000"),
        ("rev", pa.array(["12万"]), "12万"),
        ("rev", pa.array(["1e3"]), "1e3"),
        ("staff", pa.array([2.5]), "2.5"),
        ("staff", pa.array(["2.5"]), "2.5"),
        ("hnte", pa.array([2]), "2"),
        ("founded", pa.array(["2020-02-30"]), "2020-02-30"),
        ("founded", pa.array(["soon"]), "soon"),
    ],
)
def test_a_value_that_does_not_fit_names_item_reporter_period_and_value(book, code, array, value):
    with pytest.raises(EngineError) as error:
        given(book, code, array)
    assert (error.value.entity, error.value.item, error.value.reporter, error.value.period) == (
        "firm",
        code,
        "f",
        "2025",
    )
    assert value in (error.value.value or "")
    assert code in error.value.message.zh
    assert error.value.remedy.en
    with pytest.raises(EngineError, match=f"{code} of firm f"):
        explain(
            book.compile([f"x_{code}"], periods=["2025"]),
            {"firm": pa.table({**KEYS, code: array})}, "firm", "f", "2025", f"x_{code}",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "array"),
    [("rev", pa.array([True])), ("hnte", pa.array(["是"])), ("sector", pa.array([111])), ("founded", pa.array([2020]))],
)
def test_a_column_of_a_type_that_does_not_fit_is_refused_with_what_would(book, code, array):
    with pytest.raises(EngineError, match=f"the column {code} of firm is .* does not fit") as error:
        given(book, code, array)
    assert "It can be:" in error.value.remedy.en


def fails(book, match, **sources):
    with pytest.raises(EngineError, match=match) as error, run(book.compile(periods=["2025"]), sources) as outcome:
        outcome.values("zone")
    assert error.value.message.zh
    return error.value


@pytest.fixture(scope="module")
def totals(tmp_path_factory):
    rules = [
        derived("total", "zone", "SUM(rev)"),
        derived("costs", "firm", "SUM(cost)"),
        derived("all", "zone", "SUM(costs)"),
    ]
    return small_book(tmp_path_factory.mktemp("totals"), derived=rules)


def test_a_reporter_twice_is_refused(totals):
    doubled = firms(totals, ("f", "Z", "2025", {"rev": 1}), ("f", "Y", "2025", {"rev": 2}), ("f", "Z", "2024", {}))
    error = fails(totals, r"f \(2025\) has two returns for one period", firm=doubled)
    assert (error.entity, error.reporter, error.period) == ("firm", "f", "2025")


def test_a_reporter_twice_in_a_period_that_nobody_asks_for_does_not_matter(totals):
    rows = firms(totals, ("f", "Z", "2025", {"rev": 1}), ("f", "Z", "2020", {}), ("f", "Z", "2020", {}))
    assert values(totals, "zone", {"firm": rows}, ["total"]) == {"Z": {"total": "1.00"}}


def test_a_firm_without_a_zone_is_refused(totals):
    fails(totals, r"f \(2025\) does not say its zone", firm=firms(totals, ("f", None, "2025", {"rev": 1})))


def test_a_reporter_without_a_key_is_refused(totals):
    fails(totals, "has no code", firm=firms(totals, (None, "Z", "2025", {"rev": 1})))


def test_a_project_of_a_firm_without_a_return_is_refused(totals):
    from small_books import projects

    sources = {
        "firm": firms(totals, ("f", "Z", "2025", {"rev": 1})),
        "project": projects(totals, ("p", "ghost", "2025", {"cost": 1})),
    }
    fails(totals, r"p \(2025\) belongs to a firm that has no return for the period", **sources)


@pytest.mark.parametrize("period", ["2025年", "25", "2025-Q1", None])
def test_a_period_that_is_none_is_refused(totals, period):
    fails(totals, "the period .* in the table of firm is wrong", firm=firms(totals, ("f", "Z", period, {"rev": 1})))


def test_periods_may_be_numbers(totals):
    rows = pa.table({"firm": ["f"], "zone": ["Z"], "period": [2025], "rev": [1.0]})
    assert values(totals, "zone", {"firm": rows}, ["total"]) == {"Z": {"total": "1.00"}}


@pytest.mark.parametrize("column", ["firm", "zone", "period"])
def test_a_table_without_its_keys_is_refused(totals, column):
    rows = firms(totals, ("f", "Z", "2025", {"rev": 1})).drop_columns([column])
    fails(totals, f"the table of firm has no column {column}", firm=rows)


def test_a_table_for_an_entity_that_the_book_does_not_know_is_refused(totals):
    fails(totals, "no entity company; it has: zone, firm, project", company=pa.table({"company": ["c"]}))


def test_without_any_table_the_entity_is_named(totals):
    fails(totals, "there is no table of zone")


def test_missing_items_are_unknown_and_listed(totals):
    rows = firms(totals, ("f", "Z", "2025", {"staff": 1}))
    with run(totals.compile(["total"], periods=["2025"]), {"firm": rows}) as outcome:
        assert [column.name for column in outcome.absent] == ["rev"]
        assert outcome.values("zone").to_pylist() == [{"zone": "Z", "period": "2025", "total": None}]


def write(path: Path, rows: pa.Table) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)
    return path


def test_parquet_comes_as_file_folder_pattern_or_list(totals, tmp_path):
    rows = [("f", "Z", "2025", {"rev": "1.25"}), ("g", "Z", "2025", {"rev": "2"})]
    one = write(tmp_path / "it's here" / "a.parquet", firms(totals, rows[0]))
    two = write(tmp_path / "it's here" / "b.parquet", firms(totals, rows[1]))
    wanted = {"Z": {"total": "3.25"}}
    for source in ([one, str(two)], one.parent, str(one.parent / "*.parquet"), [one.parent]):
        assert values(totals, "zone", {"firm": source}, ["total"]) == wanted
    assert values(totals, "zone", {"firm": str(one)}, ["total"]) == {"Z": {"total": "1.25"}}
    plan = totals.compile(["total"], periods=["2025"])
    assert explain(plan, {"firm": one.parent}, "zone", "Z", "2025", "total").shown == "3.25"


def test_a_file_that_is_not_there_is_named(totals, tmp_path):
    fails(totals, r"no file for firm: .*none\.parquet", firm=tmp_path / "none.parquet")


def test_a_file_that_is_no_parquet_is_an_error(totals, tmp_path):
    (tmp_path / "x.parquet").write_text("no parquet", encoding="utf-8")
    fails(totals, "the data cannot be computed on", firm=tmp_path / "x.parquet")


def test_the_engine_reads_no_file_that_it_was_not_given(totals, tmp_path):
    from gaoxin.engines.tables import Tables

    secret = write(tmp_path / "secret.parquet", pa.table({"x": [1]}))
    mine = write(tmp_path / "mine.parquet", firms(totals, ("f", "Z", "2025", {"rev": 1})))
    tables = Tables(totals.compile(periods=["2025"]), {"firm": mine})
    for sql in (
        f"SELECT * FROM read_parquet('{secret}')",
        f"SELECT * FROM '{secret}'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        f"SELECT * FROM read_parquet('{tmp_path}/*.parquet')",
    ):
        with pytest.raises(EngineError, match="cannot be computed on"):
            tables.query(sql)
    for statement in (
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/out.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
    ):
        with pytest.raises(Exception, match=r"disabled by configuration|has been locked"):
            tables.connection.execute(statement)
    assert tables.query('SELECT count(*) AS n FROM "source of firm"').to_pylist() == [{"n": 1}]
    tables.close()


def test_texts_from_the_data_are_never_sql(tmp_path):
    hostile = "'; DROP TABLE x; --"
    rules = [derived("total", "zone", "SUM(rev)"), derived("same", "firm", "label = 'it''s \"x\"; --'")]
    book = small_book(tmp_path, derived=rules)
    rows = firms(book, (hostile, hostile + '"', "2025", {"rev": 1, "label": 'it\'s "x"; --'}))
    assert values(book, "zone", {"firm": rows}, ["total"]) == {hostile + '"': {"total": "1.00"}}
    assert values(book, "firm", {"firm": rows}, ["same"]) == {hostile: {"same": True}}
    plan = book.compile(["total"], periods=["2025"])
    assert explain(plan, {"firm": rows}, "zone", hostile + '"', "2025", "total").value == 1


def test_values_have_the_types_of_their_entries_and_a_fixed_order(tmp_path):
    rules = [
        derived("ratio", "firm", "rd / rev", scale=4),
        derived("yes", "firm", "hnte"),
        derived("word", "firm", "sector"),
        derived("day", "firm", "founded"),
        derived("free", "firm", "rd / 7"),
    ]
    book = small_book(tmp_path, derived=rules)
    rows = firms(book, *((f, "Z", year, {"rev": 3, "rd": 1}) for f in "cab" for year in ("2025", "2024")))
    with run(book.compile(periods=["2024", "2025"]), {"firm": rows}) as outcome:
        found, numbers = outcome.values("firm"), outcome.array("firm", ["ratio"])
        assert outcome.array("firm").shape == (6, 2)
        with pytest.raises(EngineError, match="no numeric target"):
            outcome.array("firm", ["yes"])
        with pytest.raises(EngineError, match="no entity planet"):
            outcome.values("planet")
        assert outcome.coverage("firm").num_rows == 0
    assert found.schema == pa.schema(
        [("firm", pa.string()), ("zone", pa.string()), ("period", pa.string()), ("ratio", pa.decimal128(38, 4)),
         ("yes", pa.bool_()), ("word", pa.string()), ("day", pa.date32()), ("free", pa.decimal128(38, 6))]
    )  # fmt: skip
    order = [(row["period"], row["firm"]) for row in found.to_pylist()]
    assert order == sorted(order)
    assert numbers[:, 0].tolist() == [1 / 3] * 6


def test_reported_items_may_be_targets(tmp_path):
    book = small_book(tmp_path)
    sources = {"zone": table(book, "zone", [{"zone": "Z", "period": "2025", "land": "1.5"}])}
    assert values(book, "zone", sources, ["land"]) == {"Z": {"land": "1.50"}}


def test_progress_is_told_and_ends_at_one(totals):
    told = []
    rows = firms(totals, ("f", "Z", "2025", {"rev": 1}))
    with run(totals.compile(["total"], periods=["2025"]), {"firm": rows}, progress=told.append) as outcome:
        outcome.values("zone")
    assert told
    assert told[-1] == 1.0


def test_too_little_memory_is_said(totals):
    rows = pa.table({"firm": [f"f{i}" for i in range(300_000)], "zone": ["Z"] * 300_000, "period": ["2025"] * 300_000})
    plan = totals.compile(["costs"], periods=["2025"])
    with (
        pytest.raises(EngineError, match="memory"),
        run(plan, {"firm": rows}, memory_limit="1MB", threads=1) as outcome,
    ):
        outcome.values("firm")
