"""The systems beside the national one: known in part, completed by a city, changed by a city."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaoxin.evaluation.index import evaluate
from gaoxin.evaluation.method import Method
from gaoxin.evaluation.structure import Hierarchy
from gaoxin.rulebook import BookError
from gaoxin.rulebook.system import INDEX, SystemIncomplete, load_system, shipped_systems

COMPLETED = """
system: my-2024
title: {zh: 本市 2024, en: our city 2024}
extends: national-2024
entity: zone
status: complete
method:
  normalisation: {method: minmax, low: "0", high: "100"}
nodes:
  - {no: "1.2", data: zone, item: gx_gdp_share}
  - {no: "2", name: {zh: 二, en: two}, weight: "0.85", weight_status: inferred}
  - {no: "2.1", parent: "2", name: {zh: 企业数, en: firms}, unit: 家, weight: "1", weight_status: inferred,
     data: firm, expr: z_hnte}
"""


def test_shipped_systems_are_called_like_their_folders() -> None:
    assert set(shipped_systems()) == {"national-2021", "national-2024", "example-city"}
    for name in shipped_systems():
        assert load_system(name, incomplete=True).name == name


def test_running_the_2024_system_is_an_error_that_lists_what_is_missing() -> None:
    with pytest.raises(SystemIncomplete) as caught:
        load_system("national-2024")
    english = [text.en for text in caught.value.missing]
    chinese = [text.zh for text in caught.value.missing]
    assert any("first-level indicators 2 to 6" in text for text in english)
    assert any("39" in text for text in english)
    assert any("1.2" in text and "producer services" in text for text in english)
    assert any("39 个二级指标" in text for text in chinese)
    assert any("1.2" in text and "data" in text for text in chinese), "the gap in the tree is listed too"
    said = str(caught.value)
    assert "extends: national-2024" in said
    assert all(text in said for text in english)


def test_the_2024_system_can_be_looked_at() -> None:
    system = load_system("national-2024", incomplete=True)
    weights = {node.no: (str(node.weight), node.weight_status) for node in system.nodes}
    assert weights == {
        "1": ("0.15", "quoted"),
        "1.1": ("0.8", "quoted"),
        "1.2": ("1.2", "quoted"),
        "1.3": ("1", "quoted"),
        "1.4": ("1", "quoted"),
    }


def test_a_city_completes_the_2024_system(tmp_path: Path) -> None:
    path = tmp_path / "my-2024.yaml"
    path.write_text(COMPLETED, encoding="utf-8")
    system = load_system(path)
    assert system.missing == ()
    assert [node.no for node in system.indicators] == ["1.1", "1.2", "1.3", "1.4", "2.1"]
    assert system.extends == ("national-2024",)
    assert system.book is not None
    assert system.book.derived[system.node("2.1").figure].unit == "家"
    assert system.node("1.2").weight_status == "quoted", "what the city does not change stays"


def test_a_city_that_fills_only_part_is_told_what_remains(tmp_path: Path) -> None:
    path = tmp_path / "part.yaml"
    part = COMPLETED.replace('  - {no: "1.2", data: zone, item: gx_gdp_share}\n', "")
    path.write_text(part, encoding="utf-8")
    with pytest.raises(BookError, match=r"1\.2: it has neither data"):
        load_system(path)
    path.write_text(part.replace("status: complete", "status: incomplete"), encoding="utf-8")
    with pytest.raises(SystemIncomplete, match="39 second-level indicators"):
        load_system(path)


def test_extending_an_incomplete_system_needs_a_word_on_its_status(tmp_path: Path) -> None:
    path = tmp_path / "silent.yaml"
    path.write_text(COMPLETED.replace("status: complete\n", ""), encoding="utf-8")
    with pytest.raises(BookError, match="national-2024 is incomplete"):
        load_system(path)


def test_the_example_city_changes_drops_and_adds() -> None:
    base, city = load_system("national-2021"), load_system("example-city")
    assert city.title.zh.endswith("（虚构示例）")
    assert "fictitious" in city.title.en
    numbers = {node.no for node in city.nodes}
    assert {node.no for node in base.nodes} - numbers == {"5.1"}
    assert numbers - {node.no for node in base.nodes} == {"3.10"}
    assert [node.no for node in city.nodes if node.parent == "3"][-1] == "3.10"
    assert (city.weights["1"], city.weights["4"], city.weights["1.3"]) == (0.25, 0.10, 1.5)
    assert city.weights["2"] == base.weights["2"]
    assert sum(city.weights[no] for no in "12345") == pytest.approx(1.0)
    assert city.book is not None
    assert city.book.items["ec_developed_land"].unit == "亩"
    assert city.book.derived[city.node("3.10").figure].unit == "万元/亩"


def test_the_example_city_scores_in_its_own_way() -> None:
    method = Method.model_validate(load_system("example-city").method)
    assert method.aggregation_at(INDEX, 3).method == "arithmetic"
    assert (method.normalisation.high, method.treatment.method) == (100.0, "winsorise")
    assert method.ties == "min", "steps that are not written stay as in the national system"


def test_the_example_city_scores_the_profit_margin_against_national_extremes() -> None:
    city = load_system("example-city")
    numbers = [node.no for node in city.indicators]
    tree = Hierarchy.build(city.parent_of, weights=city.weights, directions=city.directions, indicators=numbers)
    values = np.tile(np.arange(3.0)[:, None], (1, len(numbers)))
    values[:, numbers.index("2.5")] = [-30.0, 1.55, 22.7]
    done = evaluate(values, tree, Method.model_validate(city.method), units=["A", "B", "C"])
    np.testing.assert_allclose(done.normalised[:, numbers.index("2.5")], [0.0, 50.0, 100.0])
    np.testing.assert_allclose(done.normalised[:, numbers.index("1.1")], [0.0, 50.0, 100.0])
    assert done.index.max() <= 100


def test_the_national_score_is_the_weighted_sum_of_clamped_indicators() -> None:
    system = load_system("national-2021")
    numbers = [node.no for node in system.indicators]
    tree = Hierarchy.build(system.parent_of, weights=system.weights, directions=system.directions, indicators=numbers)
    generator = np.random.default_rng(2021)
    values = generator.normal(size=(5, len(numbers)))
    done = evaluate(values, tree, Method.model_validate(system.method), units=list("ABCDE"))
    low, high = values.min(axis=0), values.max(axis=0)
    unit = (values - low) / (high - low)
    reverse = [numbers.index(no) for no in ("3.1", "3.2")]
    unit[:, reverse] = 1 - unit[:, reverse]
    weight = [0.8, 1.2, *[1.0] * 18, 1.2, *[1.0] * 25]
    first = [{"1": 0.2, "2": 0.2, "3": 0.15, "4": 0.15, "5": 0.3}[no[0]] for no in numbers]
    np.testing.assert_allclose(done.index, unit @ (np.array(weight) * first), rtol=1e-12)
