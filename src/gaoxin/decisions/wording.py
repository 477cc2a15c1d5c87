"""Proposals in words and as plain data, the same for the terminal, pages and letters."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from gaoxin.decisions.certainty import Certainty
from gaoxin.decisions.proposals import Proposal, Proposals, State
from gaoxin.decisions.reversal import Reversal
from gaoxin.rulebook.decisions import Action
from gaoxin.rulebook.explain import Explanation
from gaoxin.rulebook.narrate import cited, narrate
from gaoxin.words import Language, Text

ACTIONS: Mapping[Action, Text] = {
    "commend": Text("通报表扬", "commend"),
    "admit_first": Text("优先纳入", "admit first"),
    "warn": Text("警告", "warn"),
    "rectify": Text("责令整改", "order rectification"),
    "withdraw": Text("退出", "withdraw"),
}
"""The actions in the words of the notice (表扬、优先纳入、警告、整改、退出)."""

STATES: Mapping[State, Text] = {
    "proposed": Text("建议", "proposed"),
    "barred": Text("因否决不予建议", "barred by a veto"),
    "unknown": Text("无法判断", "cannot be decided"),
}


def certainty_words(certainty: Certainty | None, because: Text = Text("", "")) -> Text:
    """How certain a finding is, in one sentence."""
    if certainty is None:
        return Text(f"把握程度未估计：{because.zh}", f"certainty not estimated: {because.en}")
    true, error = f"{certainty.true:.0%}", f"{certainty.error:.1%}"
    zh = f"在 {certainty.draws:,} 次模拟中，{true} 的情形规则仍成立（±{error}）"
    en = f"the rule holds in {true} of {certainty.draws:,} draws (±{error})"
    if certainty.unknown:
        zh += f"，{certainty.unknown:.0%} 无法判断"
        en += f", {certainty.unknown:.0%} undecided"
    if certainty.held:
        zh += f"；{'、'.join(certainty.held)} 的名次按原结果，未作模拟"
        en += f"; ranks of {', '.join(certainty.held)} held as they are"
    return Text(zh, en)


def reversal_words(reversal: Reversal) -> Text:
    """What would reverse a finding, in one sentence."""
    if reversal.rank is None:
        return Text("仅靠本期名次的变化不能改变结论", "no rank of this period alone would reverse it")
    zh, en = f"名次为第 {reversal.rank:g} 位时结论改变", f"rank {reversal.rank:g} would reverse it"
    if reversal.changes is None:
        return Text(zh, en)
    if not reversal.changes:
        several = "、".join(change.indicator for change in reversal.together)
        named = ", ".join(change.indicator for change in reversal.together)
        return Text(
            f"{zh}；没有单独一项指标能做到" + (f"，须同时改进 {several}" if several else ""),
            f"{en}; no single indicator is enough" + (f", {named} together would be" if named else ""),
        )
    one = reversal.changes[0]
    step = f"{one.before:,.6g} → {one.after:,.6g} {one.unit}".strip()
    return Text(
        f"{zh}；最小的单项改变：{one.indicator} {one.name.zh} {step}",
        f"{en}; the smallest single change: {one.indicator} {one.name.en} {step}",
    )


def told(proposals: Proposals, language: Language = "zh") -> list[str]:
    """Everything as lines of text."""

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    lines = [f"{proposals.title.say(language)} · {proposals.period}（{proposals.book} {proposals.version}）"]
    if proposals.synthetic:
        lines.append(say("▲ 合成数据", "▲ synthetic data"))
    lines += ["△ " + one.say(language) for one in proposals.differing]
    if not proposals.proposals:
        lines.append(say("规则没有建议任何处理。", "The rules propose nothing."))
    order = sorted(proposals.proposals, key=lambda one: list(STATES).index(one.state))
    for one in order:
        lines += ["", *_proposal(one, language)]
    if proposals.near:
        lines += [
            "",
            say(
                "接近规则线（规则不成立，但在一部分模拟中成立）：", "near cases (false, but true in part of the draws):"
            ),
        ]
        lines += [
            f"  {one.zone_name} · {ACTIONS[one.action].say(language)} · {one.rule} · {one.certainty.true:.0%}"
            for one in proposals.near
        ]
    return lines


def _proposal(one: Proposal, language: Language) -> list[str]:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    head = f"{one.zone_name}（{one.zone}）· {ACTIONS[one.action].say(language)} · {STATES[one.state].say(language)}"
    if one.graver is not None:
        head += say(f"（另有更重的建议 {one.graver}）", f" (a graver one is proposed: {one.graver})")
    lines = [head, "  " + say("规则：", "rule: ") + f"{one.rule} {one.name.say(language)}"]
    if one.citation is not None:
        lines.append("  " + say("依据：", "source: ") + cited(one.citation, language))
    lines.append("  " + say("历年：", "history: ") + "  ".join(_standing(standing) for standing in one.history))
    lines.append(
        "  " + say("把握：", "certainty: ") + certainty_words(one.certainty, one.uncertain_because).say(language)
    )
    if one.reversal is not None:
        lines.append("  " + say("反转：", "reversal: ") + reversal_words(one.reversal).say(language))
    for reason in one.reasons:
        lines.append("  " + say("未知：", "unknown: ") + reason.say(language))
    for veto in one.vetoes:
        if veto.holds:
            lines.append("  " + say("否决：", "veto: ") + f"{veto.code} {veto.name.say(language)}")
        else:
            why = "; ".join(reason.say(language) for reason in veto.reasons)
            lines.append(
                "  " + say("待查否决事项：", "veto to be settled: ") + f"{veto.code} {veto.name.say(language)} — {why}"
            )
    if one.state != "unknown":  # what is missing has been said
        lines += ["    " + line for line in narrate(one.explanation, language)]
    return lines


def _standing(standing: Any) -> str:
    rank = "—" if standing.rank is None else f"{standing.rank:g}/{standing.ranked}"
    interval = "" if standing.low is None else f" [{standing.low:g}–{standing.high:g}]"
    return f"{standing.period}: {rank}{interval}"


def plain(value: Any) -> Any:
    """Proposals, or a part of them, as JSON values: texts as ``{zh, en}``, fractions as exact text.

    >>> plain(Text("警告", "warn")), plain(Fraction(1, 3))
    ({'zh': '警告', 'en': 'warn'}, '1/3')
    """
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Explanation):
        return {"zh": narrate(value, "zh"), "en": narrate(value, "en")}
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, float):
        return None if value != value else value  # noqa: PLR0124 - NaN differs from itself
    if isinstance(value, datetime.date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return value
