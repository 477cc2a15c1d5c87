"""What there is to prove about a book in one period: the properties that any book has, and those it states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from gaoxin.proofs.bands import astray
from gaoxin.proofs.cliffs import Along, along, ever_known
from gaoxin.proofs.entitlement import answerable, somebody, somebody_failing, unanswered, undecided_by_the_book
from gaoxin.proofs.lowering import NotLowered
from gaoxin.proofs.order import reversal, violation
from gaoxin.proofs.outcomes import Cliff, PropertyKind, Verdict
from gaoxin.proofs.properties import Always, Cliffs, Expectation, Monotone, Properties
from gaoxin.proofs.searching import Search
from gaoxin.proofs.setting import rests_on
from gaoxin.proofs.solving import Effort, Undecided
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.entries import Band
from gaoxin.rulebook.formula import short_text
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.periods import holds_in
from gaoxin.words import Text

PROVEN = Verdict("proven", Text("没有反例", "there is no counter-example"))
NO_RULE = Verdict("not_applicable", Text("本期没有已知的规则", "no rule is known for the period"))


@dataclass(frozen=True)
class Property:
    """One property before it is looked at.

    ``name`` is how findings refer to it, ``statement`` what it says, ``stated`` what the book says of its outcome.
    """

    name: str
    kind: PropertyKind
    statement: Text
    instrument: str
    entity: str
    decide: Callable[[Search], Verdict]
    stated: Expectation


def catalogue(properties: Properties, ordinal: int, effort: Effort) -> list[Property]:
    """Every property, in the order: tables, checks, benefits, what excludes what, statements of the book."""
    found = [*_tables(properties, ordinal, effort), *_checks(properties), *_benefits(properties, ordinal)]
    found += _exclusions(properties, ordinal)
    for always in properties.always:
        found.append(_statement("always", always, partial(_always, always)))
    for monotone in properties.monotone:
        found.append(_statement("monotone", monotone, partial(_monotone, monotone)))
    for cliffs in properties.cliffs:
        found.append(_statement("cliffs", cliffs, partial(_cliffs, cliffs, effort)))
    return [*found, *_amounts(properties, ordinal, effort)]


def _statement(kind: PropertyKind, one: Always | Monotone | Cliffs, decide: Callable[[Search], Verdict]) -> Property:
    return Property(f"{kind}:{one.code}", kind, one.name, one.instrument, one.entity, _open(decide, one.code), one)


def _open(decide: Callable[[Search], Verdict], *codes: str) -> Callable[[Search], Verdict]:
    """``decide``, where each of ``codes`` can be known in the period at all; what stays undecided says why."""

    def decided(search: Search) -> Verdict:
        try:
            if not all(answerable(search, code) for code in codes):
                return NO_RULE
            return decide(search)
        except Undecided as undecided:
            return Verdict("undecided", undecided.why)
        except NotLowered as refused:
            return Verdict("undecided", refused.what)

    return decided


def _tables(properties: Properties, ordinal: int, effort: Effort) -> Iterator[Property]:
    book = properties.book
    for code, parameter in book.parameters.items():
        held = value_in(parameter, ordinal, book.frequency)
        if held is not None and held.bands:
            name = parameter.name
            statement = Text(f"每个数恰在一档：{name.zh}", f"every number is in exactly one band: {name.en}")
            decide = _open(partial(_table, held.bands, effort))
            yield _property(properties, f"bands:{code}", "bands", statement, "", "", decide)


def _table(bands: tuple[Band, ...], effort: Effort, _: Search) -> Verdict:
    found = astray(bands, effort)
    if found is None:
        return PROVEN
    number, times = short_text(found[0]), found[1]
    return Verdict("refuted", Text(f"{number} 在 {times} 档中", f"{number} is in {times} bands"))


def _benefits(properties: Properties, ordinal: int) -> Iterator[Property]:
    for benefit in properties.book.benefits.values():
        name = benefit.name
        statement = Text(f"有人可以享受：{name.zh}", f"somebody can be entitled: {name.en}")
        possible = _open(partial(_possible, benefit, _in_force(properties, benefit, ordinal)))
        yield _property(
            properties, f"possible:{benefit.code}", "possible", statement, benefit.instrument, benefit.entity, possible
        )
        if not _in_force(properties, benefit, ordinal):
            continue
        results: list[tuple[str, Text, tuple[str, ...]]] = [
            (condition.code, condition.name, ()) for condition in benefit.conditions
        ]
        if benefit.amount is not None:
            results.append((f"{benefit.code}_amount", benefit.amount.name, (benefit.code,)))
        for code, of_what, entitled in results:
            zh, en = f"数据齐全时总有结论：{of_what.zh}", f"decided whenever every figure is given: {of_what.en}"
            decide = _open(partial(_known, code, entitled), code)
            place = (benefit.instrument, benefit.entity, decide)
            yield _property(properties, f"known:{code}", "known", Text(zh, en), *place)


def _in_force(properties: Properties, benefit: Benefit, ordinal: int) -> bool:
    frequency = properties.book.frequency
    return any(holds_in(span.from_, span.to, benefit.in_force, ordinal, frequency) for span in benefit.valid)


def _possible(benefit: Benefit, in_force: bool, search: Search) -> Verdict:
    if not in_force:
        zh, en = "本期不在已知的适用日期内", "the period is outside the dates for which it is known"
        return Verdict("not_applicable", Text(zh, en))
    closed = [one.name for one in benefit.conditions if not answerable(search, one.code)]
    if closed:
        zh, en = "；".join(name.zh for name in closed), "; ".join(name.en for name in closed)
        return Verdict("not_applicable", Text(f"本书不知道：{zh}", f"this book does not know: {en}"))
    example = somebody(search, [benefit.code])
    if example is None:
        return Verdict("refuted", Text("各条件不能同时满足", "its conditions cannot all be met"))
    return Verdict("proven", Text("有例", "by example"), example)


def _known(code: str, given: tuple[str, ...], search: Search) -> Verdict:
    example = unanswered(search, code, given)
    if example is not None:
        gap = Text("有缺口：数据齐全而结果未知", "a gap: every figure is given, and yet it is unknown")
        return Verdict("refuted", gap, example)
    example = unanswered(search, code, given, declared=True)
    if example is not None:
        said = Text("只有规则自己写明未知之处", "unknown only where the rule itself says so")
        return Verdict("proven", said, example)
    return PROVEN


def _checks(properties: Properties) -> Iterator[Property]:
    for code, check in properties.book.checks.items():
        name = check.name
        zh, en = f"可以通过，也可以不通过：{name.zh}", f"can be passed, and can be failed: {name.en}"
        decide = _open(partial(_check, code), code)
        yield _property(properties, f"possible:{code}", "possible", Text(zh, en), "", check.entity, decide)


def _check(code: str, search: Search) -> Verdict:
    failing = somebody_failing(search, code)
    if failing is None and search.properties.signed is not None:
        # A check may be there for the very figures that are below zero and should not be.
        failing = somebody_failing(replace(search, properties=replace(search.properties, signed=None)), code)
    if failing is None and undecided_by_the_book(search, code):
        zh, en = "取决于本书不知道的本期数值", "it turns on what the book does not know for the period"
        return Verdict("not_applicable", Text(zh, en))
    if failing is None:
        return Verdict("refuted", Text("没有人会不通过，等于不审核", "nobody can fail it: it checks nothing"))
    if somebody(search, [code]) is None:
        return Verdict("refuted", Text("没有人能通过", "nobody can pass it"), failing)
    return Verdict("proven", Text("有例", "by example"), failing)


def _exclusions(properties: Properties, ordinal: int) -> Iterator[Property]:
    benefits = properties.book.benefits
    seen: set[frozenset[str]] = set()
    for one in benefits.values():
        for exclusion in one.excludes:
            other = benefits[exclusion.benefit]
            pair = frozenset((one.code, other.code))
            if pair in seen or not all(_in_force(properties, each, ordinal) for each in (one, other)):
                continue
            seen.add(pair)
            zh = f"两者相斥，不会同时符合：{one.name.zh}；{other.name.zh}"
            en = f"of two that exclude each other, never both: {one.name.en}; {other.name.en}"
            decide = _open(partial(_exclusive, one.code, other.code), one.code, other.code)
            place = (one.instrument, one.entity, decide)
            yield _property(properties, f"exclusive:{one.code}:{other.code}", "exclusive", Text(zh, en), *place)


def _exclusive(one: str, other: str, search: Search) -> Verdict:
    example = somebody(search, [one, other])
    if example is None:
        return PROVEN
    return Verdict("refuted", Text("可以同时符合，须择一", "both can be met, and one has to be chosen"), example)


def _always(one: Always, search: Search) -> Verdict:
    example = violation(search, one)
    return PROVEN if example is None else Verdict("refuted", Text("有反例", "there is a counter-example"), example)


def _monotone(one: Monotone, search: Search) -> Verdict:
    for figure in one.in_:
        found = reversal(search, one, figure)
        if found is not None:
            name = search.properties.book.items[figure].name
            ways = Text("下降", "falls") if one.direction == "rising" else Text("上升", "rises")
            detail = Text(f"{name.zh}增加时{ways.zh}", f"it {ways.en} as this rises: {name.en}")
            return Verdict("refuted", detail, *found)
    return PROVEN


def _cliffs(one: Cliffs, effort: Effort, search: Search) -> Verdict:
    setting = search.complete
    cliffs: list[Cliff] = []
    open_: list[tuple[Text, Text]] = []
    figures = along(setting, one)
    for variable in figures:
        try:
            cliffs.extend(Along(setting, one, variable, effort).cliffs())
        except Undecided as undecided:
            open_.append((variable.item.name, undecided.why))
    zh, en = f"沿 {len(figures)} 个项目查找", f"looked for along {len(figures)} figures"
    if open_:
        zh += "；没有查完：" + "；".join(f"{name.zh}（{why.zh}）" for name, why in open_)
        en += "; not to the end: " + "; ".join(f"{name.en} ({why.en})" for name, why in open_)
    if not cliffs and not open_ and not ever_known(setting, one, effort):
        return Verdict("not_applicable", Text("本书不知道数额", "this book does not know how much it is"))
    if not cliffs:
        none = Text(f"没有断崖（{zh}）", f"there is no cliff ({en})")
        return Verdict("undecided" if open_ else "proven", none, complete=not open_)
    count = len(cliffs)
    every = Text("至少", "at least ") if open_ else Text("共", "all of ")
    found = Text(f"{every.zh} {count} 处断崖（{zh}）", f"{every.en}{count} cliffs ({en})")
    return Verdict("refuted", found, cliffs=tuple(cliffs), complete=not open_)


def _amounts(properties: Properties, ordinal: int, effort: Effort) -> Iterator[Property]:
    """Cliffs in the amount of each benefit in force that no statement of the book looks at."""
    searched = frozenset().union(*(rests_on(properties.book, one.code) for one in properties.cliffs))
    for benefit in properties.book.benefits.values():
        code = benefit.amount_code
        if benefit.amount is None or code is None or not _in_force(properties, benefit, ordinal):
            continue
        if benefit.code not in searched and code not in searched:
            what, of_what = benefit.name, benefit.amount.name
            name = Text(f"{what.zh}：{of_what.zh}", f"{what.en}: {of_what.en}")
            one = Cliffs(code=code, entity=benefit.entity, instrument=benefit.instrument, name=name, keeps=code)
            decide = _open(partial(_cliffs, one, effort), code)
            place = (benefit.instrument, benefit.entity, decide)
            yield _property(properties, f"cliffs:{code}", "cliffs", name, *place)


def _property(
    properties: Properties,
    name: str,
    kind: PropertyKind,
    statement: Text,
    instrument: str,
    entity: str,
    decide: Callable[[Search], Verdict],
) -> Property:
    stated = properties.findings.get(name, Expectation())
    return Property(name, kind, statement, instrument, entity, decide, stated)
