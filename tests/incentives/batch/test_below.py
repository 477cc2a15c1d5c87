"""Contracts, persons … of the firms: what is added up from them, and the benefits that concern each of them."""

import datetime

import pyarrow.parquet as pq
import pytest

from gaoxin.incentives.answers import entitlements
from gaoxin.incentives.batch import run_batch
from gaoxin.problems import InputError
from gaoxin.rulebook.facts import read_facts

AS_OF = datetime.date(2025, 3, 1)

FIRMS = """统一社会信用代码,企业名称,园区,staff_average,tech_transfer_income
A,甲,东园,10,
B,乙,东园,10,
C,丙,西园,400,0
"""
CONTRACTS = """技术合同,firm,tc_kind,tc_written,tc_complete,tc_seller_applies,tc_expert_review,tc_registered
K1,A,transfer,是,是,是,否,否
K2,A,transfer,是,否,是,否,否
K3,B,transfer,也许,是,是,否,否
K4,X,transfer,是,是,是,否,否
"""
PERSONS = """person,firm,tl_zone,tl_overseas,tl_recognised,应纳税所得额（万元）,tl_iit_paid,tl_received
P1,A,lingang,是,是,100,300000,0
P2,C,lingang,是,是,100,300000,150000
P3,B,lingang,是,是,100,300000,0
"""


@pytest.fixture(scope="module")
def given(tmp_path_factory, incentives_cn):
    folder = tmp_path_factory.mktemp("below")
    heading = next(item.name.zh for item in incentives_cn.items.values() if item.code == "tl_taxable_income")
    texts = {"firms": FIRMS, "contracts": CONTRACTS, "persons": PERSONS.replace("应纳税所得额", heading)}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="gb18030")
    return folder


@pytest.fixture(scope="module")
def answered(given, incentives_cn):
    return run_batch(
        incentives_cn, [given / "firms.csv"], "2024", out=given / "o.parquet", as_of=AS_OF,
        instruments=["technology-contracts", "scarce-talent", "small-low-profit"],
        below={"contract": given / "contracts.csv", "person": given / "persons.csv"},
    )  # fmt: skip


def rows(answered, entity):
    (one,) = (part for part in answered.answers if part.entity == entity)
    return {row[entity]: row for row in pq.read_table(one.path).to_pylist()}


def test_each_contract_and_each_person_is_answered_with_the_groups_of_its_firm(answered, given):
    assert (given / "o-contract.parquet").exists()
    contracts, persons = rows(answered, "contract"), rows(answered, "person")
    assert {key: row["tc_registration"] for key, row in contracts.items()} == {"K1": "entitled", "K2": "not_entitled"}
    assert {(row["firm"], row["firm_name"], row["zone"], row["size"]) for row in contracts.values()} == {
        ("A", "甲", "东园", "0–19")
    }
    assert {key: str(row["tl_subsidy_amount"]) for key, row in persons.items()} == {
        "P1": "150000.00", "P2": "150000.00",
    }  # fmt: skip
    assert persons["P2"]["size"] == "300–999"
    assert answered.elsewhere == ()


def test_the_batch_says_of_a_person_what_the_answer_about_one_firm_says(answered, incentives_cn):
    facts = {
        "firm": {"staff_average": 10},
        "person": [
            {"person": "P1", "tl_zone": "lingang", "tl_overseas": True, "tl_recognised": True,
             "tl_taxable_income": 1000000, "tl_iit_paid": 300000, "tl_received": 0}
        ],
    }  # fmt: skip
    given = read_facts(incentives_cn, facts, "2024")
    (one,) = entitlements(incentives_cn, given, "1", "2024", as_of=AS_OF, benefits=["tl_subsidy"])
    row = rows(answered, "person")["P1"]
    assert (row["tl_subsidy"], row["tl_subsidy_amount"]) == (one.state, one.amount.value)
    assert row["tl_subsidy_claim"] == one.claim


