from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.rulebook import Book, load_book
from gaoxin.samples.incentives import firm_blocks


@pytest.fixture(scope="session")
def incentives_cn() -> Book:
    return load_book("incentives-cn")


@pytest.fixture(scope="session")
def sample(incentives_cn: Book, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred clean synthetic firms of 2024."""
    items = {code: item for code, item in incentives_cn.items.items() if item.entity == "firm"}
    path = tmp_path_factory.mktemp("sample") / "firms.parquet"
    pq.write_table(pa.concat_tables(firm_blocks(items, 300, 2024, seed=11, faults=False)), path)
    return path
