"""Combinations and plans as text for people, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from gaoxin.incentives.combination.losses import Use
from gaoxin.incentives.combination.plan import Plan, PlanYear
from gaoxin.incentives.combination.year import Combination, Filing, Refused, Why
from gaoxin.incentives.wording import depends_words
from gaoxin.rulebook.formula import decimal_text
from gaoxin.rulebook.narrate import cited
from gaoxin.words import Language, Text

WHY: dict[Why, Text] = {
    "excluded": Text("不得同时享受", "not lawful together"),
    "no_rule": Text("没有规定两者如何并用", "no rule says how both would apply"),
    "not_entitled": Text("不符合条件", "not entitled"),
    "not_in_force": Text("该年没有这项政策", "not in force in the year"),
    "unknown": Text("能否享受未知", "unknown"),
}


def yuan(amount: Fraction) -> str:
    """An amount with grouped digits, fen only where there are any.

    >>> yuan(Fraction(1234567)), yuan(Fraction(5, 10))
    ('1,234,567', '0.50')
    """
    return decimal_text(amount, 0 if amount.denominator == 1 else 2, group=True)


def filing_words(found: Combination | Plan, filing: Filing) -> Text:
    """A way to file in one line: the regime, then what is left although it is due."""
    return Text(_filing(found, filing, "zh"), _filing(found, filing, "en"))


def _filing(found: Combination | Plan, filing: Filing, language: Language) -> str:
    text = found.name(filing.regime).say(language)
    for code in filing.left:
        name = found.name(code).say(language)
        text += Text(f"；放弃{name}", f"; without {name}").say(language)
    return text


def shown_filings(found: Combination) -> list[Filing]:
    """The ways worth showing: the best of every regime, and the best one that leaves something."""
    shown: list[Filing] = []
    for filing in found.filings:
        if filing.regime not in {one.regime for one in shown}:
            shown.append(filing)
    leaving = next((one for one in found.filings if one.left), None)
    return shown if leaving is None or leaving in shown else [*shown, leaving]


def refusal_mark(refused: Refused) -> str:
    """A question mark where figures would decide, a cross where it is decided."""
    return "?" if refused.why == "unknown" else "✗"


def refusal_words(found: Combination, one: Refused) -> Text:
    """Why benefits cannot be taken, in one line."""
    return Text(_refusal(found, one, "zh"), _refusal(found, one, "en"))


def _refusal(found: Combination, one: Refused, language: Language) -> str:
    names = " + ".join(found.name(code).say(language) for code in one.benefits)
    text = names + Text("：", ": ").say(language) + WHY[one.why].say(language)
    note = one.note.say(language)
    if note:
        text += Text(f"（{note}）", f" ({note})").say(language)
    if one.tax is not None:
        text += Text(f"；若可享受，税额 {yuan(one.tax)} 元", f"; if entitled, tax {yuan(one.tax)} yuan").say(language)
    if one.missing:
        text += Text("；", "; ").say(language) + depends_words(one.missing).say(language)
    for message in one.open:
        text += Text("；", "; ").say(language) + message.say(language)
    if one.citation is not None:
        text += f" — {cited(one.citation, language)}"
    return text


def difference_words(found: Combination, filing: Filing) -> Text:
    """How a filing stands to the best one."""
    best = found.best
    more = filing.tax - best.tax if best is not None else Fraction(0)
    if best is filing:
        return Text("税额最低", "lowest tax")
    if not more:
        return Text("税额相同", "same tax")
    return Text(f"多缴 {yuan(more)}", f"{yuan(more)} more")


def combination_lines(found: Combination, language: Language = "zh") -> list[str]:
    """The best combination, the alternatives and why they are not chosen, as lines."""
    return list(_combination(found, language))


def _combination(found: Combination, language: Language) -> Iterator[str]:
    best = found.best
    if best is None:
        yield Text("所得税：无法计算，还需要：", "income tax: cannot be computed; it needs:").say(language)
        for one in found.missing:
            yield f"  {one.code} {one.name.say(language)}"
        return
    head = Text(
        f"税额最低的合法组合：{_filing(found, best, 'zh')}，应纳所得税 {yuan(best.tax)} 元",
        f"lawful combination with the lowest tax: {_filing(found, best, 'en')}, income tax {yuan(best.tax)} yuan",
    )
    yield head.say(language)
    for filing in shown_filings(found)[1:]:
        income = Text(f"应纳税所得额 {yuan(filing.income)}", f"taxable income {yuan(filing.income)}").say(language)
        way, more = _filing(found, filing, language), difference_words(found, filing).say(language)
        yield f"  {way}: {yuan(filing.tax)} ({more}; {income})"
    for refused in found.refused:
        if refused.why not in {"not_in_force", "not_entitled"}:
            yield f"  {refusal_mark(refused)} {_refusal(found, refused, language)}"
    others = [found.name(one.benefits[0]).say(language) for one in found.refused if one.why == "not_entitled"]
    if others:
        between = Text("、", ", ").say(language)
        yield Text("  ✗ 不符合条件：", "  ✗ not entitled: ").say(language) + between.join(others)
    yield from (f"  {text.say(language)}" for text in cautions(found))
    yield Text(f"  共计算 {len(found.filings)} 种合法组合", f"  {len(found.filings)} lawful combinations computed").say(
        language
    )


def cautions(found: Combination) -> tuple[Text, ...]:
    """What to know before relying on the best combination."""
    texts: list[Text] = []
    for code in found.overclaimed:
        name = found.name(code)
        texts.append(
            Text(f"已申报的{name.zh}多于应得，已加回", f"more was claimed than is due and is added back: {name.en}")
        )
    for code, more in found.unclaimed:
        name, amount = found.name(code), yuan(more)
        texts.append(Text(f"{name.zh}还可多申报 {amount} 元", f"{amount} yuan more can be claimed: {name.en}"))
    regimes = [code for code in found.undecided if code in found.regimes.regimes]
    if regimes:
        zh, en = ("、".join(found.name(c).zh for c in regimes), ", ".join(found.name(c).en for c in regimes))
        texts.append(Text(f"补齐数据后税额可能更低：{zh}", f"with more figures the tax may turn out lower: {en}"))
    return tuple(texts)


def uses_words(uses: Iterable[Use]) -> str:
    """Losses by their year.

    >>> uses_words([Use(2018, Fraction(1800000)), Use(2023, Fraction(5, 10))])
    '2018: 1,800,000; 2023: 0.50'
    """
    return "; ".join(f"{use.origin}: {yuan(use.amount)}" for use in uses)


def plan_lines(found: Plan, language: Language = "zh") -> list[str]:
    """The best plan year by year, and how it was found, as lines."""
    return list(_plan(found, language))


def _plan(found: Plan, language: Language) -> Iterator[str]:
    best = found.best
    if best is None:
        yield Text("无法计算，还需要这些数据：", "cannot be computed; these figures are needed:").say(language)
        yield from (f"  {one.period} {one.code} {one.name.say(language)}" for one in found.missing)
        yield from (f"  {text.say(language)}" for text in found.open)
        return
    first, last = found.periods[0], found.periods[-1]
    yield Text(
        f"{first}—{last} 年所得税合计最低 {yuan(best.total)} 元",
        f"lowest income tax {first} to {last}: {yuan(best.total)} yuan",
    ).say(language)
    for year in best.years:
        yield f"  {year.period}  {_year(found, year, language)}"
    yield Text(
        f"  逐一计算了全部方案：{len(found.plans)} 种", f"  all plans were computed, one by one: {len(found.plans)}"
    ).say(language)
    other = next((one for one in found.plans if one.total > best.total), None)
    if other is not None:
        more = yuan(other.total - best.total)
        yield Text(f"  次低的多缴 {more} 元", f"  the next one costs {more} yuan more").say(language)
    for period, code in found.undecided:
        name = found.name(code)
        yield Text(
            f"  {period} 年补齐数据后税额可能更低：{name.zh}", f"  with more figures {period} may be lower: {name.en}"
        ).say(language)
    yield from (f"  {text.say(language)}" for text in found.doubts)


def _year(found: Plan, year: PlanYear, language: Language) -> str:
    parts = [
        Text(f"弥补亏损前 {yuan(year.income)}", f"before losses {yuan(year.income)}"),
        *(_uses("弥补亏损", "uses losses of", year.used)),
        Text(f"应纳税所得额 {yuan(year.filing.income)}", f"taxable {yuan(year.filing.income)}"),
        filing_words(found, year.filing),
        Text(f"税额 {yuan(year.filing.tax)}", f"tax {yuan(year.filing.tax)}"),
        *(_uses("到期未弥补", "expired", year.expired)),
        *(_uses("结转", "carried on", year.open)),
    ]
    return Text("，", ", ").say(language).join(part.say(language) for part in parts)


def _uses(zh: str, en: str, uses: tuple[Use, ...]) -> Iterator[Text]:
    if uses:
        yield Text(f"{zh} {uses_words(uses)}", f"{en} {uses_words(uses)}")
