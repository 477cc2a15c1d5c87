"""The reposted municipal notice of 2021, whose text is not in this repository: read when it lies beside it.

The counts were made by hand from the text.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gaoxin.notices import Notice, read_notice
from gaoxin.notices.files import read_file
from notices.passages import blank, covered, passages

NOTICE = Path(__file__).parents[2] / ".." / "shared" / "data" / "notice-2021.txt"
pytestmark = pytest.mark.skipif(not NOTICE.exists(), reason="the notice is not beside the repository")

UNITS = {
    "二(二)": 6,
    "二(三)": 10,
    "三(二)": 6,
    "三(三)": 5,
    "三(四)": 8,
    "三(五)": 8,
    "五(三)": 4,
    "六(一)": 3,
    "六(二)": 4,
}
TOP = ["一", "二", "三", "四", "五", "六"]


@pytest.fixture(scope="module")
def notice() -> Notice:
    return read_notice(read_file(NOTICE))


def test_no_clause_is_lost(notice: Notice) -> None:
    labels = [clause.label for clause in notice.clauses()]
    assert sorted(labels) == sorted([*TOP, *UNITS])


def test_no_unit_is_wrong(notice: Notice) -> None:
    counted = {clause.label: len(clause.answerable) for clause in notice.clauses() if clause.duties}
    assert counted == UNITS
    for clause in notice.clauses():
        for duty in clause.duties:
            listed = duty.words.text.strip("()（）").split(":", 1)[1].split("、")
            assert [unit.name.text for unit in duty.units] == listed
            assert {unit.role for unit in duty.units} == {"responsible"}
    found = [unit for _, _, unit in notice.units()]
    assert {unit.certainty for unit in found} == {"register", "group"}
    assert {unit.name.text for unit in found if unit.certainty == "group"} == {"各区政府"}
    assert all(len(unit.members) == 16 for unit in found if unit.certainty == "group")


def test_gaps_are_reported(notice: Notice) -> None:
    messages = [finding.message.zh for finding in notice.findings]
    for gap in ("缺 二(一)", "缺 三(一)", "缺 五(一)、五(二)", "一 只有标题，没有正文", "四 只有标题，没有正文"):
        assert gap in messages
    assert len(messages) == 7  # and: the title is only 通知, there is no number


def test_head_and_foot(notice: Notice) -> None:
    assert [issuer.text for issuer in notice.issuers] == ["上海市人民政府"]
    assert str(notice.signed_on) == "2021-07-23"
    assert notice.validity is not None
    assert str(notice.validity.begins) == "2021-09-01"
    assert [(c.title.text[1:7], c.number.text if c.number else "") for c in notice.basis] == [
        ("国务院关于促", "国发〔2020〕7号")
    ]
    assert len(notice.set_aside()) == 4


def test_programmes_and_actions(notice: Notice) -> None:
    named = [mention.name.text for clause in notice.clauses() for mention in clause.mentions]
    assert named == [
        "基础创新人才培育工程", "卓越制造人才提升工程", "高技能人才振兴工程", "上海方案", "张江在线", "长阳秀带",
    ]  # fmt: skip
    actions = {clause.label: len(clause.actions) for clause in notice.clauses() if clause.actions}
    assert actions == dict(zip(UNITS, [9, 14, 18, 19, 13, 9, 6, 7, 9], strict=True))
    assert all(action.verb for clause in notice.clauses() for action in clause.actions)


def test_nothing_is_lost_or_invented(notice: Notice) -> None:
    for passage in passages(notice):
        assert notice.source[passage.span.start : passage.span.end] == passage.text
    for character, count in zip(notice.source, covered(notice), strict=True):
        assert count == 1 or blank(character)
