"""An explanation as lines of text, for a terminal or a file."""

from __future__ import annotations

from fractions import Fraction

from gaoxin.rulebook.evaluate import rounded
from gaoxin.rulebook.explain import Aggregation, Citation, Condition, Contributor, Explanation
from gaoxin.rulebook.formula import decimal_text, short_text
from gaoxin.words import Language, Text

CONFIDENCE = {
    "official": Text("官方", "official"),
    "quoted": Text("引用", "quoted"),
    "secondary": Text("非官方", "secondary"),
    "inferred": Text("推断", "inferred"),
    "unknown": Text("未确认", "unknown"),
}
"""The confidence marks in words."""

_REASONS = 5


def narrate(explanation: Explanation, language: Language = "zh", *, depth: int = 12) -> list[str]:
    """The explanation as lines; what it rests on is indented below it, down to ``depth`` levels.

    A figure that has been told already is only named again.
    """
    lines: list[str] = []
    told: set[int] = set()

    def tell(one: Explanation, level: int) -> None:
        indent = "  " * level
        again = id(one) in told
        lines.append(
            indent + _headline(one, language) + (_word(" （见上）", " (see above)", language) if again else "")
        )
        if again:
            return
        told.add(id(one))
        lines.extend(f"{indent}    {line}" for line in _details(one, language))
        if level < depth:
            for child in one.children:
                tell(child, level + 1)

    tell(explanation, 0)
    return lines


def cited(citation: Citation, language: Language = "zh") -> str:
    """Title, number, article and confidence of a clause in one line."""
    title = citation.title.say(language)
    title = f"《{title}》" if language == "zh" and not title.startswith("《") else title
    separator = " " if language == "zh" else ", "
    where = separator.join(part for part in (title, citation.number, citation.article) if part)
    mark = CONFIDENCE[citation.confidence].say(language)
    return f"{where}（{mark}）" if language == "zh" else f"{where} ({mark})"


def _word(zh: str, en: str, language: Language) -> str:
    return Text(zh, en).say(language)


def _headline(one: Explanation, language: Language) -> str:
    name = one.name.say(language)
    code = "" if one.code == name else f"{one.code} "
    value = _word("未知", "unknown", language) if one.value is None else _amount(one, language)
    return f"{code}{name} [{one.key}, {one.period}] = {value}"


def _amount(one: Explanation, language: Language) -> str:
    if isinstance(one.value, bool):
        return _word("是", "yes", language) if one.value else _word("否", "no", language)
    unit = one.unit.say(language)
    return f"{one.shown} {unit}" if unit and isinstance(one.value, Fraction) else one.shown


def _details(one: Explanation, language: Language) -> list[str]:
    lines = []
    if one.formula and one.formula != one.code:
        lines.append(_word("公式：", "formula: ", language) + one.formula)
    if one.substituted and one.substituted != one.formula:
        lines.append(_word("代入：", "with values: ", language) + one.substituted)
    lines.extend(_condition(condition, language) for condition in one.conditions)
    if one.reasons:
        named = [reason.message.say(language) for reason in one.reasons[:_REASONS]]
        more = len(one.reasons) - len(named)
        joined = _word("；", "; ", language).join(named)
        tail = _word(f"；另有 {more} 条", f"; {more} more", language) if more else ""
        lines.append(_word("未知的原因：", "unknown because: ", language) + joined + tail)
    if one.aggregation is not None:
        lines.extend(_aggregation(one.aggregation, one, language))
    if one.citation is not None:
        lines.append(_word("出处：", "source: ", language) + cited(one.citation, language))
    note = one.note.say(language)
    if note:
        lines.append(_word("说明：", "note: ", language) + note)
    return lines


def _condition(condition: Condition, language: Language) -> str:
    head = _word("不满足：", "not met: ", language)
    if condition.holds is None:
        head = _word("无法判断：", "undecided: ", language)
    text = f"{head}{condition.formula}"
    if condition.substituted != condition.formula:
        text += _word("，即 ", ", that is ", language) + condition.substituted
    if condition.margin is not None:
        unit = condition.unit.say(language)
        amount = short_text(condition.margin) + (f" {unit}" if unit else "")
        text += _word(f"，左右相差 {amount}", f"; the sides differ by {amount}", language)
    return text


def _aggregation(aggregation: Aggregation, one: Explanation, language: Language) -> list[str]:
    known, expected = aggregation.known, aggregation.expected
    lines = [
        _word(f"应有 {expected} 个，已有 {known} 个", f"{known} of {expected} reporters have the figure", language)
    ]
    between = _word("，", ", ", language)
    if aggregation.largest and aggregation.function != "count":
        total = one.value if aggregation.function == "sum" and isinstance(one.value, Fraction) else None
        listed = between.join(_contributor(part, total) for part in aggregation.largest)
        more = known - len(aggregation.largest)
        lines.append(_word("最大：", "largest: ", language) + listed + (" …" if more > 0 else ""))
    if aggregation.missing:
        more = expected - known - len(aggregation.missing)
        listed = between.join(part.key for part in aggregation.missing)
        lines.append(_word("缺：", "missing: ", language) + listed + (" …" if more > 0 else ""))
    return lines


def _contributor(part: Contributor, total: Fraction | None) -> str:
    text = f"{part.key} {short_text(part.value or Fraction(0))}"
    if total:
        text += f" ({decimal_text(rounded((part.value or Fraction(0)) / total * 100, 1, 'half_up'), 1)}%)"
    return text
