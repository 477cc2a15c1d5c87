"""Answers as text for people, in both languages."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from gaoxin.incentives.answers import DISCLAIMER, Answer, Claim, ConditionAnswer, Missing, State
from gaoxin.incentives.changes import Change
from gaoxin.incentives.comparisons import Comparison, Quantity, Ratio, Test, leaves
from gaoxin.rulebook import tree
from gaoxin.rulebook.evaluate import rounded
from gaoxin.rulebook.formula import decimal_text
from gaoxin.rulebook.narrate import cited
from gaoxin.rulebook.tree import Constant, Type
from gaoxin.rulebook.units import unit
from gaoxin.words import Language, Text

STATE: dict[State, Text] = {
    "entitled": Text("可以享受", "entitled"),
    "not_entitled": Text("不能享受", "not entitled"),
    "unknown": Text("未知", "unknown"),
    "not_in_force": Text("该期没有这项政策", "not in force in this period"),
}
CLAIM: dict[Claim, Text] = {
    "claimed": Text("已申报享受", "claimed"),
    "partly": Text("只申报了一部分", "claimed in part"),
    "not_claimed": Text("没有申报享受", "not claimed"),
    "unknown": Text("是否申报未知", "whether it was claimed is unknown"),
}
_MARK = {True: "✓", False: "✗", None: "?"}
_DECIMALS = 6
_FEW = 3
_OPS = {
    ">=": Text("≥", "≥"),
    "<=": Text("≤", "≤"),
    ">": Text(">", ">"),
    "<": Text("<", "<"),
    "=": Text("=", "="),
    "<>": Text("≠", "≠"),
    "in": Text("属于", "is one of"),
    "not in": Text("不属于", "is none of"),
}


def answer_lines(answers: Iterable[Answer], language: Language = "zh", *, end: bool = True) -> list[str]:
    """All answers of one reporter as lines; at the ``end`` what they rest on and that they are no tax advice."""
    given = list(answers)
    lines: list[str] = []
    for answer in given:
        lines += [*_lines(answer, language), ""]
    if not end:
        return lines
    if given:
        first = given[0]
        lines.append(
            _word(
                f"规则书 {first.book} {first.version}；截至 {first.as_of}",
                f"Rulebook {first.book} {first.version}; as of {first.as_of}",
                language,
            )
        )
    lines.append(DISCLAIMER.say(language))
    return lines


def brief(answer: Answer) -> Text:
    """The gist of an answer beside its state: the amount, what would qualify, or what is not known."""
    return Text(_brief(answer, "zh"), _brief(answer, "en"))


def _brief(answer: Answer, language: Language) -> str:
    amount = answer.amount
    depends = depends_words(answer.missing).say(language)
    if answer.entitled:
        if amount is None:
            return ""
        unknown = _word(f"（{depends}）", f" ({depends})", language) if amount.value is None and depends else ""
        return f"{amount.name.say(language)} {_money(amount.value, amount.unit, language)}{unknown}"
    if answer.state == "not_in_force":
        return ""
    if answer.entitled is None:
        if depends:
            return depends
        return _word("；", "; ", language).join(text.say(language) for text in (*answer.open, *answer.obstacles)[:1])
    changed = {id(change.test) for change in answer.changes}
    unmet = [
        condition.name.say(language)
        for condition in answer.conditions
        if condition.met is False and not any(id(test) in changed for test in leaves(condition.tests))
    ]
    said = [_word("不满足：", "not met: ", language) + _word("、", ", ", language).join(unmet[:_FEW])] if unmet else []
    said += [change_words(change).say(language) for change in answer.changes[:_FEW]]
    return _word("；", "; ", language).join(said)


def depends_words(missing: Iterable[Missing]) -> Text:
    """The figures that would decide, each by name and code: the first few, and how many there are; empty for none."""
    figures = {one.code: one.name for one in missing}
    return Text(_depends(figures, "zh"), _depends(figures, "en"))


def _depends(figures: Mapping[str, Text], language: Language) -> str:
    few = list(figures.items())[:_FEW]
    named = [_word(f"{name.zh}（{code}）", f"{name.en} ({code})", language) for code, name in few]
    if not named:
        return ""
    left = len(figures) - len(named)
    more = _word(f"等 {len(figures)} 项", f"; and {left} more", language) if left else ""
    return _word("取决于：", "depends on: ", language) + _word("、", "; ", language).join(named) + more


def _lines(answer: Answer, language: Language) -> Iterator[str]:
    yield _headline(answer, language)
    yield from (f"  {line}" for line in _worth(answer, language))
    for condition in answer.conditions:
        yield from (f"  {line}" for line in _condition(condition, language))
    if answer.missing:
        yield "  " + _word("还需要这些数据：", "figures that would decide:", language)
        for one in answer.missing:
            form = f" [{one.form}]" if one.form else ""
            where = "" if (one.entity, one.key) == (answer.entity, answer.reporter) else f" {one.entity} {one.key}"
            year = "" if one.period == answer.period else f" {one.period}"
            yield f"    {one.code} {one.name.say(language)}{where}{year}{form}"
    said = {reason.message for condition in answer.conditions for reason in condition.reasons}
    for text in answer.open:
        if text not in said:
            yield "  " + _word("规则未知：", "the rule is not known: ", language) + text.say(language)
    for text in answer.obstacles:
        if text not in said:
            yield "  " + _word("未知：", "unknown: ", language) + text.say(language)
    if answer.changes:
        yield "  " + _word("若要符合：", "to qualify:", language)
        for change in answer.changes:
            yield f"    {change_words(change).say(language)}"
        if answer.changes_suffice is False:
            yield "    " + _word("仅此还不够", "this alone is not enough", language)
    # Those that the reporter could have come first: between them it has to choose.
    excluded = sorted(answer.excludes, key=lambda exclusion: exclusion.entitled is False)
    if excluded:
        names = _word("；", "; ", language).join(exclusion.name.say(language) for exclusion in excluded)
        yield "  " + _word("不能同时享受：", "cannot be had together with: ", language) + names
    if answer.claim is not None and answer.state == "entitled":
        yield "  " + CLAIM[answer.claim].say(language)
    if answer.state in {"entitled", "unknown"}:
        for deadline in answer.deadlines:
            when = " ".join(part for part in (deadline.when, deadline.text.say(language)) if part)
            yield "  " + _word("期限：", "deadline: ", language) + f"{deadline.name.say(language)} {when}"
        for document in answer.documents:
            yield "  " + _word("留存：", "keep: ", language) + document.say(language)
    if answer.citation is not None:
        yield "  " + _word("依据：", "source: ", language) + cited(answer.citation, language)
    weak = [clause for clause in answer.rests_on if clause.confidence in {"secondary", "unknown"}]
    if weak:
        named = _word("、", ", ", language).join(
            dict.fromkeys(clause.number or clause.title.say(language) for clause in weak)
        )
        yield "  " + _word("须核对原文：", "to be checked against the original: ", language) + named


def _headline(answer: Answer, language: Language) -> str:
    text = f"{_MARK[answer.entitled]} {answer.name.say(language)} [{answer.reporter}, {answer.period}]"
    text += _word("：", ": ", language) + STATE[answer.state].say(language)
    if answer.amount is not None and answer.entitled:
        amount = answer.amount
        value = _money(amount.value, amount.unit, language)
        text += _word(f"，{amount.name.zh} {value}", f", {amount.name.en}: {value}", language)
    return text


def _worth(answer: Answer, language: Language) -> Iterator[str]:
    amount = answer.amount
    if amount is None or amount.worth is None or answer.state not in {"not_entitled", "unknown"}:
        return
    worth = _money(amount.worth, amount.unit, language)
    yield _word(f"若可享受，{amount.name.zh}为 {worth}", f"if entitled, {amount.name.en}: {worth}", language)


def _money(value: Decimal | None, unit_text: str, language: Language) -> str:
    if value is None:
        return _word("未知", "unknown", language)
    return f"{value:,f} {unit(unit_text).say(language)}".strip()


def _condition(condition: ConditionAnswer, language: Language) -> Iterator[str]:
    clause = "" if condition.citation is None else f" — {cited(condition.citation, language)}"
    yield f"{_MARK[condition.met]} {condition.name.say(language)}{clause}"
    for test in condition.tests:
        yield from (f"    {line}" for line in _test(test, language))
    # What has not been reported is listed for the benefit as a whole.
    reasons = [reason for reason in condition.reasons if reason.kind not in {"missing", "no_return"}]
    for message in dict.fromkeys(reason.message.say(language) for reason in reasons):
        yield f"    {_word('未知：', 'unknown: ', language)}{message}"
    if condition.met is False and condition.remedy is not None:
        yield f"    → {condition.remedy.say(language)}"


def _test(test: Test, language: Language) -> Iterator[str]:
    if isinstance(test, Comparison):
        yield f"{_MARK[test.holds]} {comparison_words(test).say(language)}"
        return
    need = _word("其一即可：", "any of:", language) if test.need == "any" else _word("同时：", "all of:", language)
    yield f"{_MARK[test.holds]} {need if test.name is None else test.name.say(language)}"
    for part in test.parts:
        yield from (f"  {line}" for line in _test(part, language))


def comparison_words(comparison: Comparison) -> Text:
    """A comparison in one line: the value, the threshold, the distance, and for a ratio the numerator needed."""
    return Text(_comparison(comparison, "zh"), _comparison(comparison, "en"))


def _comparison(one: Comparison, language: Language) -> str:
    name, value = one.value.name.say(language), quantity(one.value, language)
    if one.ratio is not None:
        return _ratio(one, one.ratio, language)
    if one.op == "is" or (one.op == "=" and one.value.type.kind == "text"):
        reported = one.threshold.type.kind == "text" and one.threshold.value is None
        if reported and one.holds is None:
            return _word(f"{name}：尚未填报，由它决定", f"{name}: not reported yet, and it decides", language)
        want = one.threshold.name.say(language) if reported else quantity(one.threshold, language)
        return _word(f"{name}：{value}，应为{want}", f"{name}: {value}, should be {want}", language)
    if one.op in {"in", "not in"}:
        return f"{name} {value} {_OPS[one.op].say(language)} {one.threshold.name.say(language)}"
    limit = quantity(one.threshold, language)
    text = _must(f"{name} {value}", one.op, limit, language)
    if _has_name(one) and one.threshold.value is not None:
        named = one.threshold.name.say(language)
        text += _word(f"（{named}）", f" ({named})", language)
    return text + (_distance(one, language) if one.margin is not None else "")


def _must(value: str, op: str, limit: str, language: Language) -> str:
    sign = _OPS[op].say(language)
    return _word(f"{value}，应 {sign} {limit}", f"{value}, must be {sign} {limit}", language)


def _has_name(one: Comparison) -> bool:
    """Whether the threshold is an entry with a name, and not a constant or a formula."""
    return isinstance(one.node, tree.Compare) and isinstance(one.node.right, (tree.Figure, tree.Param, tree.Band))


def _distance(one: Comparison, language: Language) -> str:
    margin = one.margin or Fraction(0)
    if one.op in {"=", "<>"}:
        return ""
    size = number(abs(margin), one.value.type, one.value.scale, language)
    if not margin:
        return _word("，恰好相等", ", exactly", language)
    if one.holds:
        return _word(f"，余 {size}", f", {size} to spare", language)
    if margin < 0:
        return _word(f"，差 {size}", f", {size} short", language)
    return _word(f"，超出 {size}", f", {size} too much", language)


def _ratio(one: Comparison, ratio: Ratio, language: Language) -> str:
    name, over = ratio.numerator.name.say(language), ratio.denominator.name.say(language)
    share, limit = percent(ratio.value), percent(ratio.limit)
    compared = _must(share, one.op, limit, language)
    values = f"{quantity(ratio.numerator, language)} / {quantity(ratio.denominator, language)}"
    text = _word(f"{name}占{over}的 {compared}（{values}）", f"{name} / {over}: {compared} ({values})", language)
    short = ratio.short_by
    if short is None or one.holds is None:
        return text
    size = number(abs(short), ratio.numerator.type, ratio.numerator.scale, language)
    if one.holds:
        spare = (
            _word(f"，余 {size}", f", {size} to spare", language) if short else _word("，恰好", ", exactly", language)
        )
        return text + spare
    more = _word(f"，还需 {size}", f", {size} more needed", language)
    less = _word(f"，须少 {size}", f", {size} too much", language)
    return text + (more if short > 0 else less)


def change_words(change: Change) -> Text:
    """A change in one line: the value, what it must be, how much that takes, and whether it is enough alone."""
    return Text(_change(change, "zh"), _change(change, "en"))


def _change(change: Change, language: Language) -> str:
    test, ratio = change.test, change.test.ratio
    if ratio is not None and ratio.value is not None and ratio.limit is not None:
        above, below = ratio.numerator.name.say(language), ratio.denominator.name.say(language)
        measured = _word(
            f"{above}占{below}的 {percent(ratio.value)}", f"{above} / {below} {percent(ratio.value)}", language
        )
        limit = percent(ratio.limit)
    else:
        measured = f"{test.value.name.say(language)} {quantity(test.value, language)}"
        limit = quantity(test.threshold, language)
    text = _word(
        f"{measured}，应 {_OPS[test.op].zh} {limit}：", f"{measured}, needs {_OPS[test.op].en} {limit}: ", language
    )
    size, name = number(abs(change.about), change.type, change.type.scale, language), change.name.say(language)
    # What is to change goes without saying where it is the value that was just named.
    itself = ratio is None and test.value.code == change.code
    if change.about > 0:
        text += _word(f"{'' if itself else name}增加 {size}", f"{size} more{'' if itself else f' of {name}'}", language)
    else:
        text += _word(f"{'' if itself else name}减少 {size}", f"{size} less{'' if itself else f' of {name}'}", language)
    if change.enough:
        text += _word("，仅此即可享受", "; this alone is enough", language)
    return text


def quantity(one: Quantity, language: Language = "zh") -> str:
    """A value with its unit; unknown as ``?``."""
    return number(one.value, one.type, one.scale, language)


def number(value: Constant, of: Type, scale: int | None, language: Language = "zh") -> str:
    """A value as people write it: grouped digits, no more decimals than it has, its unit.

    >>> number(Fraction(2480001, 2), Type("number", unit("元"), 2), 2, "en")
    '1,240,000.50 yuan'
    """
    if value is None:
        return "?"
    if isinstance(value, bool):
        return _yes(value, language)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    shown = scale if scale is not None else _DECIMALS
    short = rounded(value, shown, "half_up")
    # A plain number of four digits is most often a year.
    text = decimal_text(short, shown, group=not of.unit.is_bare or abs(short) >= 10_000)
    if "." in text and (scale is None or short.denominator == 1):
        text = text.rstrip("0").rstrip(".")
    sign = "" if short == value else "≈"
    return f"{sign}{text} {of.unit.say(language)}".strip()


def percent(value: Fraction | None) -> str:
    """A share in per cent, with four decimals at most.

    >>> percent(Fraction(37, 1000)), percent(Fraction(1, 3)), percent(None)
    ('3.7%', '≈33.3333%', '?')
    """
    if value is None:
        return "?"
    short = rounded(value * 100, 4, "half_up")
    text = decimal_text(short, 4, group=True).rstrip("0").rstrip(".")
    return f"{'' if short == value * 100 else '≈'}{text}%"


def _yes(value: Constant, language: Language) -> str:
    if value is None:
        return _word("未知", "unknown", language)
    return _word("是", "yes", language) if value else _word("否", "no", language)


def _word(zh: str, en: str, language: Language) -> str:
    return Text(zh, en).say(language)
