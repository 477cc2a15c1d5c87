"""The engine as a choice, sessions and DataFrames of one's own, and the job for spark-submit."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.engines import run
from small_books import derived, firms, small_book

pytestmark = pytest.mark.spark


@pytest.fixture
def book(tmp_path):
    return small_book(
        tmp_path / "book", derived=[derived("share", "firm", "rd / rev"), derived("all", "zone", "SUM(rd)")]
    )


@pytest.fixture
def returns(book):
    return firms(book, ("f", "Z", "2025", {"rev": "3.00", "rd": 1}), ("g", "Z", "2025", {"rev": 0, "rd": "0.01"}))


def test_the_engine_is_a_choice(book, returns, spark):
    plan = book.compile(periods=["2025"])
    found = []
    for engine in ("duckdb", "spark"):
        with run(plan, {"firm": returns}, engine=engine) as outcome:
            found.append((outcome.values("firm").to_pylist(), outcome.coverage("zone").to_pylist()))
    assert found[0] == found[1]
    assert [str(row["share"]) for row in found[1][0]] == ["0.333333", "None"]


def test_settings_of_the_session_neither_matter_nor_change(book, returns, spark):
    from gaoxin.engines import spark as on_spark

    own = spark.newSession()
    own.conf.set("spark.sql.ansi.enabled", "false")
    own.conf.set("spark.sql.parser.escapedStringLiterals", "true")
    frame = own.createDataFrame(
        returns.to_pylist(), "firm string, zone string, period string, rev decimal(9,2), rd decimal(9,2)"
    )
    with on_spark.run(book.compile(periods=["2025"]), {"firm": frame}, session=own) as outcome:
        assert sorted(str(row.share) for row in outcome.frame("firm").collect()) == ["0.333333", "None"]
    assert own.conf.get("spark.sql.ansi.enabled") == "false"


def test_the_job_writes_a_folder_for_every_entity(book, returns, spark, tmp_path, capsys):
    from gaoxin.engines.spark_job import main

    pq.write_table(returns, tmp_path / "firms.parquet")
    given = ["--book", str(tmp_path / "book"), "--period", "2025", "--table", f"firm={tmp_path / 'firms.parquet'}"]
    assert main([*given, "--out", str(tmp_path / "results")]) == 0
    assert capsys.readouterr().out.count("\n") == 2
    written = pq.read_table(tmp_path / "results" / "zone")
    assert written.to_pylist() == [
        {"zone": "Z", "period": "2025", "all": pa.scalar("1.01").cast(pa.decimal128(38, 2)).as_py()}
    ]
    assert main([*given, "--out", str(tmp_path / "results")]) == 1
    assert "already exists" in capsys.readouterr().err


def test_the_job_says_what_is_wrong(spark, tmp_path, capsys):
    from gaoxin.engines.spark_job import main

    given = [
        "--book",
        "incentives-cn",
        "--period",
        "2024",
        "--table",
        f"firm={tmp_path}/none",
        "--out",
        str(tmp_path / "x"),
    ]
    assert main(given) == 1
    assert "none" in capsys.readouterr().err
