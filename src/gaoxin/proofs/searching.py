"""The search for a counter-example, over ever more general facts, and what its outcome means.

First every figure is given and at most one reporter of each entity is below: what is found there is easy to read. Then
any figure may be missing and what reporters below bring is left open: what is not found there is proven. In between,
where an open aggregate may have misled the second search, a few reporters below are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.lowering import NotLowered
from gaoxin.proofs.outcomes import Example
from gaoxin.proofs.properties import Properties
from gaoxin.proofs.setting import MOST_BELOW, Setting
from gaoxin.proofs.solving import Effort, Undecided, plainer
from gaoxin.proofs.values import Term
from gaoxin.rulebook.evaluate import At
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text

Ask = Callable[[Setting], list[Term]]


@dataclass(frozen=True)
class Found:
    """The facts for which what was asked is so."""

    setting: Setting
    model: z3.ModelRef
    terms: list[Term]

    def example(self, claims: Mapping[str, Constant]) -> Example:
        """The reporter with these facts."""
        return self.setting.example(self.model, self.terms, claims)

    def truth(self, code: str) -> Constant:
        """What the condition ``code`` is for it."""
        truth = self.setting.truth(code)
        if not z3.is_true(self.model.eval(truth.known, model_completion=True)):
            return None
        return bool(z3.is_true(self.model.eval(truth.value, model_completion=True)))


@dataclass(frozen=True)
class Search:
    """The facts of one reporter of ``entity`` in one period, at three levels of generality."""

    properties: Properties
    here: At
    effort: Effort

    @cached_property
    def complete(self) -> Setting:
        """Every figure is given; at most one reporter of each entity below."""
        return Setting(self.properties, self.here)

    @cached_property
    def declared(self) -> Setting:
        """The same, and what a rule itself leaves open counts as known."""
        return Setting(self.properties, self.here, declared=True)

    @cached_property
    def general(self) -> Setting:
        """Any figure may be missing; any number of reporters below."""
        return Setting(self.properties, self.here, known="some", below=None)

    @cached_property
    def bounded(self) -> Setting:
        """Any figure may be missing; a few reporters below, one by one."""
        return Setting(self.properties, self.here, known="some", below=MOST_BELOW)

    def find(self, ask: Ask, *, passing: bool = True) -> Found | None:
        """A reporter for which what ``ask`` asks for is so; None where it is proven that there is none.

        ``passing``: among those only that fail no check of severity error.

        Raises Undecided where neither is known.
        """
        try:
            found = self.within(self.complete, ask, passing=passing)
            if found is not None:
                return found
            if self.within(self.general, ask, passing=passing) is None:
                return None
            found = self.within(self.bounded, ask, passing=passing)
        except NotLowered as refused:
            raise Undecided(refused.what) from None
        if found is not None:
            return found
        zh = f"下级单位不超过 {MOST_BELOW} 个时没有；更多的没有结论"
        en = f"there is none with up to {MOST_BELOW} reporters below; with more it is not decided"
        raise Undecided(Text(zh, en))

    def within(self, setting: Setting, ask: Ask, *, passing: bool = True) -> Found | None:
        """The same among the facts of ``setting`` only."""
        terms = [z3.simplify(term) for term in ask(setting)]
        model = plainer(setting.question(terms, passing=passing), setting.numeric(terms), self.effort)
        return None if model is None else Found(setting, model, terms)
