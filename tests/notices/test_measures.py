"""The list of measures is drafted, edited as a file, and read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaoxin.notices import draft_measures, load_measures, read_notice
from gaoxin.notices.outputs.measures import edited, load_measures_file, to_json, to_yaml
from gaoxin.problems import InputError
from notices.reading_gold import fixtures

NOTICE = next(fixture for fixture in fixtures() if fixture.name == "01-brackets")


def test_yaml_and_json_give_the_same_list_back() -> None:
    measures = draft_measures(NOTICE.read())
    assert load_measures(to_yaml(measures)) == measures
    assert load_measures(to_json(measures)) == measures


def test_a_measure_has_units_actions_targets_and_the_place_of_its_words() -> None:
    measures = draft_measures(NOTICE.read())
    platform = next(measure for measure in measures.measures if measure.clause == "二(一)")
    assert platform.heading == "建设高水平创新平台"
    unit = platform.units[0]
    assert (unit.name, unit.role, unit.body) == ("市科技局", "responsible", "望舒市科学技术局")
    assert platform.deadlines == ["2024年底前"]
    assert [(target.value, target.unit, target.year) for target in platform.targets] == [("10", "家", 2024)]
    first = platform.actions[0]
    assert first.at is not None
    assert NOTICE.text[first.at.start : first.at.end] == first.words == "支持高校、科研院所和企业联合组建实验室"


def test_what_a_person_changed_or_added_is_told_from_the_notice(tmp_path: Path) -> None:
    path = tmp_path / "measures.yaml"
    path.write_text(to_yaml(draft_measures(NOTICE.read())), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    text = text.replace("words: 实施创新平台倍增计划", "words: 制定创新平台倍增计划并组织实施", 1)
    path.write_text(text, encoding="utf-8")
    measures = load_measures_file(path)
    measures.measures[0].actions[0].at = None
    assert [action.words for _, action in edited(measures, NOTICE.text)] == [
        measures.measures[0].actions[0].words,
        "制定创新平台倍增计划并组织实施",
    ]


def test_an_unedited_list_has_no_edits() -> None:
    for fixture in fixtures():
        assert edited(draft_measures(fixture.read()), fixture.text) == []


def test_a_list_is_not_held_against_another_notice() -> None:
    with pytest.raises(InputError) as caught:
        edited(draft_measures(NOTICE.read()), NOTICE.text + "。")
    assert caught.value.problems[0].remedy.zh


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"measures": [{"heading": "没有条款号"}]}, "measures.0.clause"),
        ({"measures": [{"clause": "一", "units": [{"name": "甲", "role": "boss"}]}]}, "measures.0.units.0.role"),
        ({"format": "other"}, "format"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_broken_list_says_where(change: dict[str, object], place: str) -> None:
    data = json.loads(to_json(draft_measures(read_notice("一、甲。推进乙。")))) | change
    with pytest.raises(InputError) as caught:
        load_measures(json.dumps(data), "list.json")
    assert [problem.message.en.split(":")[0] for problem in caught.value.problems] == [place]
    assert caught.value.problems[0].file == "list.json"


def test_no_yaml_at_all_is_a_message() -> None:
    with pytest.raises(InputError):
        load_measures("a: [1, 2")
