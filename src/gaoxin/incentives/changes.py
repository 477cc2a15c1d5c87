"""What would have to change for a condition to be met: the smallest change of one reported figure, tried out.

Only quantities are changed: that a firm should be of another kind, hold a certificate or have something that it has
nothing of is no advice, the condition that is not met says it. Nothing is proposed that has not been confirmed: the
rule is evaluated again with the changed figure, and once more with one step less, which must not be enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from gaoxin.incentives.comparisons import Comparison, least_step
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.kinds import item_type
from gaoxin.rulebook.tree import Constant, Node, Type
from gaoxin.words import Text

_TRIES = 60
_ROUNDED = frozenset({"元", "人"})
"""Units of which nobody plans in hundredths."""


@dataclass(frozen=True, slots=True)
class Change:
    """One reported number that, changed like this while all others stay, meets a comparison that does not hold.

    ``test`` is that comparison, ``then`` the nearest value that meets it, ``about`` a difference that does, too, and
    is easier to say: of amounts and persons three digits and no fraction. ``like`` are further figures that the same
    change by the same amount would serve (the cost classes of one sum). ``enough`` says whether it alone makes the
    benefit as a whole available.
    """

    code: str
    name: Text
    type: Type
    now: Fraction
    then: Fraction
    about: Fraction
    test: Comparison
    like: tuple[str, ...] = ()
    enough: bool = False

    @property
    def by(self) -> Fraction:
        """The least difference."""
        return self.then - self.now


def change_for(evaluator: Evaluator, comparison: Comparison, at: At, benefit: str) -> Change | None:
    """The smallest change of one figure of the reporter's own return that makes ``comparison`` hold, where one does."""
    return _Search(evaluator, comparison, at, benefit).best()


class _Search:
    def __init__(self, evaluator: Evaluator, comparison: Comparison, at: At, benefit: str) -> None:
        self.book, self.evaluator, self.at = evaluator.book, evaluator, at
        self.comparison, self.benefit = comparison, benefit
        row = evaluator.rows.returns.get(at.entity, {}).get((at.key, at.ordinal))
        self.figures = {} if row is None else dict(row.figures)

    def best(self) -> Change | None:
        node = self.comparison.node
        match node:
            case tree.Compare(left=left) if left.type.kind == "number" and not self._asks_for_any():
                ratio = self.comparison.ratio
                first = ratio.numerator.code if ratio is not None else self.comparison.value.code
                numerator = tree.Figure(first, left.type) if first else left
                return self._number(node, numerator) or self._number(node, node)
            case _:
                return None

    def _asks_for_any(self) -> bool:
        """Whether the comparison asks that there be any of something at all."""
        return self.comparison.op in {">", "<>"} and self.comparison.threshold.value == 0

    def _number(self, compare: tree.Compare, part: Node) -> Change | None:
        """The smallest change among the numbers that ``part`` of the comparison rests on."""
        found: list[tuple[Fraction, str, Fraction]] = []
        for item in items_below(self.book, part, self.at.ordinal):
            now = self.figures.get(item.code)
            if isinstance(now, Fraction):
                then = self._solve(compare, item, now)
                if then is not None:
                    found.append((abs(then - now), item.code, then))
        if not found:
            return None
        least, code, then = min(found)
        like = tuple(other for size, other, _ in found if size == least and other != code)
        now = self.figures[code]
        assert isinstance(now, Fraction)  # noqa: S101 - found among the numbers
        item, enough = self.book.items[code], self._enough(code, then)
        about = then - now
        if item.unit in _ROUNDED:
            said = easily_said(about)
            good = now < 0 or now + said >= 0
            if good and self._holds([(code, now + said)]) and self._enough(code, now + said) == enough:
                about = said
        return Change(code, item.name, item_type(item), now, then, about, self.comparison, like, enough)

    def _enough(self, code: str, then: Fraction) -> bool:
        return self._evaluator([(code, then)]).figure(self.benefit, self.at).value is True

    def _evaluator(self, figures: Iterable[tuple[str, Constant]]) -> Evaluator:
        return self.evaluator.supposing({(code, self.at): value for code, value in figures})

    def _holds(self, figures: Iterable[tuple[str, Constant]]) -> bool:
        return self._evaluator(figures).node(self.comparison.node, self.at).value is self.comparison.wanted

    def _margin(self, compare: tree.Compare, code: str, value: Fraction) -> Fraction | None:
        """Left − right of the comparison when the figure is ``value``."""
        evaluator = self._evaluator([(code, value)])
        left, right = (evaluator.node(side, self.at).value for side in (compare.left, compare.right))
        return left - right if isinstance(left, Fraction) and isinstance(right, Fraction) else None

    def _solve(self, compare: tree.Compare, item: Item, now: Fraction) -> Fraction | None:
        """The value nearest to ``now`` at which the comparison holds; None where the search finds none."""
        step = Fraction(1, 10 ** (item.decimals or 0))
        here = self._margin(compare, item.code, now)
        if here is None:
            return None
        reach = max(abs(here), step, abs(now) / 1000)  # far enough for a rounding on the way not to hide the slope
        for direction in (1, -1):
            there = self._margin(compare, item.code, now + direction * reach)
            if there is None or (abs(there) >= abs(here) and (there > 0) == (here > 0)):
                continue  # it does not come nearer in this direction
            slope = (there - here) / (direction * reach)
            guess = least_step(now - here / slope, ">=" if direction > 0 else "<=", item.decimals)
            found = self._settle(item.code, now, guess, direction * step)
            if found is not None and (found >= 0 or now < 0):
                return found
        return None

    def _settle(self, code: str, now: Fraction, guess: Fraction, step: Fraction) -> Fraction | None:
        """The first value from ``now`` on, in steps, at which the comparison holds, looked for around ``guess``."""
        low, high, stride = now, guess, step
        for _ in range(_TRIES):
            if self._holds([(code, high)]):
                break
            low, high, stride = high, high + stride, stride * 2
        else:
            return None
        if high - step != low and not self._holds([(code, high - step)]):
            return high
        while abs(high - low) > abs(step):
            middle = low + (high - low) / step // 2 * step
            if self._holds([(code, middle)]):
                high = middle
            else:
                low = middle
        return high


def easily_said(difference: Fraction) -> Fraction:
    """A whole number of three digits, then zeros, that is at least as far from zero.

    >>> [int(easily_said(Fraction(text))) for text in ("1239876.54", "-0.01", "150", "-1000001")]
    [1240000, -1, 150, -1010000]
    """
    size = abs(difference)
    step = 10 ** max(len(str(ceil(size))) - 3, 0)
    return (1 if difference > 0 else -1) * Fraction(ceil(size / step) * step)


def items_below(book: Book, node: Node, ordinal: int) -> Iterator[Item]:
    """The reported figures of the same return that ``node`` rests on in the period."""
    seen: set[str] = set()
    stack: list[Node] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, (tree.Aggregate, tree.Prior)):
            continue
        if isinstance(part, tree.Figure):
            if part.code in seen:
                continue
            seen.add(part.code)
            if part.code in book.items:
                yield book.items[part.code]
            else:
                rule, _ = book.rule_in(part.code, ordinal)
                if rule is not None:
                    stack.append(rule)
        else:
            stack.extend(reversed(tree.children(part)))
