"""Facts that are not fixed: a variable for every figure that a rule looks at, of every reporter and period.

``Facts`` says which returns there may be and hands out their figures as symbolic values. What Z3 finds comes back as
``Rows``, so that the exact evaluator and the engines can be asked whether they agree.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.values import (
    DAYS_OF_MONTH,
    DAYS_OF_YEAR,
    YES,
    Day,
    Number,
    Term,
    Truth,
    Value,
    Words,
    all_of,
    one_of,
    real,
)
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Row, Rows
from gaoxin.rulebook.tree import Aggregate, Constant

LARGEST = 10**13
"""Figures are looked for up to here, on both sides of zero."""

ANY_DAY = datetime.date(2000, 1, 1)

OTHERS = "others"
"""Key of a reporter that is there only because somebody else has reported."""

Known: TypeAlias = Literal["all", "some"]
"""Whether every return says everything, or any figure may be missing."""


@dataclass(frozen=True, slots=True)
class Variable:
    """The Z3 constants that stand for one figure of one return."""

    item: Item
    at: At
    terms: tuple[Term, ...]
    known: Term

    def pairs(self, value: Constant) -> Iterator[tuple[Term, Term]]:
        """The constants with what they are where the figure is ``value`` (None: missing)."""
        if not z3.is_true(self.known):
            yield self.known, z3.BoolVal(value is not None)
        match value:
            case None:
                return
            case bool():
                yield self.terms[0], z3.BoolVal(value)
            case Fraction():
                yield self.terms[0], z3.IntVal(int(value * 10 ** (self.item.decimals or 0)))
            case datetime.date():
                for term, part in zip(self.terms, (value.year, value.month, value.day), strict=True):
                    yield term, z3.IntVal(part)
            case _:
                listed = self.item.values
                yield self.terms[0], z3.IntVal(listed.index(value)) if listed else z3.StringVal(value)

    def value(self, model: z3.ModelRef) -> Constant:
        """What the figure is in ``model``; None where it is missing."""
        if not z3.is_true(model.eval(self.known, model_completion=True)):
            return None
        found = [model.eval(term, model_completion=True) for term in self.terms]
        match self.item.type:
            case "flag":
                return _holds(model, self.terms[0])
            case "date":
                year, month, day = (_long(one) for one in found)
                # Nothing depends on a date of which the model says nothing, and Z3 fills in zeros.
                return datetime.date(year, month, day) if year and month and day else ANY_DAY
            case "decimal" | "integer":
                return Fraction(_long(found[0]), 10 ** (self.item.decimals or 0))
            case _:
                if self.item.values:
                    return self.item.values[_long(found[0])]
                return _unescaped(found[0].as_string())


@dataclass
class Facts:
    """The returns there may be: those of one reporter, in the period and before it, and of those below it.

    ``known``: whether their figures may be missing. ``below``: how many reporters of each entity below there may be at
    most; None for any number, and then what an aggregate gives is left open. ``signed``: the numeric items that may be
    below zero; None for all of them.
    """

    book: Book
    here: At
    known: Known = "all"
    below: int | None = 1
    signed: frozenset[str] | None = None
    variables: dict[tuple[str, At], Variable] = field(default_factory=dict)
    domain: list[Term] = field(default_factory=list)
    """What holds of every figure, whatever it is: a month has at most 31 days."""
    _values: dict[tuple[str, At], Value] = field(default_factory=dict)
    _returns: dict[At, Term] = field(default_factory=dict)
    _present: dict[tuple[str, int], Term] = field(default_factory=dict)
    _open: dict[tuple[Aggregate, At], Number] = field(default_factory=dict)

    def item(self, code: str, at: At) -> Value:
        """The reported figure ``code`` of one reporter in one period."""
        if (code, at) not in self._values:
            item = self.book.items[code]
            variable, value = self._new(item, at)
            self.variables[code, at], self._values[code, at] = variable, value
        return self._values[code, at]

    def returned(self, at: At) -> Term:
        """Whether the reporter has a return for the period."""
        if at == self.here:
            return YES
        if at not in self._returns:
            self._returns[at] = z3.Bool(f"return {_name(at)}")
        return self._returns[at]

    def below_of(self, at: At, entity: str) -> list[At]:
        """The reporters of ``entity`` that may belong to the reporter ``at``."""
        return [At(entity, f"{at.key}-{number}", at.ordinal) for number in range(1, (self.below or 0) + 1)]

    def present(self, entity: str, at: At) -> Term:
        """Whether anybody of ``entity`` has reported for the period of ``at``."""
        key = (entity, at.ordinal)
        if key not in self._present:
            self._present[key] = z3.Bool(f"present {entity} {at.ordinal}")
        if entity == self.here.entity and at.ordinal == self.here.ordinal:
            return YES
        mine = (self.returned(one) for one in self.below_of(at, entity))
        return one_of((self._present[key], *mine))

    def open_aggregate(self, node: Aggregate, at: At) -> Number:
        """What an aggregate over any number of reporters gives: any number, or unknown."""
        if (node, at) not in self._open:
            name, scale = f"{node.function} {node.entity} {len(self._open)} {_name(at)}", node.type.scale
            term = z3.Real(name) if scale is None else z3.ToReal(z3.Int(name)) * real(Fraction(1, 10**scale))
            if node.function == "count":
                self.domain.append(term >= 0)
            self._open[node, at] = Number(term, None, z3.Bool(f"known {name}"))
        return self._open[node, at]

    def returns_of(self, at: At) -> list[Term]:
        """Whether the reporter of ``at`` has a return, for each of the other periods that have been looked at."""
        return [term for one, term in self._returns.items() if (one.entity, one.key) == (at.entity, at.key)]

    def presences(self) -> list[Term]:
        """Whether anybody has reported, for each entity and period in which that has been looked at."""
        return list(self._present.values())

    def rows(self, model: z3.ModelRef, variables: Iterable[Variable]) -> Rows:
        """The returns of ``model``, with the figures ``variables`` only."""
        shown = list(variables)
        there = {self.here} | {at for at, term in self._returns.items() if _holds(model, term)}
        returns: dict[str, dict[tuple[str, int], Row]] = {}
        for at in sorted(there, key=lambda one: (one.entity, one.key, one.ordinal)):
            figures = {
                variable.item.code: value
                for variable in shown
                if variable.at == at and (value := variable.value(model)) is not None
            }
            above = None if self.book.entities[at.entity].parent is None else at.key.rpartition("-")[0] or at.key
            returns.setdefault(at.entity, {})[at.key, at.ordinal] = Row(above, figures)
        for (entity, ordinal), term in self._present.items():
            if _holds(model, term):
                above = None if self.book.entities[entity].parent is None else OTHERS
                returns.setdefault(entity, {})[OTHERS, ordinal] = Row(above, {})
        return with_presence(returns)

    def pairs(self, rows: Rows) -> list[tuple[Term, Term]]:
        """Every variable with what it is in ``rows``."""
        found: list[tuple[Term, Term]] = []
        for (code, at), variable in self.variables.items():
            row = rows.returns.get(at.entity, {}).get((at.key, at.ordinal))
            found.extend(variable.pairs(None if row is None else row.figures.get(code)))
        for at, term in self._returns.items():
            found.append((term, z3.BoolVal((at.key, at.ordinal) in rows.returns.get(at.entity, {}))))
        for (entity, ordinal), term in self._present.items():
            found.append((term, z3.BoolVal(ordinal in rows.present.get(entity, ()))))
        return found

    def _new(self, item: Item, at: At) -> tuple[Variable, Value]:
        name = f"{item.code} {_name(at)}"
        reported = YES if self.known == "all" else z3.Bool(f"known {name}")
        known = all_of((self.returned(at), reported))
        terms: tuple[Term, ...]
        value: Value
        match item.type:
            case "flag":
                terms = (z3.Bool(name),)
                value = Truth(terms[0], known)
            case "date":
                terms = tuple(z3.Int(f"{part} {name}") for part in ("year", "month", "day"))
                self._calendar(*terms)
                year, month, day = terms
                value = Day(year * DAYS_OF_YEAR + (month - 1) * DAYS_OF_MONTH + day - 1, year, known)
            case "decimal" | "integer":
                scaled = z3.Int(name)
                terms, unit = (scaled,), 10 ** (item.decimals or 0)
                least = -LARGEST * unit if self.signed is None or item.code in self.signed else 0
                self.domain += [scaled <= LARGEST * unit, scaled >= least]
                value = Number(z3.ToReal(scaled) * real(Fraction(1, unit)), None, known)
            case _ if item.values:
                terms = (z3.Int(name),)
                self.domain += [terms[0] >= 0, terms[0] < len(item.values)]
                value = Words(_listed(item.values, terms[0]), known, item.values, terms[0])
            case _:
                terms = (z3.String(name),)
                value = Words(terms[0], known)
        return Variable(item, at, terms, reported), value

    def _calendar(self, year: Term, month: Term, day: Term) -> None:
        leap = one_of((z3.And(year % 4 == 0, year % 100 != 0), year % 400 == 0))
        short = one_of(month == number for number in (4, 6, 9, 11))
        most = z3.If(short, 30, z3.If(month == 2, z3.If(leap, 29, 28), 31))
        limits = [year >= 1900, year <= 2200, month >= 1, month <= 12, day >= 1, day <= most]
        self.domain.append(z3.And(*limits))


def with_presence(returns: Mapping[str, Mapping[tuple[str, int], Row]]) -> Rows:
    """``returns`` with the periods for which anybody has reported."""
    present = {entity: frozenset(ordinal for _, ordinal in rows) for entity, rows in returns.items()}
    return Rows(returns, present)


def _listed(options: tuple[str, ...], index: Term) -> Term:
    term = z3.StringVal(options[-1])
    for number in range(len(options) - 2, -1, -1):
        term = z3.If(index == number, z3.StringVal(options[number]), term)
    return term


def _unescaped(text: str) -> str:
    """A text as Z3 writes it, without its escapes."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda sign: chr(int(sign[1], 16)), text)


def _long(term: Term) -> int:
    return int(term.as_long())


def _holds(model: z3.ModelRef, term: Term) -> bool:
    return bool(z3.is_true(model.eval(term, model_completion=True)))


def _name(at: At) -> str:
    return f"{at.entity} {at.key} {at.ordinal}"
