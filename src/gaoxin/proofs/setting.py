"""What a proof looks at: the book's rules over facts that are not fixed, and what is taken for granted of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.facts import Facts, Known, Variable
from gaoxin.proofs.lowering import Flip, Lowering, NotLowered
from gaoxin.proofs.outcomes import Example
from gaoxin.proofs.properties import Properties
from gaoxin.proofs.values import Number, Term, Truth, all_of, negated
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import At
from gaoxin.rulebook.tree import Constant

MOST_BELOW = 2
"""Reporters of each entity below that a counter-example may have."""


@dataclass
class Setting:
    """The rules of ``properties.book`` for one reporter in one period.

    ``known``: whether any figure may be missing; ``below``: how many reporters there may be below, None for any number;
    ``declared``: whether what a rule itself leaves open counts as known.
    """

    properties: Properties
    here: At
    known: Known = "all"
    below: int | None = 1
    declared: bool = False
    _names: dict[int, tuple[Term, frozenset[str]]] = field(default_factory=dict)
    """By the number of a term, which is its own only as long as the term is kept."""

    @cached_property
    def facts(self) -> Facts:
        """The facts that are not fixed."""
        return Facts(self.book, self.here, self.known, self.below, self.properties.signed)

    @cached_property
    def lowering(self) -> Lowering:
        """The rules over them."""
        return Lowering(self.facts, self.declared)

    @property
    def book(self) -> Book:
        """The book, with the expressions of its statements."""
        return self.properties.book

    def truth(self, code: str) -> Truth:
        """The condition ``code`` of the reporter at hand."""
        value = self.lowering.truth(code, self.here)
        return Truth(z3.simplify(value.value), z3.simplify(value.known))

    def is_known(self, code: str) -> Term:
        """Whether the figure or condition ``code`` of the reporter at hand is known."""
        return z3.simplify(self.lowering.figure(code, self.here).known)

    def number(self, code: str) -> Number:
        """The figure ``code`` of the reporter at hand; its ``top`` is the whole number, simplified."""
        value = self.lowering.number(code, self.here)
        return Number(z3.simplify(value.plain), None, z3.simplify(value.known))

    def holds(self, codes: Iterable[str]) -> list[Term]:
        """That the conditions ``codes`` are known and hold."""
        truths = [self.truth(code) for code in codes]
        return [all_of((truth.known, truth.value)) for truth in truths]

    def question(self, terms: Iterable[Term], *, passing: bool = True) -> list[Term]:
        """``terms`` with what holds of every figure in them, with the assumptions, and with checks that are not failed.

        Of the checks only those of severity error count (none if not ``passing``), and of these and of the assumptions
        only those that say something about a figure of ``terms``, or about one that another of them brings in.
        """
        asked = list(terms)
        names = frozenset().union(*map(self.names, asked)) if asked else frozenset()
        granted = [*self._assumed, *(self._unfailed if passing else ())]
        while fitting := [term for term in granted if self.names(term) & names]:
            granted = [term for term in granted if not self.names(term) & names]
            asked += fitting
            names = names.union(*map(self.names, fitting))
        return [*asked, *(term for term in self.facts.domain if self.names(term) & names)]

    def variables(self, terms: Iterable[Term]) -> list[Variable]:
        """The figures that ``terms`` depend on, in the order in which the book has them."""
        names = frozenset().union(*map(self.names, terms))
        found = [one for one in self.facts.variables.values() if any(_called(term) in names for term in one.terms)]
        order = {code: number for number, code in enumerate(self.book.items)}
        return sorted(found, key=lambda one: (-one.at.ordinal, one.at.key, order[one.item.code]))

    def numeric(self, terms: Iterable[Term]) -> list[Term]:
        """The whole numbers behind the numeric figures of ``terms``."""
        return [one.terms[0] for one in self.variables(terms) if one.item.decimals is not None]

    def rests_below(self, terms: Iterable[Term]) -> bool:
        """Whether ``terms`` depend on returns of reporters below, of which only a few are looked at."""
        return any(one.at.entity != self.here.entity for one in self.variables(terms))

    def flips(self, code: str, terms: Iterable[Term]) -> Iterator[Flip]:
        """The comparisons behind the figure ``code`` that depend on the constants ``terms``."""
        behind, moving = rests_on(self.book, code), {_called(term) for term in terms}
        for flip in self.lowering.flips:
            if flip.code in behind and self.names(flip.value) & moving:
                yield flip

    def example(self, model: z3.ModelRef, terms: Iterable[Term], claims: Mapping[str, Constant]) -> Example:
        """The reporter of ``model`` with all figures behind ``claims``; those that ``terms`` depend on are shown."""
        behind = frozenset().union(*(rests_on(self.book, code) for code in claims))
        needed = [one for one in self.facts.variables.values() if one.item.code in behind]
        shown = tuple((one.item, one.at, one.value(model)) for one in self.variables(terms))
        return Example(self.facts.rows(model, needed), self.here, shown, claims)

    def everything_returned(self) -> list[Term]:
        """That every return is there: the earlier ones of the reporter at hand, and some of every entity below."""
        return [*self.facts.returns_of(self.here), *self.facts.presences()]

    def names(self, term: Term) -> frozenset[str]:
        """Names of the constants in ``term``."""
        key = term.get_id()
        if key not in self._names:
            self._names[key] = (term, frozenset(_constants(term)))
        return self._names[key][1]

    @cached_property
    def _assumed(self) -> list[Term]:
        codes = [one.code for one in self.properties.assume if one.entity == self.here.entity]
        truths = [self.truth(code) for code in codes]
        return [negated(all_of((truth.known, negated(truth.value)))) for truth in truths]

    @cached_property
    def _unfailed(self) -> list[Term]:
        found = []
        for code, check in self.book.checks.items():
            if check.severity == "error" and check.entity == self.here.entity:
                try:
                    truth = self.truth(code)
                except NotLowered:
                    continue
                found.append(negated(all_of((truth.known, negated(truth.value)))))
        return found


def rests_on(book: Book, code: str) -> frozenset[str]:
    """``code`` and every entry that it rests on."""
    found, stack = {code}, [code]
    while stack:
        used = book.expressions.uses.get(stack.pop(), frozenset()) - found
        found |= used
        stack.extend(used)
    return frozenset(found)


def _constants(term: Term) -> Iterator[str]:
    seen: set[int] = set()
    stack = [term]
    while stack:
        one = stack.pop()
        if one.get_id() in seen:
            continue
        seen.add(one.get_id())
        if z3.is_const(one) and one.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            yield _called(one)
        stack.extend(one.children())


def _called(term: Term) -> str:
    return str(term.decl().name())
