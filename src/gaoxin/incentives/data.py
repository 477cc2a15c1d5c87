"""Answers as plain data for programs: JSON with exact numbers as text and every text in both languages."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from gaoxin.incentives.answers import DISCLAIMER, Amount, Answer, ConditionAnswer
from gaoxin.incentives.changes import Change
from gaoxin.incentives.comparisons import Group, Quantity, Test
from gaoxin.incentives.wording import change_words, comparison_words
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.formula import decimal_text
from gaoxin.rulebook.narrate import CONFIDENCE
from gaoxin.rulebook.tree import Constant, Type
from gaoxin.words import Text


def answer_data(answer: Answer) -> dict[str, Any]:
    """One answer as plain data for JSON: exact numbers as text, every text in both languages."""
    return {
        "benefit": answer.code,
        "instrument": answer.instrument,
        "kind": answer.kind,
        "name": both(answer.name),
        "entity": answer.entity,
        "reporter": answer.reporter,
        "period": answer.period,
        "state": answer.state,
        "entitled": answer.entitled,
        "amount": None if answer.amount is None else _amount_data(answer.amount),
        "conditions": [_condition_data(condition) for condition in answer.conditions],
        "missing": [
            {
                "item": one.code,
                "name": both(one.name),
                "entity": one.entity,
                "reporter": one.key,
                "period": one.period,
                "unit": one.unit,
                "form": one.form,
            }
            for one in answer.missing
        ],
        "open": [both(text) for text in answer.open],
        "obstacles": [both(text) for text in answer.obstacles],
        "changes": [_change_data(change) for change in answer.changes],
        "changes_suffice": answer.changes_suffice,
        "excludes": [
            {
                "benefit": one.benefit,
                "name": both(one.name),
                "entitled": one.entitled,
                "source": source_data(one.citation),
            }
            for one in answer.excludes
        ],
        "claim": answer.claim,
        "documents": [both(text) for text in answer.documents],
        "deadlines": [
            {
                "name": both(one.name),
                "when": one.when or None,
                "text": both(one.text) if one.text.zh else None,
                "source": source_data(one.citation),
            }
            for one in answer.deadlines
        ],
        "source": source_data(answer.citation),
        "rests_on": [source_data(clause) for clause in answer.rests_on],
        "confidence": answer.confidence,
        "note": both(answer.note) if answer.note.zh else None,
        "rulebook": {"book": answer.book, "version": answer.version},
        "as_of": answer.as_of.isoformat(),
        "disclaimer": both(DISCLAIMER),
    }


def both(text: Text) -> dict[str, str]:
    """A text in both languages; where it has but one, that stands for the other."""
    return {"zh": text.zh, "en": text.en or text.zh}


def _plain(value: Constant, of: Type) -> object:
    """A value for JSON: numbers as exact decimal text, a quotient that does not end as a fraction."""
    if not isinstance(value, Fraction):
        return value.isoformat() if isinstance(value, datetime.date) else value
    if of.scale is None:
        return str(value)
    return decimal_text(value, of.scale)


def _quantity_data(one: Quantity) -> dict[str, object]:
    return {
        "name": both(one.name),
        "code": one.code or None,
        "value": _plain(one.value, one.type),
        "unit": str(one.type.unit) or None,
    }


def _condition_data(condition: ConditionAnswer) -> dict[str, object]:
    return {
        "code": condition.code,
        "name": both(condition.name),
        "met": condition.met,
        "tests": [_test_data(test) for test in condition.tests],
        "unknown_because": [both(reason.message) for reason in condition.reasons],
        "source": source_data(condition.citation),
        "remedy": None if condition.remedy is None else both(condition.remedy),
        "note": both(condition.note) if condition.note.zh else None,
    }


def _test_data(one: Test) -> dict[str, object]:
    if isinstance(one, Group):
        return {
            "need": one.need,
            "name": None if one.name is None else both(one.name),
            "holds": one.holds,
            "tests": [_test_data(part) for part in one.parts],
        }
    ratio = one.ratio
    return {
        "text": both(comparison_words(one)),
        "value": _quantity_data(one.value),
        "op": one.op,
        "threshold": _quantity_data(one.threshold),
        "holds": one.holds,
        "margin": None if one.margin is None else str(one.margin),
        "ratio": None
        if ratio is None
        else {
            "numerator": _quantity_data(ratio.numerator),
            "denominator": _quantity_data(ratio.denominator),
            "value": None if ratio.value is None else str(ratio.value),
            "limit": None if ratio.limit is None else str(ratio.limit),
            "needed": None if ratio.needed is None else str(ratio.needed),
            "short_by": None if ratio.short_by is None else str(ratio.short_by),
        },
    }


def _change_data(change: Change) -> dict[str, object]:
    return {
        "text": both(change_words(change)),
        "item": change.code,
        "name": both(change.name),
        "now": _plain(change.now, change.type),
        "then": _plain(change.then, change.type),
        "by": _plain(change.by, change.type),
        "about": _plain(change.about, change.type),
        "unit": str(change.type.unit) or None,
        "or": list(change.like),
        "enough": change.enough,
    }


def _amount_data(amount: Amount) -> dict[str, object]:
    return {
        "name": both(amount.name),
        "unit": amount.unit,
        "value": None if amount.value is None else str(amount.value),
        "worth": None if amount.worth is None else str(amount.worth),
        "source": source_data(amount.citation),
    }


def source_data(clause: Citation | None) -> dict[str, object] | None:
    """A clause as plain data; None where there is none."""
    if clause is None:
        return None
    mark = clause.confidence
    return {
        "title": both(clause.title),
        "number": clause.number or None,
        "article": clause.article or None,
        "url": clause.url or None,
        "confidence": mark,
        "confidence_words": both(CONFIDENCE[mark]),
    }