def test_what_a_person_has_not_claimed_is_in_the_list_with_its_firm(answered):
    (row,) = [one for one in answered.summary.unclaimed.to_pylist() if one["benefit"] == "tl_subsidy"]
    assert (row["firm"], row["reporter"], row["firm_name"], str(row["gain"])) == ("A", "P1", "甲", "150000.00")
    totals = {one["benefit"]: one for one in answered.summary.totals.to_pylist()}
    assert totals["tl_subsidy"]["entitled"] == 2
    zones = {one["zone"]: one for one in answered.summary.by["zone"].to_pylist() if one["benefit"] == "tl_subsidy"}
    assert {zone: one["entitled"] for zone, one in zones.items()} == {"东园": 1, "西园": 1}


def test_what_has_no_amount_is_in_the_list_too(answered):
    """K1 can be registered and is not: that is worth no sum of its own."""
    (row,) = [one for one in answered.summary.unclaimed.to_pylist() if one["benefit"] == "tc_registration"]
    assert (row["firm"], row["reporter"], row["gain"]) == ("A", "K1", None)
    assert answered.summary.unclaimed["benefit"].to_pylist()[-1] == "tc_registration"
    (total,) = [one for one in answered.summary.totals.to_pylist() if one["benefit"] == "tc_registration"]
    assert (total["unclaimed"], total["gain"]) == (1, 0)


def test_a_firm_is_refused_with_its_contract_and_a_contract_with_its_firm(answered):
    """Firm B would be summed up without K3; K4 belongs to nobody; P3 belongs to B."""
    assert set(rows(answered, "firm")) == {"A", "C"}
    found = {(row["entity"], row["key"], row["firm"], row["rule"]) for row in answered.rejects.to_pylist()}
    assert found == {
        ("contract", "K3", "B", "cell.flag"),
        ("firm", "B", "B", "below.left-out"),
        ("contract", "K4", "X", "firm.left-out"),
        ("person", "P3", "B", "firm.left-out"),
    }
    assert answered.rejected == 1


def test_sums_over_contracts_reach_the_firm(given, incentives_cn, tmp_path):
    def income(**below):
        out = tmp_path / f"{len(below)}.parquet"
        run_batch(incentives_cn, [given / "firms.csv"], "2024", out=out, as_of=AS_OF,
                  instruments=["tech_transfer_cit"], below=below)  # fmt: skip
        return {row["firm"]: row["tech_transfer_cit"] for row in pq.read_table(out).to_pylist()}

    none = tmp_path / "none.csv"
    none.write_text("contract,firm,ct_kind\nK,C,ownership\n", encoding="utf-8")
    assert income() == {"A": "unknown", "B": "unknown", "C": "not_entitled"}
    assert income(contract=none)["A"] == "not_entitled"


@pytest.mark.parametrize(
    ("below", "instruments", "said"),
    [
        ({"firm": "firms.csv"}, (), "project, contract, person"),
        ({"contract": "firms.csv"}, (), "contract"),
        ({"contract": "orphans.csv"}, (), "firm"),
        ({}, ("technology-contracts",), "--with contract="),
    ],
)
def test_tables_that_do_not_fit_are_refused_with_what_is_needed(
    given, incentives_cn, tmp_path, below, instruments, said
):
    (given / "orphans.csv").write_text("contract,tc_kind\nK1,transfer\n", encoding="utf-8")
    tables = {entity: given / name for entity, name in below.items()}
    with pytest.raises(InputError) as caught:
        run_batch(
            incentives_cn, [given / "firms.csv"], "2024", out=tmp_path / "o", as_of=AS_OF,
            instruments=instruments, below=tables,
        )  # fmt: skip
    (problem,) = caught.value.problems
    assert said in problem.remedy.en


def test_a_table_of_contracts_in_place_of_the_firms_is_pointed_to_its_option(given, incentives_cn, tmp_path):
    with pytest.raises(InputError) as caught:
        run_batch(incentives_cn, [given / "contracts.csv"], "2024", out=tmp_path / "o", as_of=AS_OF)
    assert "--with contract=FILE" in caught.value.problems[0].remedy.en
