"""Proofs in words: states, examples and cliffs, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gaoxin.proofs.outcomes import Cliff, Example, Outcome, PropertyKind, State
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import rounded
from gaoxin.rulebook.formula import decimal_text
from gaoxin.rulebook.narrate import cited
from gaoxin.rulebook.periods import period_text
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Language, Text

STATE: dict[State, Text] = {
    "proven": Text("成立", "proven"),
    "refuted": Text("不成立", "refuted"),
    "undecided": Text("未定", "undecided"),
    "not_applicable": Text("不适用", "not applicable"),
}
KIND: dict[PropertyKind, Text] = {
    "bands": Text("分档", "bands"),
    "possible": Text("可享受", "possible"),
    "known": Text("无缺口", "no gap"),
    "exclusive": Text("互斥", "exclusive"),
    "always": Text("恒成立", "always"),
    "monotone": Text("单调", "monotone"),
    "cliffs": Text("断崖", "cliffs"),
}


def state_words(outcome: Outcome) -> Text:
    """The state, and whether the book says so, too."""
    state = STATE[outcome.verdict.state]
    if outcome.surprising:
        return Text(f"{state.zh}（与预期不符）", f"{state.en} (unexpected)")
    if outcome.verdict.state == "refuted":
        return Text(f"{state.zh}（已知）", f"{state.en} (known)")
    return state


def amount_text(value: Fraction, scale: int = 2) -> str:
    """A number with ``scale`` decimals and groups of three digits."""
    return decimal_text(rounded(value, scale, "half_up"), scale, group=True)


def figure_text(book: Book, code: str, value: Constant) -> Text:
    """A figure of a return with its unit."""
    match value:
        case None:
            return Text("未填", "not given")
        case bool():
            return Text("是", "yes") if value else Text("否", "no")
        case Fraction():
            item = book.items[code]
            unit = "" if item.unit in {None, "1", "unknown"} else f" {item.unit}"
            text = decimal_text(value, item.decimals or 0, group=item.unit not in {None, "1"})
            return Text(f"{text}{unit}", f"{text}{unit}")
        case _:
            return Text(str(value), str(value))


FEW = 6
"""Figures of an example that are listed also where they are zero or no."""


def example_words(book: Book, example: Example) -> Text:
    """The figures of an example that matter, in one line; of many, those that are zero or no are passed over."""
    parts = []
    many = len(example.shown) > FEW
    for item, at, value in example.shown:
        if many and value == 0:  # also false
            continue
        said = figure_text(book, item.code, value)
        where = Text("", "")
        if (at.entity, at.key) != (example.at.entity, example.at.key):
            whose = book.entities[at.entity].name
            where = Text(f"{whose.zh} {at.key} ", f"{whose.en} {at.key} ")
        if at.ordinal != example.at.ordinal:
            when = period_text(at.ordinal, book.frequency)
            where = Text(f"{where.zh}{when} ", f"{where.en}{when} ")
        parts.append(Text(f"{where.zh}{item.name.zh} {said.zh}", f"{where.en}{item.name.en} {said.en}"))
    if len(parts) < len(example.shown):
        parts.append(Text("其余为零或否", "the others zero or no"))
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def cliff_words(book: Book, cliff: Cliff) -> Text:
    """A cliff in one sentence: where, how much, why, and from where on it is made good."""
    name, unit = book.items[cliff.figure].name, result_unit(book, cliff)
    before, after = (figure_text(book, cliff.figure, value).zh for value in (cliff.before, cliff.after))
    kept = amount_text(cliff.kept_before), amount_text(cliff.kept_after)
    lost = f"{amount_text(cliff.lost)} {unit}".strip()
    causes = [book.entry(code).name for code in cliff.causes]
    zh = f"{name.zh} {before} → {after}：留下 {kept[0]} → {kept[1]}，少 {lost}"
    en = f"{name.en} {before} → {after}: keeps {kept[0]} → {kept[1]}, loses {lost}"
    zh += "（最多如此）" if cliff.most else "（如例）"
    en += " (no one loses more)" if cliff.most else " (in the example)"
    zh += "；因为：" + "、".join(cause.zh for cause in causes)
    en += "; because of: " + ", ".join(cause.en for cause in causes)
    back = recovery_words(book, cliff)
    return Text(f"{zh}；{back.zh}", f"{en}; {back.en}")


def recovery_words(book: Book, cliff: Cliff) -> Text:
    """From where on as much is kept again."""
    if cliff.recovers is not None:
        at = figure_text(book, cliff.figure, cliff.recovers)
        return Text(f"到 {at.zh} 才恢复", f"made good at {at.en}")
    if cliff.never:
        return Text("单靠它增加不会恢复", "never made good by more of it alone")
    return Text("恢复点未定", "where it is made good is undecided")


def report_lines(book: Book, outcome: Outcome, language: Language) -> Iterator[str]:
    """What was found of one property, line by line: examples, cliffs, why it is so."""
    verdict = outcome.verdict
    labels = {"example": Text("例", "example"), "then": Text("改为", "then"), "why": Text("理由", "why")}
    label = {key: text.say(language) + Text("：", ": ").say(language) for key, text in labels.items()}
    for cliff in verdict.cliffs:
        yield cliff_words(book, cliff).say(language)
        yield label["example"] + example_words(book, cliff.example).say(language)
    if verdict.example is not None:
        yield label["example"] + example_words(book, verdict.example).say(language)
    if verdict.beyond is not None:
        yield label["then"] + example_words(book, verdict.beyond).say(language)
    if outcome.why is not None:
        source = "" if outcome.citation is None else f" {cited(outcome.citation, language)}"
        yield label["why"] + outcome.why.say(language) + source


def result_unit(book: Book, cliff: Cliff) -> str:
    """Unit of what is kept; empty for a plain number."""
    (code,) = cliff.example.claims
    unit = book.expressions.types[code].unit.say("zh")
    return "" if unit == "1" else unit
