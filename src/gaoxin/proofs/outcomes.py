"""What came out of a proof: proven, refuted with the reporter that shows it, or not decided and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from gaoxin.proofs.properties import Expected
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Rows
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text

State: TypeAlias = Literal["proven", "refuted", "undecided", "not_applicable"]
"""``not_applicable``: the book has no rule for the period, or does not know one that is needed."""
PropertyKind: TypeAlias = Literal["bands", "known", "possible", "exclusive", "always", "monotone", "cliffs"]


@dataclass(frozen=True, slots=True)
class Example:
    """A reporter that shows something.

    ``shown`` are the figures that matter, ``rows`` the returns with everything that the evaluator needs, ``claims``
    what it must give for them, exactly.
    """

    rows: Rows
    at: At
    shown: tuple[tuple[Item, At, Constant], ...]
    claims: Mapping[str, Constant]

    def moved(self, code: str, value: Fraction, claims: Mapping[str, Constant]) -> Example:
        """The same reporter with ``value`` in the place of its figure ``code``."""
        returns = self.rows.returns[self.at.entity]
        row = returns[self.at.key, self.at.ordinal]
        changed = {**returns, (self.at.key, self.at.ordinal): replace(row, figures={**row.figures, code: value})}
        rows = replace(self.rows, returns={**self.rows.returns, self.at.entity: changed})
        shown = tuple((item, at, value if item.code == code and at == self.at else was) for item, at, was in self.shown)
        return Example(rows, self.at, shown, claims)


@dataclass(frozen=True, slots=True)
class Cliff:
    """A place where one step more of ``figure`` costs more than it brings.

    ``before`` is the last value at which it is not lost, ``after`` the next one; ``kept_before`` and ``kept_after`` are
    what the reporter keeps there, in the unit of the result. ``causes`` are the entries whose comparison changes.
    ``most``: no reporter loses more (with what is given); else the loss is that of ``example``. ``recovers`` is the
    smallest value above at which as much is kept as before, None where none has been found: ``never`` says that there
    is none, up to the largest figure looked at.
    """

    figure: str
    causes: tuple[str, ...]
    before: Fraction
    after: Fraction
    kept_before: Fraction
    kept_after: Fraction
    most: bool
    recovers: Fraction | None
    never: bool
    example: Example
    beyond: Example
    """The same reporter one step further."""

    @property
    def lost(self) -> Fraction:
        """What the step costs, net of what it brings."""
        return self.kept_before - self.kept_after


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a property: ``detail`` says in words what was found.

    ``example`` is a reporter that shows it: for the kind ``possible`` one for which it is so, else one for which it is
    not, and ``beyond`` the same with more of the figure where the order is the question. ``cliffs`` are all there are
    if ``complete``.
    """

    state: State
    detail: Text
    example: Example | None = None
    beyond: Example | None = None
    cliffs: tuple[Cliff, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """One property and its verdict.

    ``name`` is how findings refer to it (``possible:small_low_profit``), ``statement`` what it says; ``expected``,
    ``why`` and ``citation`` are what the book says of its outcome.
    """

    name: str
    kind: PropertyKind
    statement: Text
    instrument: str
    verdict: Verdict
    seconds: float
    expected: Expected
    why: Text | None
    citation: Citation | None

    @property
    def surprising(self) -> bool:
        """Whether it came out otherwise than the book says."""
        return self.verdict.state in {"proven", "refuted"} and self.verdict.state != self.expected
