"""What holds for any text: nothing is invented, nothing is lost, nothing fails."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.notices import Notice, read_notice
from gaoxin.notices.outputs.exchange import from_json, to_json
from gaoxin.notices.text.view import Passage, Span, View, fold
from gaoxin.notices.units.bodies import Bodies
from gaoxin.notices.units.register import shipped_registers
from notices.passages import blank, covered, passages
from notices.reading_gold import Fixture, fixtures

ALL = fixtures()
WORDS = """
一、 二、 （一） （二） 1. 2. （1） ① 第一章␣ 第三条 —— 附件1 目录 责任单位： 牵头单位: （责任单位：市科委、市教委）
（市科技局牵头，市财政局配合） 按职责分工负责 由市科技局会同 市发展改革委、 各区政府 各县（市、区）人民政府
市委金融办(市地方金融监管局) 等 和 推进 建设 将 到2025年， 不低于3.5% 1.2万亿元 《关于甲的意见》（国发〔2020〕7号）
《 》 （ ） ( ) 〔 “ ” 。 ， ； 、 ： ↵ ↵↵ ⇥ ␣ | 自2024年1月1日起施行 有效期5年 2024年2月30日 上海市人民政府
↵2021年7月23日↵ 各区人民政府，市政府各委、办、局：↵ 关于促进发展的通知↵ 来源： 扫码关注 … ㈠ ⒈
"""
SIGNS = {"↵": "\n", "⇥": "\t", "␣": " "}
PIECES = ["".join(SIGNS.get(sign, sign) for sign in word) for word in (*WORDS.split(), "\u3000", "\u200b")]
NOISE = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=60).map("".join),
)


def check_laws(notice: Notice, text: str) -> None:
    assert notice.source == text
    for passage in passages(notice):
        assert text[passage.span.start : passage.span.end] == passage.text
    for i, count in enumerate(covered(notice)):
        assert count <= 1, f"{text[i]!r} at {i} is in {count} blocks"
        assert count == 1 or blank(text[i]), f"{text[i]!r} at {i} is lost"


@settings(max_examples=300)
@given(NOISE)
def test_noise_never_fails_and_no_character_is_lost_or_doubled(text: str) -> None:
    check_laws(read_notice(text), text)


@settings(max_examples=40)
@given(st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_a_notice_with_pieces_cut_out_and_moved_keeps_the_laws(fixture: Fixture, chance: random.Random) -> None:
    text = fixture.text
    for _ in range(chance.randrange(1, 6)):
        a, b = sorted(chance.randrange(len(text)) for _ in range(2))
        if chance.random() < 0.5:
            text = text[:a] + text[min(b, a + 40) :]
        else:
            text = text[:a] + chance.choice(PIECES) + text[a:]
    check_laws(read_notice(text), text)


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_laws_hold_for_every_fixture(fixture: Fixture) -> None:
    check_laws(fixture.read(), fixture.text)


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_every_word_of_a_clause_is_in_one_of_its_actions(fixture: Fixture) -> None:
    marks = set("，。；：、！？,.;:!?()（）“” \t\n")
    for clause in fixture.read().clauses():
        inside = [action.words.span for action in clause.actions]
        for passage in clause.text:
            for i, character in enumerate(passage.text, passage.span.start):
                assert character in marks or any(span.start <= i < span.end for span in inside), (
                    clause.label,
                    character,
                )


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_verb_and_object_are_words_of_their_action(fixture: Fixture) -> None:
    for clause in fixture.read().clauses():
        for action in clause.actions:
            for part in (action.verb, action.object):
                assert part is None or part.span in action.words.span
            # Who acts may be said at the beginning of the sentence, before an earlier action.
            assert action.actor is None or action.actor.span.end <= action.words.span.end


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_json_gives_the_same_notice_back(fixture: Fixture) -> None:
    notice = fixture.read()
    assert from_json(to_json(notice)) == notice


@given(st.text(max_size=60))
def test_a_view_knows_the_place_of_each_of_its_characters(text: str) -> None:
    view = View(text, [Span(0, len(text))])
    assert len(view.at) == len(view.text)
    assert list(view.at) == sorted(view.at)
    for character, offset in zip(view.text, view.at, strict=True):
        assert character in fold(text[offset])


SHORT = sorted(body.short for body in shipped_registers()[1].bodies)
LABELS = ["责任单位：", "责任部门:", "牵头单位：", "配合单位∶"]
OPEN_CLOSE = ["（）", "()", "〔〕", "【】", "[]"]


@settings(max_examples=120)
@given(
    st.lists(st.sampled_from(SHORT), min_size=1, max_size=8, unique=True),
    st.sampled_from(LABELS),
    st.sampled_from(OPEN_CLOSE),
    st.sampled_from(["、", "，", ",", "；", " ", "　"]),
    st.sampled_from(["", "等", "等有关部门"]),
)
def test_a_list_of_registered_units_is_read_whole_whatever_its_dress(
    names: list[str], label: str, brackets: str, separator: str, ending: str
) -> None:
    units = f"{brackets[0]}{label}{separator.join(names)}{ending}{brackets[1]}"
    text = f"一、建设平台。推进平台建设。{units}\n上海市人民政府\n2024年1月2日"
    clause = read_notice(text).clause("一")
    assert [unit.name.text for unit in clause.answerable] == names
    assert all(unit.certainty == "register" for unit in clause.answerable)
    assert [unit.open_ended for unit in clause.answerable] == [False] * (len(names) - 1) + [bool(ending)]


@given(st.text(alphabet="甲乙丙丁戊己庚辛局委市区科技财政", min_size=1, max_size=8))
def test_a_body_that_is_named_is_in_the_register_or_made_of_the_very_words(name: str) -> None:
    found = Bodies().resolve(name)
    registered = {body.name for register in shipped_registers() for body in register.bodies}
    if found.body is not None and found.body not in registered:
        full = {"科技": "科学技术", "委": "委员会", "财政": "财政"}
        spelt = name
        for short, long in full.items():
            spelt = spelt.replace(short, long)
        assert set(found.body) <= set(spelt) | set("国家税务总局中共人民政府办公室委员会")


def test_empty_and_blank_texts_are_read() -> None:
    for text in ("", " ", "\n\n", "\u200b"):
        notice = read_notice(text)
        check_laws(notice, text)
        assert notice.title is None
        assert not list(notice.clauses())


def test_a_long_text_of_one_paragraph_is_read_in_reasonable_time() -> None:
    text = "一、任务。" + "推进甲建设，完善乙机制；支持丙发展（责任单位：市科委、市教委）。" * 600
    notice = read_notice(text)
    check_laws(notice, text)
    assert sum(1 for _ in notice.units()) == 1200


def test_passage_equality_is_by_words_and_place() -> None:
    assert Passage("甲", Span(0, 1)) != Passage("甲", Span(1, 2))
