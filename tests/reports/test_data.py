from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from gaoxin.reports import data
from gaoxin.runs.result import RunResult


def read(result: RunResult) -> pa.Table:
    return pq.read_table(io.BytesIO(data.render(result)))


def matrix(table: pa.Table, column: str, result: RunResult) -> np.ndarray:
    values = table[column].to_numpy(zero_copy_only=False).astype(float)
    return values.reshape(len(result.units), len(result.nodes))


@pytest.mark.parametrize("name", ["run", "plain_run", "flat_run", "empty_run", "hostile"])
def test_every_figure_comes_back_to_the_last_bit(name: str, request: pytest.FixtureRequest) -> None:
    result: RunResult = request.getfixturevalue(name)
    table, n = read(result), result.raw.shape[1]
    for column, values in (
        ("raw", result.raw),
        ("normalised", result.normalised),
        ("contribution", result.contributions),
        ("coverage", result.coverage),
    ):
        np.testing.assert_array_equal(matrix(table, column, result)[:, :n], values)
        assert np.isnan(matrix(table, column, result)[:, n:]).all()
    np.testing.assert_array_equal(matrix(table, "score", result), result.scores)
    np.testing.assert_array_equal(matrix(table, "rank", result), result.ranks)


def test_missing_is_null_and_not_nan(run: RunResult) -> None:
    table = read(run)
    assert table["raw"].null_count == int(np.isnan(run.raw).sum()) + 22 * 6
    assert not pc.is_nan(table["raw"]).to_pylist().count(True)
    assert table["imputed"].null_count == 22 * 6
    assert sum(filter(None, table["imputed"].to_pylist())) == int(run.imputed.sum())


def test_rank_intervals_stand_with_the_index(run: RunResult, plain_run: RunResult) -> None:
    assert run.robustness is not None
    low = matrix(read(run), "rank_low", run)
    np.testing.assert_array_equal(low[:, -1], run.robustness.rank_low)
    assert np.isnan(low[:, :-1]).all()
    assert read(plain_run)["rank_low"].null_count == read(plain_run).num_rows


def test_the_metadata_say_what_the_run_was_and_that_it_is_synthetic(run: RunResult, plain_run: RunResult) -> None:
    about = json.loads(read(run).schema.metadata[b"gaoxin"])
    assert about["synthetic"] is True
    assert "合成数据" in about["note"]["zh"]
    assert about["unconfirmed_weights"] == 48
    assert about["replications"] == {"counted": 400, "failed": 3}
    assert json.loads(read(plain_run).schema.metadata[b"gaoxin"])["note"] is None


def test_the_file_is_written_whole(run: RunResult, tmp_path: Path) -> None:
    data.write(run, tmp_path / "results.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["results.parquet"]
    assert (tmp_path / "results.parquet").read_bytes() == data.render(run)
