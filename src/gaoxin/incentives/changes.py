"""What would have to change for a condition to be met: the smallest change of one reported figure, tried out.

Nothing is proposed that has not been confirmed: the rule is evaluated again with the changed figure, and once more with
one step less, which must not be enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from gaoxin.incentives.comparisons import Comparison, least_step
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.kinds import item_type
from gaoxin.rulebook.tree import Constant, Node, Type
from gaoxin.words import Text

_TRIES = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One reported figure that, changed like this while all others stay, meets a comparison that does not hold.

    ``like`` are further figures that the same change by the same amount would serve (the cost classes of one sum).
    ``enough`` says whether it alone makes the benefit as a whole available.
    """

    code: str
    name: Text
    type: Type
    now: Constant
    then: Constant
    like: tuple[str, ...] = ()
    enough: bool = False

    @property
    def by(self) -> Fraction | None:
        """The difference, for a number."""
        if isinstance(self.now, Fraction) and isinstance(self.then, Fraction):
            return self.then - self.now
        return None


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
            case tree.Compare(left=left) if left.type.kind == "number":
                ratio = self.comparison.ratio
                first = ratio.numerator.code if ratio is not None else self.comparison.value.code
                numerator = tree.Figure(first, left.type) if first else left
                return self._number(node, numerator) or self._number(node, node)
            case tree.Figure(code) if code in self.book.items:
                return self._to(code, self.comparison.wanted)
            case tree.Compare(op="=" | "<>", left=tree.Figure(code), right=tree.Literal(value)) if (
                code in self.book.items and self.comparison.op == "="
            ):
                return self._to(code, value)
            case _:
                return None

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
        return self._change(code, then, like)

    def _to(self, code: str, then: Constant) -> Change | None:
        return self._change(code, then, ()) if self._holds([(code, then)]) else None

    def _change(self, code: str, then: Constant, like: tuple[str, ...]) -> Change:
        item = self.book.items[code]
        enough = self._evaluator([(code, then)]).figure(self.benefit, self.at).value is True
        return Change(code, item.name, item_type(item), self.figures.get(code), then, like, enough)

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
