"""Synthetic firms for incentives: labelled, repeatable, consistent, and the same however many are made."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from gaoxin.rulebook.entries import Item
from gaoxin.samples.incentives import firm_blocks, write_firms
from gaoxin.words import Text


def item(code: str, kind: str, **more: object) -> Item:
    fields = {"code": code, "name": Text(code, code), "entity": "firm", "type": kind, **more}
    if kind in {"decimal", "integer"}:
        fields.setdefault("unit", "元")
    return Item.model_validate(fields)


ITEMS = {
    one.code: one
    for one in (
        item("total_revenue", "decimal"),
        item("staff_total", "decimal", unit="人"),
        item("technical_staff", "decimal", unit="人"),
        item("taxable_income", "decimal"),
        item("hnte", "flag"),
        item("hn_certificate_date", "date"),
        item("industry", "code"),
        item("ip_class_1", "integer", unit="件"),
        item("some_new_grant", "decimal"),
        item("some_new_kind", "code", values=["a", "b"]),
    )
}


def made(firms: int, **options: object) -> pa.Table:
    return pa.concat_tables(firm_blocks(ITEMS, firms, 2024, **{"seed": 7, **options}))


def test_the_file_says_that_it_is_synthetic(tmp_path):
    write_firms(ITEMS, tmp_path / "f.parquet", firms=20, year=2024)
    schema = pq.read_schema(tmp_path / "f.parquet")
    assert schema.metadata[b"synthetic"] == b"true"
    assert all("（合成）" in name for name in made(5)["firm_name"].to_pylist())
    write_firms(ITEMS, tmp_path / "f.csv", firms=3, year=2024)
    lines = (tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith('"synthetic"')
    assert lines[1].endswith('"true"')


def test_the_same_seed_gives_the_same_firms_and_another_seed_others():
    assert made(300).equals(made(300))
    assert not made(300).equals(made(300, seed=8))


def test_every_item_has_figures_also_one_that_nobody_described():
    table = made(500, faults=False)
    for code in ITEMS:
        if code != "hn_certificate_date":  # only firms with a certificate have its date
            assert table[code].null_count == 0, code
    assert pc.max(table["some_new_grant"]).as_py() > 0
    assert set(table["some_new_kind"].to_pylist()) == {"a", "b"}


def test_clean_firms_do_not_contradict_themselves():
    table = made(2000, faults=False)
    assert pc.all(pc.less_equal(table["technical_staff"], table["staff_total"])).as_py()
    assert pc.min(table["total_revenue"]).as_py() > 0
    dated = pc.is_valid(table["hn_certificate_date"])
    assert pc.all(pc.equal(dated, table["hnte"])).as_py()


def test_faults_are_planted_where_they_are_wanted():
    table = made(5000)
    assert pc.min(table["total_revenue"]).as_py() < 0
    assert "9999" in table["industry"].to_pylist()
    assert pc.any(pc.greater(table["technical_staff"], table["staff_total"])).as_py()
    assert table["taxable_income"].null_count > 0


@pytest.mark.parametrize("firms", [1, 65_536, 65_537])
def test_blocks_have_exactly_the_firms_asked_for(firms):
    codes = pa.concat_tables(block.select(["firm"]) for block in firm_blocks(ITEMS, firms, 2024, seed=1))["firm"]
    assert len(codes.unique()) == firms
