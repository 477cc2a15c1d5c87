"""Exact numbers as DuckDB SQL: integers of 64 or 128 bits, and quotients of two of them.

DuckDB raises on overflow of integers and never rounds them, while its DECIMAL turns a quotient into a DOUBLE. So a
number with ``scale`` decimals is the integer value × 10^scale, and a quotient is a pair (n, d) with d > 0. Unknown is a
NULL n (d may be NULL then, too). Every integer knows a bound of its size: what provably fits 64 bits is a BIGINT.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Literal

from gaoxin.engines.errors import EngineError
from gaoxin.words import Text

SMALL = 2**63 - 1
HUGE = 2**127 - 1


@dataclass(frozen=True, slots=True)
class Reported:
    """The DECIMAL column, with ``places`` decimals, behind an integer that is its value × 10^scale."""

    name: str
    places: int
    scale: int


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL over the columns of one row.

    ``layer`` is the last layer whose columns it uses (see ``frames``); ``bound`` the greatest absolute value of an
    integer; ``constant`` its value where it is one; ``atomic`` says that repeating it costs nothing; ``reported`` is
    the column it was read from, where that can be summed as it is.
    """

    text: str
    layer: int = 0
    bound: int = HUGE
    constant: int | None = None
    atomic: bool = False
    reported: Reported | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number: n / 10^scale, or n / d where ``d`` is given (then ``scale`` is 0)."""

    n: Sql
    d: Sql | None = None
    scale: int = 0


def overflow() -> EngineError:
    """A number that no column can hold."""
    return EngineError(
        Text("溢出：中间结果超过 38 位", "overflow: an intermediate result has more than 38 digits"),
        Text("检查单位和数量级，或减少小数位。", "Check units and magnitudes, or keep fewer decimals."),
    )


def is_overflow(error: EngineError) -> bool:
    """Whether ``error`` says that a number is too large."""
    return error.message == overflow().message


def integer(value: int) -> Sql:
    """The constant ``value``."""
    if abs(value) > HUGE:
        raise overflow()
    kind = "BIGINT" if abs(value) <= SMALL else "HUGEINT"
    return Sql(f"CAST({value} AS {kind})", 0, abs(value), value, True)


def sql(template: str, *parts: Sql, bound: int = HUGE) -> Sql:
    """``template`` with ``{0}``, ``{1}`` … filled by ``parts``."""
    layer = max((part.layer for part in parts), default=0)
    return Sql(template.format(*(part.text for part in parts)), layer, bound)


def _binary(op: Literal["+", "-", "*"], a: Sql, b: Sql, bound: int) -> Sql:
    wide = bound > SMALL and a.bound <= SMALL and b.bound <= SMALL
    left = f"CAST({a.text} AS HUGEINT)" if wide else a.text
    return Sql(f"({left} {op} {b.text})", max(a.layer, b.layer), min(bound, HUGE))


def add(a: Sql, b: Sql) -> Sql:
    """A + b."""
    if a.constant is not None and b.constant is not None:
        return integer(a.constant + b.constant)
    if a.constant == 0 or b.constant == 0:
        return b if a.constant == 0 else a
    return _binary("+", a, b, a.bound + b.bound)


def subtract(a: Sql, b: Sql) -> Sql:
    """A − b."""
    if a.constant is not None and b.constant is not None:
        return integer(a.constant - b.constant)
    return a if b.constant == 0 else _binary("-", a, b, a.bound + b.bound)


def multiply(a: Sql, b: Sql) -> Sql:
    """A × b."""
    if a.constant is not None and b.constant is not None:
        return integer(a.constant * b.constant)
    if a.constant == 1 or b.constant == 1:
        return b if a.constant == 1 else a
    return _binary("*", a, b, a.bound * b.bound)


def negate(a: Sql) -> Sql:
    """Minus a."""
    return integer(-a.constant) if a.constant is not None else Sql(f"(-{a.text})", a.layer, a.bound)


def power_of_ten(exponent: int) -> Sql:
    """10^exponent, for exponent ≥ 0."""
    return integer(10**exponent)


def scaled_to(x: Number, scale: int) -> Sql:
    """The integer x × 10^scale of a number that is no quotient and has at most ``scale`` decimals."""
    return multiply(x.n, power_of_ten(scale - x.scale))


def denominator(x: Number) -> Sql:
    """What n is divided by."""
    return power_of_ten(x.scale) if x.d is None else x.d


def quotient(n: Sql, d: Sql) -> Number:
    """N / d with a positive d, in lowest terms where both are constants or d is."""
    if n.constant is not None and d.constant is not None:
        shared = gcd(n.constant, d.constant)
        return Number(integer(n.constant // shared), integer(d.constant // shared))
    return Number(n, d)


def cross(x: Number, y: Number) -> tuple[Sql, Sql, Sql]:
    """Numerators of x and y over one denominator, and that denominator."""
    if x.d is None and y.d is None:
        scale = max(x.scale, y.scale)
        return scaled_to(x, scale), scaled_to(y, scale), power_of_ten(scale)
    a, b = denominator(x), denominator(y)
    if a.text == b.text:
        return x.n, y.n, a
    if a.constant is not None and b.constant is not None:
        shared = gcd(a.constant, b.constant)
        left, right = integer(b.constant // shared), integer(a.constant // shared)
        return multiply(x.n, left), multiply(y.n, right), integer(a.constant // shared * b.constant)
    return multiply(x.n, b), multiply(y.n, a), multiply(a, b)


def plus(x: Number, y: Number, op: Literal["+", "-"]) -> Number:
    """The sum or difference."""
    left, right, below = cross(x, y)
    n = add(left, right) if op == "+" else subtract(left, right)
    if x.d is None and y.d is None:
        return Number(n, None, max(x.scale, y.scale))
    return quotient(n, below)


def times(x: Number, y: Number) -> Number:
    """The product."""
    if x.d is None and y.d is None:
        return Number(multiply(x.n, y.n), None, x.scale + y.scale)
    return quotient(multiply(x.n, y.n), multiply(denominator(x), denominator(y)))


def divide(x: Number, y: Number) -> Number:
    """The quotient, unknown where y is 0. The sign of the divisor moves to n, so that d stays positive."""
    a, b = denominator(x), denominator(y)
    if a.constant is not None and b.constant is not None:
        shared = gcd(a.constant, b.constant)
        a, b = integer(a.constant // shared), integer(b.constant // shared)
    above = multiply(x.n, b)
    if y.n.constant is not None:
        n = negate(above) if y.n.constant < 0 else above
        return quotient(n, multiply(a, integer(abs(y.n.constant))))
    signed = Sql(f"({above.text} * NULLIF(sign({y.n.text}), 0))", max(above.layer, y.n.layer), above.bound)
    positive = Sql(f"NULLIF(abs({y.n.text}), 0)", y.n.layer, y.n.bound)
    return Number(signed, multiply(a, positive))
