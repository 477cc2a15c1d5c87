"""Which organisations a unit of a notice means, and when that is for a person to say."""

from __future__ import annotations

import pytest

from gaoxin.notices import read_notice
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.measures.names import meant
from gaoxin.platform.organisations.models import Organisation

TREE = [
    Organisation(code="a", name="上海市科学技术委员会", kind=Kind.BUREAU),
    Organisation(code="b", name="黄浦区", kind=Kind.DISTRICT),
    Organisation(code="c", name="徐汇区", kind=Kind.DISTRICT),
    Organisation(code="d", name="双名单位", kind=Kind.BUREAU),
    Organisation(code="e", name="双名单位", kind=Kind.ZONE),
]


@pytest.mark.parametrize(
    ("written", "codes", "sure"),
    [
        ("市科委", ["a"], True),
        ("黄浦区政府", ["b"], True),
        ("各区政府", ["b", "c"], False),  # the register knows sixteen districts, this tree two of them
        ("双名单位", [], False),  # two organisations of that name
        ("市财政局", [], False),
    ],
)
def test_a_unit_means_what_has_its_name(written: str, codes: list[str], sure: bool) -> None:
    notice = read_notice(f"上海市关于支持高新区的若干措施\n一、建设平台。支持企业建设研究院。（责任单位：{written}）")
    (unit,) = notice.clause("一").answerable
    found, decided = meant(unit, TREE)
    assert ([one.code for one in found], decided) == (codes, sure)
