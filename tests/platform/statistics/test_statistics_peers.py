"""A figure against those of the peers: per head, within the industry, never telling of few."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.statistics import books, checking, peers
from gaoxin.platform.statistics.actions import fixing
from gaoxin.platform.statistics.actions.reporting import found_in, save
from gaoxin.platform.statistics.models import Collection, Return, Version
from gaoxin.problems import Problem

BOOK = "torch-enterprise-2022"
FIRMS = 60


@pytest.fixture(scope="module")
def norms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty firms of two industries: 39 earns about 1,000 a head, 65 about 50; five of 27."""
    folder = tmp_path_factory.mktemp("fixed")
    chance = np.random.default_rng(7)
    head = chance.integers(20, 400, FIRMS)
    industry = np.array(["3911"] * 30 + ["6513"] * 25 + ["2710"] * 5)
    level = np.select([industry == "3911", industry == "6513"], [1000.0, 50.0], 300.0)
    income = head * level * np.exp(chance.normal(0, 0.2, FIRMS))
    patents = head * np.where(np.arange(FIRMS) % 6, 1.0, 1e5)  # sold by some, and then for much
    columns = {"qd01": head, "qb03_1": industry, "qc05_0": income, "qc220": patents}
    book = books.book(BOOK)
    types = {code: pa.string() if code == "qb03_1" else pa.float64() for code in columns}
    for item in book.items.values():
        if item.entity == "firm" and item.decimals is not None and item.code not in columns:
            columns[item.code] = np.full(FIRMS, np.nan)
            types[item.code] = pa.float64()
    table = pa.table({code: pa.array(held, types[code], from_pandas=True) for code, held in columns.items()})
    pq.write_table(table, folder / "firm.parquet")
    assert peers.write_norms(folder / "firm.parquet", book, "firm", folder / "norms.parquet")
    return folder / "norms.parquet"


def against(norms: Path, before: dict[str, str] | None = None, **figures: str) -> list[Problem]:
    usual = peers.usual(norms, figures)
    found = checking.findings(checking.Judged(books.book(BOOK), "firm", "2025", figures, before or {}, usual))
    return [one for one in found if one.rule.startswith("compare.")]


def test_a_new_firm_is_compared_with_its_industry_per_head(norms: Path) -> None:
    assert against(norms, qd01="100", qb03_1="3911", qc05_0="100000.000") == []
    (far,) = against(norms, qd01="100", qb03_1="3911", qc05_0="100000000.000")
    assert (far.rule, far.item, far.severity) == ("compare.peers", "qc05_0", "warning")
    assert "per head" in far.message.en
    assert "times the median of its industry" in far.message.en
    (other,) = against(norms, qd01="100", qb03_1="6513", qc05_0="100000.000")
    assert other.item == "qc05_0", "what is usual in one industry is not in the other"


def test_an_industry_of_few_is_compared_with_all_and_tells_of_nobody(norms: Path) -> None:
    assert set(pq.read_table(norms, columns=["group"])["group"].to_pylist()) == {"", "39", "65"}
    assert peers.usual(norms, {"qb03_1": "2710"}) == peers.usual(norms, {"qb03_1": ""})


def test_figures_that_jump_by_nature_are_left_alone(norms: Path) -> None:
    assert "qc220" not in peers.usual(norms, {"qb03_1": "3911"})


def test_last_year_s_slip_is_not_held_against_this_year_s_figure(norms: Path) -> None:
    """The figure jumped a hundredfold, to where the peers are."""
    assert against(norms, {"qd01": "100", "qc05_0": "1000.000"}, qd01="100", qb03_1="3911", qc05_0="100000.000") == []
    (jumped,) = against(norms, {"qd01": "100", "qc05_0": "1000.000"}, qd01="100", qb03_1="6513", qc05_0="100000.000")
    assert jumped.rule == "compare.outlier"


def test_without_a_headcount_nothing_is_said(norms: Path) -> None:
    assert against(norms, qb03_1="3911", qc05_0="100000000.000") == []


def test_fixing_a_period_keeps_what_is_usual_and_the_next_one_is_judged_by_it(
    world: World, reader: Callable[[str], Reader], collect: Callable[..., Collection],
    approved: Callable[..., Version], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(peers, "LEAST", 2)
    former = collect("firms-2024", period="2024")
    for firm, income in (("F1", "100"), ("F2", "120")):
        approved(former, firm, {"qd01": "40", "qb03_1": "3911", "qc05_0": income})
    fixed = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2024")
    assert f"_usual-firm-{BOOK}.parquet" in fixed.contents
    assert all(not path.name.startswith("_") for path in fixed.paths)
    Version.objects.filter(return_of__collection=former).update(figures={})
    held = Return.objects.get(collection=collect(), organisation__code="F1")
    save(reader("firm"), held, {"qd01": "40", "qb03_1": "3911", "qc05_0": "110000"})
    held.refresh_from_db()
    assert [one.item for one in found_in(held) if one.rule == "compare.peers"] == ["qc05_0"]
