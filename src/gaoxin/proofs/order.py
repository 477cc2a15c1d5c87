"""Statements about results: what is never false, and what never falls when a figure rises."""

from __future__ import annotations

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.outcomes import Example
from gaoxin.proofs.properties import Always, Monotone, given_codes
from gaoxin.proofs.searching import Search
from gaoxin.proofs.setting import Setting
from gaoxin.proofs.solving import exact
from gaoxin.proofs.values import Term, negated


def violation(search: Search, statement: Always) -> Example | None:
    """A reporter for which the condition is false; None where it never is."""

    def ask(setting: Setting) -> list[Term]:
        truth = setting.truth(statement.code)
        return [*setting.holds(given_codes(statement)), truth.known, negated(truth.value)]

    found = search.find(ask)
    return None if found is None else found.example({statement.code: False})


def reversal(search: Search, statement: Monotone, figure: str) -> tuple[Example, Example] | None:
    """A reporter, and the same with more of ``figure``, whose result goes the wrong way; None where it never does."""
    code = statement.code

    def ask(setting: Setting) -> list[Term]:
        result = setting.number(code)
        known = [*setting.holds(given_codes(statement)), result.known]
        less, more = _both(setting, figure)
        further = [z3.substitute(term, (less, more)) for term in setting.question(known)]
        now, then = result.top, z3.substitute(result.top, (less, more))
        wrong = then < now if statement.direction == "rising" else then > now
        return [*known, *further, less < more, wrong]

    found = search.find(ask)
    if found is None:
        return None
    less, more = _both(found.setting, figure)
    result = found.setting.number(code).top
    item = found.setting.book.items[figure]
    further = exact(found.model, more) / 10 ** (item.decimals or 0)
    here = found.example({code: exact(found.model, result)})
    return here, here.moved(figure, further, {code: exact(found.model, z3.substitute(result, (less, more)))})


def _both(setting: Setting, figure: str) -> tuple[Term, Term]:
    """The whole number behind a figure, and the one of the same reporter with more of it."""
    setting.facts.item(figure, setting.here)
    less = setting.facts.variables[figure, setting.here].terms[0]
    return less, z3.Int(f"more {less.decl().name()}")
