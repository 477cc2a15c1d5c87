"""The batch and the answer about one firm say the same, for firms drawn at random with blanks and odd values."""

import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.incentives.answers import entitlements
from gaoxin.incentives.batch import run_batch
from gaoxin.incentives.comparisons import leaves
from gaoxin.rulebook.evaluate import Row, Rows
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.samples.incentives import firm_blocks

AS_OF = datetime.date(2025, 3, 1)
FIRMS = 10


def blanked(table: pa.Table, share: float, seed: int) -> pa.Table:
    """The table with that share of its figures removed."""
    rng = np.random.default_rng(seed)
    for at, name in enumerate(table.column_names[4:], start=4):
        column = table.column(at).combine_chunks()
        missing = pa.array(rng.random(len(column)) < share)
        table = table.set_column(at, name, pa.compute.if_else(missing, None, column))
    return table


def rows_of(book, table: pa.Table, year: str) -> Rows:
    """The firms as the evaluation of single firms reads them."""
    returns = {}
    ordinal = period_ordinal(year, "year")
    for row in table.to_pylist():
        facts = {code: str(value) for code, value in row.items() if code in book.items and value is not None}
        facts = {code: {"True": "true", "False": "false"}.get(value, value) for code, value in facts.items()}
        one = read_facts(book, {"firm": facts}, year).returns["firm"]
        (figures,) = (found.figures for found in one.values())
        returns[row["firm"], ordinal] = Row(None, figures)
    return Rows({"firm": returns}, {"firm": frozenset({ordinal})})


@pytest.mark.parametrize(("year", "seed", "share"), [("2024", 1, 0.0), ("2024", 2, 0.05), ("2022", 3, 0.1)])
def test_batch_equals_the_answers_about_single_firms(incentives_cn, tmp_path, year, seed, share):
    book = incentives_cn
    items = {code: item for code, item in book.items.items() if item.entity == "firm"}
    (table,) = firm_blocks(items, FIRMS, int(year), seed=seed, faults=False)
    table = blanked(table, share, seed)
    pq.write_table(table, tmp_path / "firms.parquet")
    out = tmp_path / "out.parquet"
    result = run_batch(book, [tmp_path / "firms.parquet"], year, out=out, as_of=AS_OF)
    answered = {row["firm"]: row for row in pq.read_table(out).to_pylist()}
    refused = set(result.rejects["firm"].to_pylist())
    assert answered.keys() | refused == set(table["firm"].to_pylist())
    rows, states = rows_of(book, table, year), set()
    codes = [benefit.code for benefit in result.benefits]
    for firm, row in answered.items():
        for answer in entitlements(book, rows, firm, year, as_of=AS_OF, benefits=codes):
            where, code = (firm, answer.code), answer.code
            state = "not_entitled" if row[code] == "nearly" else row[code]
            assert state == answer.state, where
            states.add(row[code])
            if answer.amount is not None:
                assert row[f"{code}_amount"] == answer.amount.value, where
            earlier = any(one.period != year for one in answer.missing)
            missing = {one.code for one in answer.missing if one.period == year}
            found = set(row[f"{code}_missing"] or ())
            assert {cause for cause in found if not cause.startswith("@")} == missing, where
            assert not earlier or "@earlier" in found, where
            assert bool(answer.open) == ("@rule" in found), where
            if answer.claim is not None and answer.state == "entitled":
                assert row[f"{code}_claim"] == answer.claim, where
            if row[code] == "nearly":
                (unmet,) = (one for one in answer.conditions if one.met is not True)
                assert row[f"{code}_by"] == unmet.code, where
                gaps = [
                    abs(float(one.margin / one.threshold.value))
                    for one in leaves(unmet.tests)
                    if one.holds is False and one.margin is not None and one.threshold.value
                ]
                assert any(abs(row[f"{code}_distance"] - gap) < 1e-9 for gap in gaps), where
    assert {"entitled", "not_entitled", "unknown"} <= states


def test_amounts_have_the_decimals_of_their_entry(incentives_cn, tmp_path):
    items = {code: item for code, item in incentives_cn.items.items() if item.entity == "firm"}
    (table,) = firm_blocks(items, 5, 2024, seed=5, faults=False)
    place = table.schema.get_field_index("rd_claimed")
    table = table.set_column(place, "rd_claimed", pa.array([0, 5, None, 7, 9], pa.int64()))  # in whole yuan
    pq.write_table(table, tmp_path / "firms.parquet")
    run_batch(incentives_cn, [tmp_path / "firms.parquet"], "2024", out=tmp_path / "o.parquet", as_of=AS_OF)
    answers = pq.read_table(tmp_path / "o.parquet")
    for name in ("amount", "claimed"):
        amounts = [amount for amount in answers[f"rd_super_deduction_{name}"].to_pylist() if amount is not None]
        assert len(amounts) > 2
        assert all(isinstance(amount, Decimal) and amount.as_tuple().exponent == -2 for amount in amounts)
