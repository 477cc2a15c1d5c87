"""Loading a system: extension field by field, errors with file and line, plain data for the evaluation."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from gaoxin.evaluation.method import Method
from gaoxin.evaluation.structure import Hierarchy
from gaoxin.rulebook import BookError
from gaoxin.rulebook.scaffold import scaffold
from gaoxin.rulebook.system import INDEX, System, load_system, natural_key, shipped_systems

TABLE = """\
system: universities
title: {zh: 大学, en: universities}
entity: university
method:
  normalisation: {method: goalposts, goalposts: {"b": ["1", "100"], "a.2": ["0", "10"]}}
nodes:
  - {no: a, name: {zh: 甲, en: A}, weight: "2", weight_status: quoted}
  - {no: a.2, parent: a, name: {zh: 甲二, en: A two}, data: given, column: papers}
  - {no: a.1, parent: a, name: {zh: 甲一, en: A one}, data: given, column: drop_outs, direction: lower}
  - {no: b, name: {zh: 乙, en: B}, data: given, column: income, transform: ln}
"""


def write(folder: Path, text: str, name: str = "my.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str) -> System:
    return load_system(write(folder, text))


def errors(folder: Path, text: str) -> list[str]:
    path = write(folder, text)
    with pytest.raises(BookError) as caught:
        load_system(path)
    for finding in caught.value.findings:
        assert finding.message.zh, finding
        assert finding.message.en, finding
    return [finding.say("en").replace(f"{path}", "my.yaml") for finding in caught.value.findings]


def extending(body: str, base: str = "national-2021") -> str:
    return f"system: my\ntitle: {{zh: 我的, en: mine}}\nextends: {base}\n{body}"


# any table: no book, columns


def test_a_table_needs_no_book(tmp_path: Path) -> None:
    system = load(tmp_path, TABLE)
    assert system.book is None
    assert [node.no for node in system.indicators] == ["a.2", "a.1", "b"], "order of the file: these are no numbers"
    assert system.parent_of == {"a": INDEX, "a.2": "a", "a.1": "a", "b": INDEX, INDEX: None}
    assert system.weights == {"a": 2.0, "a.2": 1.0, "a.1": 1.0, "b": 1.0}
    assert system.directions == {"a.2": 1, "a.1": -1, "b": 1}
    assert system.weights_by_status == {"quoted": 1, "unconfirmed": 3}


def test_values_come_in_the_order_of_the_indicators_and_transformed(tmp_path: Path) -> None:
    system = load(tmp_path, TABLE)
    columns = {"income": [math.e, 0.0, None], "papers": [1.0, 2.0, 3.0], "drop_outs": [4.0, None, 6.0]}
    expected = [[1.0, 4.0, 1.0], [2.0, np.nan, np.nan], [3.0, 6.0, np.nan]]
    np.testing.assert_array_equal(system.values(columns), expected)


def test_goalposts_are_transformed_like_the_values(tmp_path: Path) -> None:
    method = Method.model_validate(load(tmp_path, TABLE).method)
    assert method.normalisation.goalposts == {"b": (0.0, math.log(100)), "a.2": (0.0, 10.0)}


def test_goalposts_of_a_single_indicator_are_transformed_too(tmp_path: Path) -> None:
    own = 'method:\n  normalisation_of: {b: {method: goalposts, goalposts: {b: ["1", "10"]}}}\n'
    start, end = TABLE.index("method:"), TABLE.index("nodes:")
    method = Method.model_validate(load(tmp_path, TABLE[:start] + own + TABLE[end:]).method)
    assert method.normalisation_of["b"].goalposts == {"b": (0.0, math.log(10))}


def test_goalposts_of_a_replaced_step_are_transformed_too(tmp_path: Path) -> None:
    step = {"normalisation": {"method": "goalposts", "goalposts": {"b": [1, 1000], "a.2": [0, 1], "a.1": [0, 1]}}}
    method = Method.model_validate(load(tmp_path, TABLE).method_with(step))
    assert method.normalisation.goalposts == {"b": (0.0, math.log(1000)), "a.2": (0.0, 1.0), "a.1": (0.0, 1.0)}


def test_goalposts_on_a_logarithmic_scale_must_be_positive(tmp_path: Path) -> None:
    system = load(tmp_path, TABLE.replace('"b": ["1", "100"]', '"b": ["0", "100"]'))
    with pytest.raises(BookError, match="must be positive"):
        _ = system.method


def test_the_tree_is_what_the_evaluation_takes(tmp_path: Path) -> None:
    system = load(tmp_path, TABLE)
    tree = Hierarchy.build(
        system.parent_of,
        weights=system.weights,
        directions=system.directions,
        indicators=[node.no for node in system.indicators],
    )
    assert tree.codes == ("a.2", "a.1", "b", "a", INDEX)
    np.testing.assert_allclose(tree.effective_weights, [1 / 3, 1 / 3, 1 / 3, 2 / 3, 1.0])


# extension


def test_a_node_changes_field_by_field(tmp_path: Path) -> None:
    base = load_system("national-2021").node("1.3")
    node = load(tmp_path, extending('nodes: [{no: "1.3", weight: "1.4", weight_status: official}]')).node("1.3")
    assert (node.weight, node.weight_status, node.weight_confirmed) == (Decimal("1.4"), "official", True)
    assert (node.name, node.expr, node.source, node.parent) == (base.name, base.expr, base.source, base.parent)


def test_the_extended_system_is_left_as_it_was(tmp_path: Path) -> None:
    load(tmp_path, extending('nodes: [{no: "1.3", direction: lower}]\nremove: ["1.4"]'))
    base = load_system("national-2021")
    assert base.node("1.3").direction == 1
    assert base.node("1.4").no == "1.4"


def test_other_data_replaces_the_formula(tmp_path: Path) -> None:
    system = load(tmp_path, extending('nodes: [{no: "5.6", data: zone, item: gx_gazelles}]'))
    node = system.node("5.6")
    assert (node.data, node.item, node.expr, node.figure) == ("zone", "gx_gazelles", "", "gx_gazelles")
    assert system.book is not None
    assert "i_5_6" not in system.book.derived


def test_an_item_gives_its_unit(tmp_path: Path) -> None:
    node = '{no: "1.11", parent: "1", name: {zh: 新, en: new}, data: zone, item: gx_gazelles}'
    assert load(tmp_path, extending(f"nodes: [{node}]")).node("1.11").unit == "家"


def test_removing_a_dimension_removes_what_is_below_it(tmp_path: Path) -> None:
    system = load(tmp_path, extending('remove: ["3"]'))
    assert not [node.no for node in system.nodes if node.no.startswith("3")]
    assert len(system.indicators) == 37


def test_a_step_of_the_method_is_replaced_whole(tmp_path: Path) -> None:
    system = load(tmp_path, extending("method: {normalisation: {method: rank}}"))
    assert system.method["normalisation"] == {"method": "rank"}
    assert system.method["aggregation"] == [{"method": "weighted_sum"}]


def test_extensions_chain(tmp_path: Path) -> None:
    write(tmp_path, extending('nodes: [{no: "1", weight: "0.3", weight_status: official}]'), "city.yaml")
    district = extending('nodes: [{no: "2", weight: "0.1", weight_status: official}]', "city.yaml")
    system = load_system(write(tmp_path, district, "district.yaml"))
    assert (system.weights["1"], system.weights["2"], system.weights["5"]) == (0.3, 0.1, 0.3)
    assert system.extends == ("my", "national-2021")


def test_a_file_may_extend_the_example_city_by_path(tmp_path: Path) -> None:
    city = shipped_systems()["example-city"]
    assert load(tmp_path, extending("", str(city))).node("3.10").unit == "万元/亩"


def test_a_book_of_its_own_brings_items(tmp_path: Path) -> None:
    book = (
        'book: mine\nversion: "1"\ntitle: {zh: 书, en: book}\nfrequency: year\nextends: [national-2021]\n'
        "items:\n  - {code: my_area, entity: zone, name: {zh: 面积, en: area}, type: decimal, unit: 公顷}\n"
    )
    write(tmp_path, book, "book.yaml")
    node = '{no: "2.11", parent: "2", name: {zh: 面积, en: area}, unit: 公顷, data: zone, item: my_area}'
    write(tmp_path, extending(f"nodes:\n  - {node}"), "system.yaml")
    system = load_system(tmp_path)
    assert [node.no for node in system.indicators if node.parent == "2"][-1] == "2.11"
    assert system.version.startswith("1+")


def test_a_book_that_forgets_to_extend_is_told(tmp_path: Path) -> None:
    write(tmp_path, 'book: mine\nversion: "1"\ntitle: {zh: 书, en: book}\nfrequency: year\n', "book.yaml")
    write(tmp_path, extending(""), "system.yaml")
    with pytest.raises(BookError, match=r"system\.yaml:3: .*Add national-2021 to extends"):
        load_system(tmp_path)


def test_the_version_changes_with_what_decides_a_result(tmp_path: Path) -> None:
    same = load(tmp_path, extending("")).content_hash
    assert load(tmp_path, "# a comment\n" + extending("")).content_hash == same
    for body in (
        'nodes: [{no: "1.3", weight: "2", weight_status: official}]',
        'nodes: [{no: "1.3", direction: lower}]',
        'nodes: [{no: "2.6", expr: z_hnte}]',
        "method: {ties: dense}",
        'remove: ["5.1"]',
    ):
        assert load(tmp_path, extending(body)).content_hash != same, body


# errors


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ('[{no: "1.3", weight: "0", weight_status: official}]', r"my\.yaml:4: 1\.3: weight.*greater than 0"),
        ('[{no: "1.3", weight: "-1", weight_status: official}]', r"my\.yaml:4: 1\.3: weight.*greater than 0"),
        ('[{no: "1.3", weight: "2"}]', r"my\.yaml:4: 1\.3: a weight needs a weight_status"),
        ('[{no: "1.4", weight: "2", weight_status: unconfirmed}]', "an unconfirmed weight counts 1"),
        ('[{no: "1.3", wieght: "2"}]', "unknown key wieght"),
        ('[{no: "1.3", direction: up}]', "direction: up is not one of: higher, lower"),
        ('[{no: "1.3"}, {no: "1.3"}]', "the number 1.3 is used twice"),
        ("[{no: index, name: {zh: 总, en: all}}]", "used twice or reserved"),
        ('[{no: "1.30", direction: lower}]', r"1\.30: name is missing\. national-2021 has no 1\.30"),
        ('[{no: "1.3", parent: "9"}]', r"1\.3: the parent 9 does not exist"),
        ('[{no: "1", parent: "2"}, {no: "2", parent: "1"}]', "forms a cycle"),
        ('[{no: "1", data: firm, expr: z_qd01}]', "it has indicators below it"),
        ('[{no: "1.3", item: gx_gazelles}]', "item does not go with data: firm. Write expr."),
        ('[{no: "1.3", data: zone}]', "data: zone needs item"),
        ('[{no: "1.6", item: gx_startup_service}]', "no item gx_startup_service. Did you mean gx_startup_services"),
        ('[{no: "1.6", item: qc05_0}]', "qc05_0 is not a number reported by zone"),
        ('[{no: "1.6", unit: 家}]', "the unit 家 differs from that of the item gx_startup_services, 个"),
        ('[{no: "1.6", source: {document: nowhere}}]', r"1\.6: no document nowhere"),
        ('[{no: "6", name: {zh: 六, en: six}}]', r"6: it has neither data of its own nor indicators"),
        ('[{no: "1.11", name: {zh: 新, en: new}, data: firm, expr: z_hnte, unit: 家}]', "does it belong to 1"),
        ('[{no: "2.6", expr: z_hnte + z_qd01}]', r"my\.yaml:4: i_2_6: units differ"),
        ('[{no: "2.6", expr: z_hntes}]', "unknown name z_hntes. Did you mean z_hnte"),
        ('[{no: "2.6", expr: qc05_0, unit: 千元}]', "qc05_0 belongs to firm, not to zone"),
        ('[{no: "2.5", unit: 千元}]', r"i_2_5"),
        ('[{no: "2.6", expr: "read_csv(\'x\')"}]', "read_csv is not a function of rules"),
    ],
)
def test_what_is_wrong_with_a_node(tmp_path: Path, nodes: str, expected: str) -> None:
    said = "\n".join(errors(tmp_path, extending(f"nodes: {nodes}")))
    assert re.search(expected, said), said


def test_an_error_in_a_formula_that_is_taken_over_points_to_where_it_was_written(tmp_path: Path) -> None:
    write(tmp_path, extending('nodes:\n  - {no: "2.6", expr: z_hnte}'), "city.yaml")
    # the unit of the district does not fit the formula, which stands in the file of the city
    district = write(tmp_path, extending('nodes: [{no: "2.6", unit: 人}]', "city.yaml"), "district.yaml")
    with pytest.raises(BookError, match=r"city\.yaml:5: i_2_6"):
        load_system(district)


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    said = errors(tmp_path, extending('nodes: [{no: "1.3", weight: "0"}, {no: "1.4", direction: up}]\nremove: ["7.7"]'))
    assert len(said) == 3


def test_removing_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert errors(tmp_path, extending('remove: ["7.7"]')) == ["my.yaml:4: 7.7: there is no indicator 7.7 to remove"]


def test_removing_every_indicator_of_a_dimension_leaves_it_empty(tmp_path: Path) -> None:
    numbers = ", ".join(f'"4.{i}"' for i in range(1, 8))
    assert "4: it has neither data" in "\n".join(errors(tmp_path, extending(f"remove: [{numbers}]")))


def test_unknown_system_names_those_that_ship(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="Shipped systems: example-city, national-2021, national-2024"):
        load_system("national-2030")
    assert "my.yaml:3" in errors(tmp_path, extending("", "national-2030"))[0]


def test_a_cycle_of_extensions_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, extending("", "b.yaml"), "a.yaml")
    write(tmp_path, extending("", "a.yaml"), "b.yaml")
    with pytest.raises(BookError, match="a cycle"):
        load_system(tmp_path / "a.yaml")


def test_indicators_from_returns_need_a_book(tmp_path: Path) -> None:
    said = errors(tmp_path, TABLE.replace("data: given, column: papers", "data: zone, item: papers"))
    assert "the system has no book" in said[0]


def test_a_table_says_what_is_evaluated(tmp_path: Path) -> None:
    assert "entity is missing" in errors(tmp_path, TABLE.replace("entity: university\n", ""))[0]


def test_a_file_that_is_no_system(tmp_path: Path) -> None:
    assert "system is missing" in "\n".join(errors(tmp_path, "title: {zh: 无, en: none}\n"))
    assert errors(tmp_path, "- 1\n- 2\n")


def test_asking_for_a_number_that_is_not_there_lists_the_numbers() -> None:
    with pytest.raises(BookError, match=r"no indicator 9\.9.*1\.10"):
        load_system("national-2021").node("9.9")


# numbers, scaffold


def test_numbers_sort_naturally() -> None:
    numbers = ["1.10", "1.9", "10", "2", "1.2", "1", "2.1.10", "2.1.9"]
    assert sorted(numbers, key=natural_key) == ["1", "1.2", "1.9", "1.10", "2", "2.1.9", "2.1.10", "10"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("base", ["national-2021", "example-city", "national-2024"])
def test_a_new_file_loads_and_changes_nothing(tmp_path: Path, base: str, language: str) -> None:
    original = load_system(base, incomplete=True)
    text = scaffold("my-city", original, language=language)  # type: ignore[arg-type]
    system = load_system(write(tmp_path, text), incomplete=True)
    assert system.name == "my-city"
    assert [node.no for node in system.nodes] == [node.no for node in original.nodes]
    assert system.weights == original.weights
    assert system.method == original.method
    assert set(original.missing) <= set(system.missing)


def test_the_examples_in_a_new_file_are_valid_once_uncommented(tmp_path: Path) -> None:
    text = scaffold("my-city", load_system("national-2021"), language="en")
    text = text.replace("nodes: []\n", "").replace("remove: []\n", "").replace("my_item", "gx_gazelles")
    lines = text.splitlines()
    start = lines.index("# method:")
    chosen = [line.removeprefix("# ").removeprefix("#") for line in lines[start : start + 5]]
    start = lines.index("# nodes:")
    chosen += [line.removeprefix("# ").removeprefix("#") for line in lines[start : start + 3]]
    chosen += [line.removeprefix("# ") for line in lines if line.startswith("# remove:")]
    system = load_system(write(tmp_path, "\n".join([*lines, *chosen]) + "\n"))
    assert system.weights["1.1"] == 1.5
    assert system.node("1.99").item == "gx_gazelles"
    assert "5.10" not in system.parent_of
    assert Method.model_validate(system.method).imputation.method == "group_median"


def test_a_new_file_for_a_table_offers_a_column(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE, "universities.yaml")
    text = scaffold("mine", load_system(path), extends="universities.yaml", language="en")
    assert "data: given, column: my_column" in text
    assert load_system(write(tmp_path, text, "mine.yaml")).extends == ("universities",)
