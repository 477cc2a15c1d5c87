"""What a change would do: the same as two batches say, with winners, losers and cost; marked as hypothetical."""

import datetime
import json
from decimal import Decimal

import openpyxl
import pyarrow.parquet as pq
import pytest

from gaoxin.incentives.batch import run_batch
from gaoxin.incentives.simulation import simulate
from gaoxin.problems import InputError
from gaoxin.reports.incentives import simulation as report
from gaoxin.rulebook.overlay import read_overlay

AS_OF = datetime.date(2025, 3, 1)


@pytest.fixture
def simulated(incentives_cn, sample, tmp_path):
    def run(changes, title="{zh: 试算, en: a try}"):
        path, staging = tmp_path / "change.yaml", tmp_path / "staging"
        staging.mkdir(exist_ok=True)
        path.write_text(f"change: {title}\n{changes}", encoding="utf-8")
        book, overlay = read_overlay(incentives_cn, path)
        return simulate(
            incentives_cn,
            book,
            overlay,
            [sample],
            "2024",
            staging=staging,
            changes=staging / "changes.parquet",
            as_of=AS_OF,
        )

    return run


CAP = "parameters:\n- {code: small_income_cap, values: [{from: 2024, to: 2024, value: %s}]}\n"


def amounts(book, sample, out, code):
    run_batch(book, [sample], "2024", out=out, as_of=AS_OF, instruments=[code])
    return {row["firm"]: row[f"{code}_amount"] for row in pq.read_table(out).to_pylist()}


@pytest.mark.parametrize("cap", [5_000_000, 1_000_000])
def test_cost_winners_and_losers_are_those_of_two_batches(simulated, incentives_cn, sample, tmp_path, cap):
    result = simulated(CAP % cap)
    code = "six_taxes_half"
    before = amounts(incentives_cn, sample, tmp_path / "b.parquet", code)
    after = amounts(result.hypothetical, sample, tmp_path / "a.parquet", code)
    change = {firm: after[firm] - amount for firm, amount in before.items() if amount is not None}
    (row,) = (row for row in result.comparison.totals.to_pylist() if row["alternatives"] == code)
    assert row["change"] == sum(change.values())
    assert row["winners"] == sum(one > 0 for one in change.values())
    assert row["losers"] == sum(one < 0 for one in change.values())
    assert (row["winners"] > 0) == (cap > 3_000_000)
    assert (row["losers"] > 0) == (cap < 3_000_000)
    listed = {
        one["firm"]: one["change"] for one in pq.read_table(result.changes).to_pylist() if one["alternatives"] == code
    }
    assert listed == {firm: one for firm, one in change.items() if one}


def test_of_benefits_that_exclude_each_other_the_best_counts(simulated, incentives_cn, sample, tmp_path):
    """A firm at 15 % that becomes small gains the difference only."""
    result = simulated(CAP % 5_000_000)
    (group,) = (group for group in result.groups if "small_low_profit" in group.codes)
    assert "hnte_reduced_rate" in group.codes
    out = tmp_path / "o.parquet"
    found = {}
    for name, book in (("before", incentives_cn), ("after", result.hypothetical)):
        run_batch(book, [sample], "2024", out=out, as_of=AS_OF, instruments=group.codes)
        for row in pq.read_table(out).to_pylist():
            known = [row[f"{code}_amount"] for code in group.codes if row[f"{code}_amount"] is not None]
            found.setdefault(row["firm"], {})[name] = max(known)
    (total,) = (row for row in result.comparison.totals.to_pylist() if row["alternatives"] == group.name)
    assert total["change"] == sum((one["after"] - one["before"] for one in found.values()), Decimal(0))
    assert total["winners"] == sum(one["after"] > one["before"] for one in found.values())


def test_groups_add_up_to_the_whole(simulated):
    result = simulated(CAP % 5_000_000)
    for row in result.comparison.totals.to_pylist():
        for table in result.comparison.by.values():
            parts = [part for part in table.to_pylist() if part["alternatives"] == row["alternatives"]]
            for measure in ("firms", "winners", "losers", "change", "gained", "lost", "unknown"):
                assert sum(part[measure] for part in parts) == row[measure]


def test_nothing_changes_when_the_change_says_what_the_book_says(simulated):
    result = simulated(CAP % 3_000_000)
    assert all(row["change"] == 0 and row["began"] == row["ended"] == 0 for row in result.comparison.totals.to_pylist())
    assert result.comparison.named.num_rows == 0


def test_a_change_on_which_nothing_rests_is_an_error(simulated):
    with pytest.raises(InputError, match="no benefit"):
        simulated("rules:\n- {code: cit_small_or_standard, expr: cit_small_tax}\n")


def test_every_output_says_that_it_is_hypothetical(simulated, tmp_path):
    result = simulated(CAP % 5_000_000, title='{zh: "=上限", en: "=cap"}')
    folder = tmp_path / "out"
    written = report.write_simulation(result, tmp_path / "staging", folder, "en")
    assert sorted(path.name for path in written) == sorted(path.name for path in folder.iterdir())
    page = (folder / report.PAGE).read_text(encoding="utf-8")
    assert page.count("ypothetical") > 3
    assert page.count("<svg") == page.count("<figure>") > 0
    assert "<script" not in page
    assert "://" not in page.replace("http://www.w3.org", "")
    book = openpyxl.load_workbook(folder / report.WORKBOOK)
    for sheet in book:
        top = [str(sheet.cell(row, 1).value) for row in range(1, 8)]
        assert any("ypothetical" in one for one in top), sheet.title
        assert any("not tax advice" in one for one in top), sheet.title
        assert any("ynthetic" in one for one in top), sheet.title
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert json.loads((folder / report.ABOUT).read_text(encoding="utf-8"))["hypothetical"] is True
