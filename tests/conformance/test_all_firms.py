"""All firms of a file at once: the answers of Spark are those of DuckDB, and a Spark that is not there is said so."""

import datetime
import sys

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from gaoxin.engines import EngineError
from gaoxin.incentives.batch import run_batch
from gaoxin.rulebook import load_book
from gaoxin.samples.incentives import write_firms

AS_OF = datetime.date(2025, 3, 1)
CODES = ("small_low_profit", "hnte_reduced_rate")


@pytest.fixture
def firms(tmp_path):
    """Firms with blanks and faults."""
    items = {code: item for code, item in load_book("incentives-cn").items.items() if item.entity == "firm"}
    write_firms(items, tmp_path / "firms.parquet", firms=120, year=2024, seed=3)
    return tmp_path / "firms.parquet"


@pytest.mark.spark
def test_spark_answers_for_every_firm_as_duckdb_does(firms, spark, tmp_path):
    book, found = load_book("incentives-cn"), []
    for engine in ("duckdb", "spark"):
        out = tmp_path / f"{engine}.parquet"
        result = run_batch(book, [firms], "2024", out=out, as_of=AS_OF, instruments=CODES, engine=engine)
        found.append((result, pq.read_table(out).sort_by("firm")))
    (ours, wanted), (theirs, rows) = found
    assert rows.column_names == wanted.column_names
    assert rows.to_pylist() == wanted.to_pylist()
    assert {"entitled", "not_entitled", "unknown", "nearly"} <= {
        row[code] for row in rows.to_pylist() for code in CODES
    }
    assert any(row[f"{code}_missing"] for row in rows.to_pylist() for code in CODES)
    assert theirs.rejects.equals(ours.rejects)
    for name in ("totals", "unclaimed", "near", "missing"):
        assert getattr(theirs.summary, name).to_pylist() == getattr(ours.summary, name).to_pylist(), name


def test_a_spark_that_is_not_installed_is_said_before_anything_is_read(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    monkeypatch.delitem(sys.modules, "gaoxin.engines.spark", raising=False)
    monkeypatch.delattr("gaoxin.engines.spark", raising=False)
    nothing = tmp_path / "no-such-file.parquet"
    with pytest.raises(EngineError) as caught:
        run_batch(load_book("incentives-cn"), [nothing], "2024", out=tmp_path / "out", as_of=AS_OF, engine="spark")
    assert "gaoxin[spark]" in caught.value.remedy.en
    assert "Java" in caught.value.remedy.zh


def test_engines_that_do_not_exist_are_refused_with_those_that_do(tmp_path):
    from gaoxin.cli.incentives import app

    given = ["batch", str(tmp_path), "--year", "2024", "--out", str(tmp_path / "o"), "--engine", "hive"]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 2
    assert "duckdb" in done.output
