"""Two versions of a notice are compared clause by clause."""

from __future__ import annotations

from gaoxin.notices import Comparison, compare, read_notice
from gaoxin.notices.outputs.compare import ClausePair

OLD = """望舒市关于支持园区发展的若干措施
望府发〔2023〕1号
一、强化创新
（一）建设平台。支持企业建设研究院和重点实验室，给予最高100万元补助。（责任单位：市科技局、市财政局）
（二）引进人才。完善人才落户和住房保障政策，发放安家补贴。（责任单位：市人力资源社会保障局）
（三）培育企业。实施科技型企业梯度培育行动，建立培育库。（责任单位：市科技局）
二、优化环境
（一）简化审批。推行告知承诺制，压缩审批时限。（责任单位：市行政审批局）
（二）加强宣传。总结推广典型经验和做法。（责任单位：市委宣传部）
望舒市人民政府
2023年1月5日
"""
NEW = """望舒市关于支持园区发展的若干措施
望府发〔2024〕9号
一、强化创新
(一)培育企业。实施科技型企业梯度培育行动,建立培育库。(责任单位:市科技局)
（二）建设平台。支持企业建设研究院和重点实验室，给予最高200万元补助。（牵头单位：市科技局；配合单位：市财政局、市税务局）
二、优化环境
（一）简化审批。推行告知承诺制，压缩审批时限。（责任单位：市行政审批局）
（二）引进人才。完善人才落户和住房保障政策，发放安家补贴。（责任单位：市人力资源社会保障局）
（三）便利融资。设立产业引导基金，扩大知识产权质押贷款规模。（责任单位：市财政局）
望舒市人民政府
2024年3月1日
"""


def compared() -> Comparison:
    return compare(read_notice(OLD), read_notice(NEW))


def pair(heading: str) -> ClausePair:
    for pair in compared().clauses:
        for clause in (pair.new, pair.old):
            if clause and clause.heading and clause.heading.text == heading:
                return pair
    raise KeyError(heading)


def test_states_of_all_clauses() -> None:
    assert compared().counts == {"same": 5, "changed": 1, "added": 1, "removed": 1}


def test_reworded_clause_shows_the_words_that_differ() -> None:
    platform = pair("建设平台")
    assert platform.state == "changed"
    assert [(change.old, change.new) for change in platform.changes] == [("1", "2")]


def test_units_that_came_and_roles_that_changed() -> None:
    units = {unit.name: (unit.before, unit.after) for unit in pair("建设平台").units}
    assert units == {
        "市科技局": ("responsible", "lead"),
        "市财政局": ("responsible", "cooperating"),
        "市税务局": (None, "cooperating"),
    }


def test_a_clause_under_another_heading_has_moved() -> None:
    talent = pair("引进人才")
    assert (talent.state, talent.moved, talent.renumbered) == ("same", True, False)
    assert talent.old is not None
    assert talent.new is not None
    assert (talent.old.label, talent.new.label) == ("一(二)", "二(二)")


def test_a_clause_with_another_number_in_another_order() -> None:
    firms = pair("培育企业")
    assert (firms.state, firms.renumbered) == ("same", True)
    assert firms.moved is not pair("建设平台").moved  # one of the two has changed its place, not both


def test_another_width_of_punctuation_is_no_change() -> None:
    assert pair("培育企业").changes == ()


def test_added_and_removed_clauses_stand_with_their_units() -> None:
    assert pair("便利融资").state == "added"
    assert [(u.name, u.before, u.after) for u in pair("便利融资").units] == [("市财政局", None, "responsible")]
    assert pair("加强宣传").state == "removed"
    assert pair("加强宣传").new is None


def test_the_head_shows_what_differs() -> None:
    head = {change.field.en: (change.old, change.new) for change in compared().head}
    assert head == {
        "number": ("望府发〔2023〕1号", "望府发〔2024〕9号"),
        "signed": ("2023年1月5日", "2024年3月1日"),
    }


def test_a_notice_compared_with_itself_has_not_changed() -> None:
    notice = read_notice(OLD)
    comparison = compare(notice, notice)
    assert comparison.counts == {"same": 7, "changed": 0, "added": 0, "removed": 0}
    assert not comparison.head
    assert not any(pair.moved or pair.renumbered for pair in comparison.clauses)


def test_every_clause_of_both_versions_is_in_exactly_one_pair() -> None:
    old, new = read_notice(OLD), read_notice(NEW)
    pairs = compare(old, new).clauses
    assert [pair.new.span for pair in pairs if pair.new] == [clause.span for clause in new.clauses()]
    assert sorted(pair.old.span for pair in pairs if pair.old) == sorted(clause.span for clause in old.clauses())
