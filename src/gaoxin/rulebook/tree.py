"""The typed tree of an expression: what it means, free of any engine.

Every node is frozen and carries its type. Engines lower this tree, ``explain`` interprets it, and both must mean the
same; so the meaning is fixed here:

* A number is an exact rational. ``Type.scale`` decimals are enough to write every value of a node; ``None`` says that
  it is a quotient and may need infinitely many. Nothing rounds but ``Round``.
* Unknown (a missing figure, a division by zero) makes what is computed from it unknown. The exceptions: ``Logic``
  follows Kleene (false AND unknown is false), ``Known`` is never unknown, ``Coalesce`` takes the first known part. A
  ``Case`` whose condition is unknown is unknown, it does not go on to the next branch.
* ``Dated`` is the value of the version that holds in the period; unknown where there is none. It stands at the top of
  an entry's tree only.
* ``Aggregate`` runs over the reporters of ``entity`` that belong to the reporter at hand, in the same period. Those for
  which the filter is false do not count; one for which it is unknown contributes unknown.
* ``Prior`` is the value for the same reporter, ``periods`` periods earlier; unknown when that return is not there.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, get_args
from typing import Literal as OneOf

from gaoxin.rulebook.entries import Rounding
from gaoxin.rulebook.periods import Frequency, InForce, holds_in
from gaoxin.rulebook.units import BARE, Unit
from gaoxin.words import Text

Constant: TypeAlias = Fraction | str | bool | datetime.date | None


@dataclass(frozen=True, slots=True)
class Type:
    """What a node gives: a number with unit and decimals (``scale`` None: a quotient), or one of the other kinds."""

    kind: OneOf["number", "boolean", "text", "date"]
    unit: Unit = BARE
    scale: int | None = None


BOOLEAN, TEXT, DATE = Type("boolean"), Type("text"), Type("date")


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; ``None`` is unknown."""

    value: Constant
    type: Type


@dataclass(frozen=True, slots=True)
class Figure:
    """A reported or derived figure of the same reporter and period."""

    code: str
    type: Type


@dataclass(frozen=True, slots=True)
class Negate:
    """Minus ``operand``."""

    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left`` op ``right``; a quotient with a divisor of zero is unknown."""

    op: OneOf["+", "-", "*", "/"]
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Convert:
    """``operand`` times ``factor``: the same quantity in another unit."""

    operand: Node
    factor: Fraction
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """``left`` op ``right``, decided exactly."""

    op: OneOf["=", "<>", "<", "<=", ">", ">="]
    left: Node
    right: Node
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Logic:
    """All (``and``) or one (``or``) of ``parts``, in three-valued logic."""

    op: OneOf["and", "or"]
    parts: tuple[Node, ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    """Not ``operand``."""

    operand: Node
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Known:
    """Whether ``operand`` is known (``IS NOT NULL``)."""

    operand: Node
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class In:
    """Whether ``operand`` equals one of ``options``."""

    operand: Node
    options: tuple[Literal, ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class InList:
    """Whether the text ``operand`` is one of (or begins with one of) the codes of the code list ``codelist``."""

    operand: Node
    codelist: str
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Like:
    """Whether the text ``operand`` matches ``pattern`` (``%`` any characters, ``_`` one)."""

    operand: Node
    pattern: str
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Case:
    """The value of the first branch whose condition is true, or ``otherwise``."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first of ``parts`` that is known."""

    parts: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or greatest of ``parts``; unknown when one of them is."""

    op: OneOf["least", "greatest"]
    parts: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Absolute:
    """The absolute value of ``operand``."""

    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Round:
    """``operand`` rounded to ``type.scale`` decimals.

    ``as_shown``: not written in the rule; an aggregate takes a figure with the decimals of its entry, so that the parts
    add up to the total.
    """

    operand: Node
    rounding: Rounding
    type: Type
    as_shown: bool = False


@dataclass(frozen=True, slots=True)
class Param:
    """The value that the parameter ``code`` has in the period."""

    code: str
    type: Type


@dataclass(frozen=True, slots=True)
class Band:
    """The value of the band of the parameter ``code`` in which ``operand`` falls."""

    operand: Node
    code: str
    type: Type


@dataclass(frozen=True, slots=True)
class YearOf:
    """Calendar year of the date ``operand``."""

    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class PeriodYear:
    """Calendar year of the period."""

    type: Type


@dataclass(frozen=True, slots=True)
class WideLength:
    """Number of double-byte characters of the text ``operand``: those outside ASCII, as Excel's LENB − LEN counts."""

    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over the reporters below: their number, or sum, mean, least or greatest of ``operand``.

    Known when at least the share ``min_coverage`` of the reporters that count have the figure, and computed over those.
    """

    function: OneOf["count", "sum", "avg", "min", "max"]
    entity: str
    operand: Node | None
    condition: Node | None
    min_coverage: Decimal
    type: Type


@dataclass(frozen=True, slots=True)
class Prior:
    """``operand`` for the same reporter, ``periods`` periods earlier."""

    operand: Node
    periods: int
    type: Type


@dataclass(frozen=True, slots=True)
class Version:
    """The rule between two days, both included (``last`` None: open); without ``node`` it is not known.

    Then ``unknown`` says what is not known, ``settled_by`` which document would settle it.
    """

    first: datetime.date
    last: datetime.date | None
    node: Node | None
    unknown: Text | None = None
    settled_by: Text | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A rule that changes over time: the version that holds in the period, as ``in_force`` says."""

    versions: tuple[Version, ...]
    in_force: InForce
    type: Type


