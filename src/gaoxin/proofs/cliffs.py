"""Every cliff of a result: where one step more of a figure costs more than it brings.

The search goes along one figure at a time. A step that costs more than ``least`` is found, the comparisons of the rule
that change at that step are looked for until one is left that does it alone, and the search goes on with that one held
still. It ends when Z3 proves that no such step is left: then the list is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.facts import LARGEST, Variable
from gaoxin.proofs.lowering import Flip
from gaoxin.proofs.outcomes import Cliff
from gaoxin.proofs.properties import Cliffs, example_codes, given_codes
from gaoxin.proofs.setting import Setting, rests_on
from gaoxin.proofs.solving import Effort, Undecided, exact, find, plainer
from gaoxin.proofs.values import Term, real
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text

MOST_CLIFFS = 12
"""Cliffs along one figure; more would be a rule that falls at every step."""

_NOT_GROWN = {"1", "分", "unknown"}
"""Units of figures that are no size of a firm: years, node sizes, points; they are looked at where they are named."""

_CLOSE = Fraction(1, 100)
_HUGE = 10**10
_USUAL = Fraction(10**6)
"""What the example loses where the rule sets no limit to the loss."""


@dataclass
class Along:
    """The search along one figure of the reporter at hand."""

    setting: Setting
    statement: Cliffs
    variable: Variable
    effort: Effort

    def __post_init__(self) -> None:
        setting, statement = self.setting, self.statement
        self.figure: Term = self.variable.terms[0]
        self.unit = 10 ** (self.variable.item.decimals or 0)
        kept = setting.number(statement.code)
        self.kept, self.known = kept.top, kept.known
        self.given = setting.holds(given_codes(statement))
        self.flips = list(setting.flips(statement.code, [self.figure]))

    def moved(self, term: Term) -> Term:
        """``term`` one step further."""
        return z3.substitute(term, (self.figure, self.figure + 1))

    @property
    def loss(self) -> Term:
        """What one step more costs."""
        return self.kept - self.moved(self.kept)

    def flipped(self, flip: Flip) -> Term:
        """That a comparison changes at the step."""
        return z3.Xor(flip.value, self.moved(flip.value))

    def steps(self) -> list[Term]:
        """A step that costs more than ``least``, by a reporter of whom both sides are known."""
        loss = self.loss > real(Fraction(self.statement.least))
        there = [term for term in self.setting.question([*self.given, self.known, loss]) if not term.eq(loss)]
        return [loss, *there, *(self.moved(term) for term in there if self._moves(term))]

    def cliffs(self) -> Iterator[Cliff]:
        """Every cliff; raises Undecided where there may be further ones."""
        if not self._moves(self.kept) and not self._moves(self.known):
            return
        steps = self.steps()
        for _ in range(MOST_CLIFFS):
            model = find(steps, self.effort)
            if model is None and self.setting.rests_below([self.kept, self.known]):
                zh, en = "下级单位多于 1 个时没有查找", "with more than one reporter below it was not looked for"
                raise Undecided(Text(zh, en))
            if model is None:
                return
            causes = self._causes(steps, model)
            if not causes:
                zh, en = "每多一步都在减少，不是断崖", "it falls with every step, which is no cliff"
                raise Undecided(Text(zh, en))
            changed = [self.flipped(flip) for flip in causes]
            yield self._worst([*steps, *changed], causes)
            steps.append(z3.Not(z3.And(*changed)))
        zh, en = f"断崖超过 {MOST_CLIFFS} 处", f"there are more than {MOST_CLIFFS} cliffs"
        raise Undecided(Text(zh, en))

    def _moves(self, term: Term) -> bool:
        return str(self.figure.decl().name()) in self.setting.names(term)

    def _causes(self, steps: list[Term], model: z3.ModelRef) -> list[Flip]:
        """The comparisons that bring the loss about: one, with what follows from it, where that is possible."""
        changing = [flip for flip in self.flips if z3.is_true(model.eval(self.flipped(flip), model_completion=True))]
        first = [flip for flip in changing if not any(self._follows(flip, other) for other in changing)]
        if len(first) > 1:
            for flip in first:
                others = [other for other in self.flips if other is not flip and not self._follows(other, flip)]
                still = [z3.Not(self.flipped(other)) for other in others if not other.value.eq(flip.value)]
                if self._possible([*steps, self.flipped(flip), *still], otherwise=False):
                    return [flip]
        return first

    def _follows(self, flip: Flip, other: Flip) -> bool:
        """Whether the entry of ``flip`` rests on that of ``other``."""
        return flip.code != other.code and other.code in rests_on(self.setting.book, flip.code)

    def _worst(self, steps: list[Term], causes: list[Flip]) -> Cliff:
        """The cliff at its highest, by the example asked for as far as it fits."""
        chosen = steps
        for condition in self.setting.holds(example_codes(self.statement)):
            fitting = [*chosen, *self.setting.question([condition])]
            chosen = fitting if self._possible(fitting, otherwise=False) else chosen
        lost, bounded = self._most(chosen)
        enough = self.loss >= real(lost)
        usual = z3.And(self.loss >= real(_USUAL), self.loss <= real(_USUAL + 1))
        if not bounded and self._possible([*chosen, usual], otherwise=False):
            enough = usual
        figures = self.setting.numeric([self.kept, *self._values(causes)])
        others = [term for term in figures if not term.eq(self.figure)]
        model = plainer([*chosen, enough], others, self.effort)
        assert model is not None  # noqa: S101 - a step that costs as much has just been found
        most = bounded and not self._possible([*steps, self.loss > real(lost + _CLOSE)])
        return self._cliff(model, causes, most)

    def _values(self, causes: list[Flip]) -> list[Term]:
        return [flip.value for flip in causes]

    def _possible(self, constraints: list[Term], *, otherwise: bool = True) -> bool:
        """Whether there is such a reporter; ``otherwise``: what is taken to be so where that stays undecided."""
        try:
            return find(constraints, self.effort) is not None
        except Undecided:
            return otherwise

    def _most(self, steps: list[Term]) -> tuple[Fraction, bool]:
        """The largest loss, to the fen, and whether there is one."""
        low, high = Fraction(self.statement.least), None
        while True:
            # Is there any more at all? Often the first firm found already loses the most.
            model = find([*steps, self.loss >= real(low + _CLOSE)], self.effort)
            if model is None:
                return low, True
            low = exact(model, self.loss)
            if low > _HUGE:
                return low, False
            wanted = low * 8 if high is None else (low + high) / 2
            model = find([*steps, self.loss >= real(wanted)], self.effort)
            if model is None:
                high = wanted
            else:
                low = exact(model, self.loss)

    def _cliff(self, model: z3.ModelRef, causes: list[Flip], most: bool) -> Cliff:
        setting, code = self.setting, self.statement.code
        place = model.eval(self.figure, model_completion=True).as_long()
        before, after = exact(model, self.kept), exact(model, self.moved(self.kept))
        recovers, never = self._recovery(model, place, before)
        shown = [self.kept, *self._values(causes)]
        example = setting.example(model, shown, {code: before})
        step = Fraction(1, self.unit)
        return Cliff(
            figure=self.variable.item.code,
            causes=tuple(dict.fromkeys(flip.code for flip in causes)),
            before=Fraction(place, self.unit),
            after=Fraction(place, self.unit) + step,
            kept_before=before,
            kept_after=after,
            most=most,
            recovers=recovers,
            never=never,
            example=example,
            beyond=example.moved(self.variable.item.code, Fraction(place, self.unit) + step, {code: after}),
        )

    def _recovery(self, model: z3.ModelRef, place: int, before: Fraction) -> tuple[Fraction | None, bool]:
        """The smallest value above at which the same reporter keeps as much again."""
        fixed = [
            (term, model.eval(term, model_completion=True))
            for variable in self.setting.facts.variables.values()
            for term in variable.terms
            if not term.eq(self.figure)
        ]
        back = z3.simplify(z3.substitute(z3.And(self.kept >= real(before), self.known), *fixed))
        low, high = place + 1, LARGEST * self.unit
        try:
            found = find([back, self.figure > low, self.figure <= high], self.effort)
            if found is None:
                return None, True
            high = found.eval(self.figure, model_completion=True).as_long()
            # "There is one between here and there" only becomes true as "there" moves on: halving finds the first.
            while high - low > 1:
                middle = (low + high) // 2
                found = find([back, self.figure > low, self.figure <= middle], self.effort)
                if found is None:
                    low = middle
                else:
                    high = found.eval(self.figure, model_completion=True).as_long()
        except Undecided:
            return None, False
        return Fraction(high, self.unit), False


def along(setting: Setting, statement: Cliffs) -> list[Variable]:
    """The figures along which the result of ``statement`` is searched: those it names, or all sizes behind it."""
    setting.number(statement.code)
    behind = rests_on(setting.book, statement.code)
    variables = setting.facts.variables
    return [
        variables[code, setting.here]
        for code, item in setting.book.items.items()
        if code in behind and (code, setting.here) in variables and _wanted(item, statement)
    ]


def ever_known(setting: Setting, statement: Cliffs, effort: Effort) -> bool:
    """Whether there is anybody of whom the result is known and not zero, as that of one who is not entitled."""
    kept = setting.number(statement.code)
    try:
        return find(setting.question([kept.known, kept.top != 0]), effort) is not None
    except Undecided:
        return True


def _wanted(item: Item, statement: Cliffs) -> bool:
    if item.decimals is None:
        return False
    return item.code in statement.along if statement.along else item.unit not in _NOT_GROWN
