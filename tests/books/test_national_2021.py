"""The national system of 2021: 46 indicators as known, nothing filled in silently."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from gaoxin.evaluation.method import Method
from gaoxin.evaluation.structure import Hierarchy
from gaoxin.rulebook.system import INDEX, System, load_system

TEXT = (Path(__file__).parents[1] / "data/torch/indicators-2021.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))


@pytest.fixture(scope="module")
def system() -> System:
    return load_system("national-2021")


def test_numbers_are_text_in_natural_order(system: System) -> None:
    assert [node.no for node in system.indicators] == [row["no"] for row in ROWS]
    assert len(ROWS) == 46
    assert "1.10" in system.parent_of
    numbers = [node.no for node in system.nodes]
    assert numbers.index("1.2") < numbers.index("1.9") < numbers.index("1.10") < numbers.index("2")


def test_first_level_names_and_weights(system: System) -> None:
    first = {row["no"].split(".")[0]: (row["first_level"], row["first_level_weight"]) for row in ROWS}
    dimensions = {node.no: node for node in system.nodes if node.parent == INDEX}
    assert {no: (node.name.zh, str(node.weight)) for no, node in dimensions.items()} == first
    assert sum(node.weight for node in dimensions.values()) == 1
    assert [dimensions[no].weight_status for no in "12345"] == ["official", *["secondary"] * 4]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["no"])
def test_indicator_as_it_is_known(system: System, row: dict[str, str]) -> None:
    node = system.node(row["no"])
    known = row["name_zh"].replace("(园)区", "园区").replace("(", "（").replace(")", "）")
    assert node.name.zh == known
    assert node.name.en
    assert node.parent == row["no"].split(".")[0]
    assert node.unit == (row["unit"] or "unknown")
    assert node.data == {"enterprise": "firm", "zone": "zone", "qualitative": "expert"}[row["data_kind"]]
    assert node.confidence == row["confidence"]
    assert node.direction == (-1 if row["direction"].startswith("lower") else 1)
    assert node.direction_status == ("inferred" if row["direction"] else "unknown")
    if row["weight"]:
        assert (str(node.weight), node.weight_status) == (row["weight"], row["weight_confidence"])
    else:
        assert (node.weight, node.weight_status) == (Decimal(1), "unconfirmed")


def test_counts_of_kinds_and_weights(system: System) -> None:
    kinds = [node.data for node in system.indicators]
    assert (kinds.count("firm"), kinds.count("zone"), kinds.count("expert")) == (28, 13, 5)
    assert system.weights_by_status == {"official": 3, "secondary": 4, "inferred": 1, "unconfirmed": 43}
    assert system.n_unconfirmed_weights == 43


def test_cautions_stand_beside_the_indicators(system: System) -> None:
    assert "计两次" in system.node("4.3").note.zh
    assert "counts twice" in system.node("4.3").note.en
    assert system.node("4.3").expr == "z_foreign_trademark + z_foreign_invention"
    assert system.book is not None
    assert "qj57_1 > 0" in system.book.derived["z_foreign_invention"].expr
    assert "rd_qc05_0 >= qty(5, '%')" in system.book.derived["z_qc05_0_rd5"].expr
    assert "rd_qc05_0 > qty(5, '%')" in system.book.derived["z_large_rd5"].expr
    for no in ("5.3", "5.7"):
        assert "5%" in system.node(no).note.zh


def test_sums_over_firms_state_their_coverage(system: System) -> None:
    assert system.book is not None
    sums = [entry for code, entry in system.book.derived.items() if code.startswith("z_")]
    assert len(sums) == 40
    assert {entry.min_coverage for entry in sums} == {Decimal("0.95")}


def test_method_is_the_one_of_the_working_system(system: System) -> None:
    method = Method.model_validate(system.method)
    assert (method.normalisation.method, method.normalisation.low, method.normalisation.high) == ("minmax", 0.0, 1.0)
    assert method.normalisation.clamp
    assert {method.aggregation_at("1", 2).method, method.aggregation_at(INDEX, 3).method} == {"weighted_sum"}


def test_becomes_one_tree(system: System) -> None:
    tree = Hierarchy.build(
        system.parent_of,
        weights=system.weights,
        directions=system.directions,
        indicators=[node.no for node in system.indicators],
    )
    assert tree.n_indicators == 46
    assert tree.codes[-1] == INDEX
    assert tree.weights[tree.position("1.2")] == 1.2
    assert tree.directions[tree.codes.index("3.1")] == -1
    assert int(tree.levels[-1]) == 3


def test_zone_return_serves_every_indicator_that_is_not_from_firms(system: System) -> None:
    assert system.book is not None
    used = {node.item for node in system.indicators if node.data in {"zone", "expert"}}
    own = {code for code, item in system.book.items.items() if item.entity == "zone"}
    assert used == own
    assert len(own) == 18
    assert all(code.startswith("gx_") for code in own)