Node: TypeAlias = (
    Literal | Figure | Negate | Arithmetic | Convert | Compare | Logic | Not | Known | In | InList | Like | Case
    | Coalesce | Extreme | Absolute | Round | Param | Band | YearOf | PeriodYear | WideLength | Aggregate | Prior
    | Dated
)  # fmt: skip


_SLOTS = ("left", "right", "operand", "condition")
_BELOW = {kind: tuple(slot for slot in _SLOTS if slot in kind.__slots__) for kind in get_args(Node)}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below ``node``, in reading order."""
    match node:
        case Case(branches, otherwise):
            return (*(part for branch in branches for part in branch), otherwise)
        case Logic(_, parts) | Coalesce(parts) | Extreme(_, parts):
            return parts
        case Dated(versions):
            return tuple(version.node for version in versions if version.node is not None)
        case _:
            found = (getattr(node, name) for name in _BELOW[type(node)])
            return tuple(child for child in found if child is not None)


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything below it, parents first."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """``node`` with ``change`` applied to each of its children."""
    match node:
        case Case(branches, otherwise, of):
            return Case(tuple((change(when), change(then)) for when, then in branches), change(otherwise), of)
        case Logic(_, parts) | Coalesce(parts) | Extreme(_, parts):
            return replace(node, parts=tuple(map(change, parts)))
        case Dated(versions):
            changed_versions = (
                version if version.node is None else replace(version, node=change(version.node)) for version in versions
            )
            return replace(node, versions=tuple(changed_versions))
        case _:
            below = {name: getattr(node, name) for name in _BELOW[type(node)]}
            changed: dict[str, Any] = {name: change(child) for name, child in below.items() if child is not None}
            return replace(node, **changed)


def version_in(dated: Dated, ordinal: int, frequency: Frequency) -> Version | None:
    """The version that holds in the period; None when no rule is given for it."""
    holding = (
        version
        for version in dated.versions
        if holds_in(version.first, version.last, dated.in_force, ordinal, frequency)
    )
    return next(holding, None)


def scale_after(scale: int | None, factor: Fraction) -> int | None:
    """Decimals enough for a number of ``scale`` decimals times ``factor``; None when there is no end to them.

    >>> scale_after(2, Fraction(1, 100)), scale_after(2, Fraction(1000)), scale_after(0, Fraction(1, 12))
    (4, 0, None)
    """
    if scale is None:
        return None
    rest, twos, fives = factor.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    needed, whole = max(twos, fives), abs(factor.numerator)
    if needed == 0 and whole:
        while whole % 10 == 0 and scale + needed > 0:
            whole, needed = whole // 10, needed - 1
    return scale + needed
