"""Names of units are resolved by register or by form, and never by guessing."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaoxin.notices import load_register
from gaoxin.notices.notice import Jurisdiction
from gaoxin.notices.text.view import Passage, Span
from gaoxin.notices.units.bodies import Bodies
from gaoxin.notices.units.register import forms, shipped_registers
from gaoxin.problems import InputError


def bodies(place: str = "", level: str = "") -> Bodies:
    return Bodies(Jurisdiction(place, level, Passage("", Span(0, 0))) if place else None)


SHANGHAI = bodies("上海市", "市")
WANGSHU = bodies("望舒市", "市")
SONGYING = bodies("望舒市松影区", "区")


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ("市科委", "上海市科学技术委员会"),
        ("上海市科委", "上海市科学技术委员会"),
        ("上海市科学技术委员会", "上海市科学技术委员会"),
        ("市发改委", "上海市发展和改革委员会"),
        ("市经信委", "上海市经济和信息化委员会"),
        ("上海科创办", "上海推进科技创新中心建设办公室"),
        ("市税务局", "国家税务总局上海市税务局"),
        ("团市委", "共产主义青年团上海市委员会"),
        ("临港新片区管委会", "中国（上海）自由贸易试验区临港新片区管理委员会"),
        ("浦东新区政府", "浦东新区人民政府"),
        ("科技部", "中华人民共和国科学技术部"),
    ],
)
def test_shanghai_by_its_register(written: str, body: str) -> None:
    found = SHANGHAI.resolve(written)
    assert (found.body, found.certainty) == (body, "register")


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ("市科技局", "望舒市科学技术局"),
        ("市工信局", "望舒市工业和信息化局"),
        ("市自然资源和规划局", "望舒市自然资源和规划局"),
        ("市卫生健康委", "望舒市卫生健康委员会"),
        ("市委网信办", "中共望舒市委网络安全和信息化委员会办公室"),
        ("市总工会", "望舒市总工会"),
        ("市府办", "望舒市人民政府办公室"),
        ("人行望舒市中心支行", "中国人民银行望舒市中心支行"),
        ("松影区政府", "松影区人民政府"),
        ("望舒高新区管委会", "望舒高新区管理委员会"),
        ("望舒市科技局", "望舒市科学技术局"),
    ],
)
def test_an_unknown_city_by_the_form_of_the_name(written: str, body: str) -> None:
    found = WANGSHU.resolve(written)
    assert (found.body, found.certainty) == (body, "pattern")


def test_a_merged_bureau_keeps_its_words() -> None:
    assert WANGSHU.resolve("市文化广电和旅游局").body == "望舒市文化广电和旅游局"
    assert SONGYING.resolve("区发展改革和统计局").body == "望舒市松影区发展改革和统计局"


def test_a_district_notice_speaks_of_the_city_above_and_of_itself() -> None:
    assert SONGYING.resolve("市科技局").body == "望舒市科学技术局"
    assert SONGYING.resolve("区科技局").body == "望舒市松影区科学技术局"
    assert SONGYING.resolve("科技局").body == "望舒市松影区科学技术局"
    assert SONGYING.resolve("科技局").doubts


def test_a_prefix_is_inherited_in_a_series() -> None:
    assert bodies("沧浪省", "省").resolve("交通运输厅", "省").body == "沧浪省交通运输厅"
    assert bodies("沧浪省", "省").resolve("网信办", "省委").body == "中共沧浪省委网络安全和信息化委员会办公室"
    assert SHANGHAI.resolve("经济信息化委", "市").body == "上海市经济和信息化委员会"


def test_districts_are_expanded_where_the_register_knows_them() -> None:
    found = SHANGHAI.resolve("各区政府")
    assert found.certainty == "group"
    assert len(found.members) == 16
    assert "浦东新区人民政府" in found.members
    assert WANGSHU.resolve("各区政府").members == ()


@pytest.mark.parametrize(
    "written",
    [
        "市有关部门",
        "各有关单位",
        "各县(市、区)人民政府",
        "属地政府",
        "市级各有关部门",
        "各商业银行",
        "相关区政府",
        "各市、州人民政府",
    ],
)
def test_groups_are_groups_and_not_expanded_without_knowledge(written: str) -> None:
    found = SHANGHAI.resolve(written)
    assert (found.certainty, found.body, found.members) == ("group", None, ())


@pytest.mark.parametrize(
    "written", ["龙头企业", "市科技", "推进局", "甲乙丙", "望舒科创投资集团", "建设", "各方面", "。", ""]
)
def test_what_is_not_known_stays_unknown(written: str) -> None:
    for known in (SHANGHAI, WANGSHU, bodies()):
        assert known.resolve(written).certainty == "unknown"
        assert known.resolve(written).body is None


def test_a_body_that_the_register_of_the_place_does_not_have_is_for_a_person_to_decide() -> None:
    found = SHANGHAI.resolve("市科技局")
    assert found.certainty == "unknown"
    assert found.body is None
    assert "上海市科学技术委员会" in found.candidates
    assert "上海市科学技术局" in found.candidates


def test_a_misspelt_name_is_not_corrected_but_has_candidates() -> None:
    assert WANGSHU.resolve("市白然资源和规划局").candidates == ("望舒市自然资源和规划局",)
    assert SHANGHAI.resolve("市科季").candidates


def test_an_entry_that_the_register_is_not_certain_of_says_so() -> None:
    assert SHANGHAI.resolve("张江高新区管委会").doubts
    assert not SHANGHAI.resolve("市科委").doubts


def test_shipped_registers_have_sixteen_districts_and_a_confidence_for_every_body() -> None:
    national, shanghai = shipped_registers()
    assert len(shanghai.districts) == 16
    assert all(body.confidence in {"quoted", "secondary", "inferred"} for body in (*national.bodies, *shanghai.bodies))
    assert {body.confidence for body in shanghai.bodies} == {"quoted", "secondary", "inferred"}
    assert shanghai.cautions


def test_full_forms_are_recognised_as_well_as_short_ones() -> None:
    known = forms()
    for short, full in known.fields.items():
        assert not full or known.fields[full] == full, short
    assert WANGSHU.resolve("市科学技术局").body == WANGSHU.resolve("市科技局").body


BASE = "register: x\nplace: 望舒市\nlevel: 市\ntitle: {zh: 甲, en: x}\nbodies:\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BASE + "  - {name: 望舒市科技局}\n", 6, "needs name and short"),
        (BASE + "  - {name: 甲局, short: 市甲局}\n  - {name: 乙局, short: 市甲局}\n", 7, "is both"),
        (BASE + "  - {name: 甲局, short: 市甲局, confidence: sure}\n", 6, "confidence is one of"),
        (BASE + "  - {name: 甲局, short: 市甲局, level: city}\n", 6, "level is one of"),
        ("bodies: []\n", 1, "needs register, place and level"),
    ],
)
def test_a_register_with_mistakes_says_where(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "bodies.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_register(path)
    problem = caught.value.problems[0]
    assert problem.row == line
    assert message in problem.message.en
