"""What is to be said of one return: the rules of its book, and the comparison with the period before and with peers.

Errors keep a return from being submitted; a warning asks for an explanation. Every finding is a `Problem` whose
``item`` is the cell where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from gaoxin.platform.refusals import problem
from gaoxin.platform.statistics import document
from gaoxin.platform.statistics.comparison import A_YEAR_BEFORE, LAST_PERIOD, against_others
from gaoxin.platform.statistics.document import Figures
from gaoxin.platform.statistics.peers import Norms
from gaoxin.problems import Problem
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Check, Derived
from gaoxin.rulebook.evaluate import At, Evaluator, Row, Rows, rounded
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.words import Text

_KEY = "r"
"""The reporter at hand; its name does not matter to the rules."""
_SHOWN = 8
"""Figures shown with a check that is not met."""


@dataclass(frozen=True)
class Judged:
    """A return with everything that the rules compute from it."""

    book: Book
    entity: str
    period: str
    figures: Figures
    before: Figures
    """The approved figures of the period before; empty when there are none."""
    usual: Norms = field(default_factory=dict)
    """What is usual among its peers."""
    year: Figures = field(default_factory=dict)
    """The approved figures of the same period a year before, where the period is not a year."""
    asked: frozenset[str] | None = None
    """The items that are to be filled in; all when None."""

    def evaluator(self) -> Evaluator:
        """The exact evaluation of the rules over this return and the one before."""
        now = period_ordinal(self.period, self.book.frequency)
        returns: dict[str, dict[tuple[str, int], Row]] = {}
        ordinals = [now]
        for ordinal, figures in ((now, self.figures), (now - 1, self.before)):
            if ordinal == now or figures:
                ordinals.append(ordinal)
                for entity, held in document.rows(self.book, self.entity, _KEY, None, figures).items():
                    returns.setdefault(entity, {}).update({(key, ordinal): row for key, row in held.items()})
        return Evaluator(self.book, Rows(returns, {entity: frozenset(ordinals) for entity in returns}))


def findings(judged: Judged) -> list[Problem]:
    """Everything there is to say, errors first."""
    if not any(judged.figures.values()):
        message = Text("还没有填写任何数据", "nothing was entered yet")
        return [problem("returns.empty", None, message)]
    found = list(_failed(judged))
    # Where a check of the book that is not met compares with last period itself, nothing is said twice.
    said = {one.item for one in found if _looks_back(judged.book, one.rule)}
    since = A_YEAR_BEFORE if judged.year else LAST_PERIOD
    former = judged.year or judged.before
    compared = against_others(judged.book, judged.entity, judged.figures, former, judged.usual, since)
    for one in compared:
        unasked = judged.asked is not None and one.rule == "compare.vanished" and one.item not in judged.asked
        if one.item is None or (one.item not in said and not unasked):
            found.append(one)
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda one: order[one.severity])


def _looks_back(book: Book, code: str) -> bool:
    node = book.expressions.trees[code]
    return any(isinstance(part, tree.Prior) for part in tree.walk(node))


def computed(judged: Judged) -> list[tuple[Derived, str]]:
    """The figures that the book derives for the reporter, as text; "" where they are unknown."""
    evaluator = judged.evaluator()
    at = At(judged.entity, _KEY, period_ordinal(judged.period, judged.book.frequency))
    found = []
    for code, entry in judged.book.derived.items():
        if entry.entity != judged.entity or entry.unit is None:
            continue
        value = evaluator.figure(code, at).value
        text = ""
        if isinstance(value, Fraction):
            scale = 2 if entry.scale is None else entry.scale
            whole = rounded(value, scale, entry.rounding) * 10**scale
            text = format(Decimal(whole.numerator).scaleb(-scale), f".{scale}f")
        found.append((entry, text))
    return found


def _failed(judged: Judged) -> Iterator[Problem]:
    evaluator = judged.evaluator()
    ordinal = period_ordinal(judged.period, judged.book.frequency)
    below = [name for name, one in judged.book.entities.items() if one.parent == judged.entity]
    for code, check in judged.book.checks.items():
        if check.entity == judged.entity:
            places = [(0, At(check.entity, _KEY, ordinal))]
        elif check.entity in below:
            numbers = document.numbers_below(judged.figures, check.entity)
            places = [(n, At(check.entity, f"{_KEY}/{n}", ordinal)) for n in numbers]
        else:
            continue
        for number, at in places:
            if evaluator.exists(at) and evaluator.figure(code, at).value is False:
                yield _problem(judged, check, number)


def _problem(judged: Judged, check: Check, number: int) -> Problem:
    """A check that is not met, with the figures it rests on, at the cell of the first of them."""
    names = [name for name in _reported(judged.book, check.code) if judged.book.items[name].entity == check.entity]
    cells = [f"{check.entity}.{number}.{name}" if number else name for name in names]
    shown = [
        (name, document.plain(judged.book.items[name], judged.figures.get(cell, "")) or "—")
        for name, cell in zip(names, cells, strict=True)
    ][:_SHOWN]
    zh, en = "，".join(f"{n} = {v}" for n, v in shown), ", ".join(f"{n} = {v}" for n, v in shown)
    return Problem(
        rule=check.code,
        severity=check.severity,
        message=Text(
            check.message.zh + (f"（{zh}）" if zh else ""),
            check.message.en + (f" ({en})" if en else ""),
        ),
        remedy=Text("请核对并更正", "check and correct it")
        if check.severity == "error"
        else Text("请核对，属实请说明原因", "check it; if it is right, say why"),
        item=next((cell for cell in cells if judged.figures.get(cell)), cells[0] if cells else None),
        value="|".join(judged.figures.get(cell, "") for cell in cells),
    )


def _reported(book: Book, code: str) -> list[str]:
    """The reported items that an entry rests on, in the order it names them."""
    found: dict[str, None] = {}
    stack = [code]
    while stack:
        for name in book.expressions.uses[stack.pop()]:
            if name in book.items:
                found[name] = None
            elif name in book.derived and name not in found:
                stack.append(name)
    order = {name: at for at, name in enumerate(book.items)}
    return sorted(found, key=order.__getitem__)


def unexplained(found: list[Problem], given: Mapping[tuple[str, str], tuple[str, str]]) -> list[Problem]:
    """The warnings without an explanation that still holds.

    ``given`` maps (rule, cell) to (value, text): an explanation was given for a value, and holds for no other.
    """
    return [
        one
        for one in found
        if one.severity == "warning" and given.get((one.rule, one.item or ""), (None, ""))[0] != value_of(one)
    ]


def value_of(one: Problem) -> str:
    """What an explanation of the finding is bound to."""
    return (one.value or "")[:200]
