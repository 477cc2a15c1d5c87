"""Exact numbers as SQL: integers of 64 bits or of 38 digits, and quotients of two of them.

Engines raise on overflow of integers and never round them, while a quotient of their DECIMALs is a DOUBLE in DuckDB and
loses digits in Spark. So a number with ``scale`` decimals is the integer value × 10^scale, and a quotient is a pair
(n, d) with d > 0. Unknown is a NULL n (d may be NULL then, too). Every integer knows a bound of its size: what provably
fits 64 bits is a BIGINT. The few operations on integers that engines write differently are left to their dialects.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import ClassVar, Literal

from gaoxin.engines.errors import EngineError
from gaoxin.words import Text

SMALL = 2**63 - 1
HUGE = 10**38 - 1


@dataclass(frozen=True, slots=True)
class Reported:
    """The DECIMAL column (SQL of it) behind an integer that is its value × 10^places."""

    column: str
    places: int


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


def sql(template: str, *parts: Sql, bound: int = HUGE) -> Sql:
    """``template`` with ``{0}``, ``{1}`` … filled by ``parts``."""
    layer = max((part.layer for part in parts), default=0)
    return Sql(template.format(*(part.text for part in parts)), layer, bound)


class Dialect(ABC):
    """The SQL of one engine: what the operators of a rule mean is fixed here, how some are written in a subclass.

    Identifiers stand in double quotes: a session of the engine has to be set up so.
    """

    wide: ClassVar[str]
    """The type of integers beyond 64 bits."""

    @abstractmethod
    def text(self, value: str) -> str:
        """A text constant."""

    @abstractmethod
    def whole(self, n: Sql, d: Sql) -> Sql:
        """The whole part of n / d, for n ≥ 0 and d > 0."""

    @abstractmethod
    def absolute(self, x: Sql) -> Sql:
        """The absolute value of an integer."""

    @abstractmethod
    def minus(self, x: Sql) -> Sql:
        """Minus an integer."""

    @abstractmethod
    def sign(self, x: Sql) -> Sql:
        """−1, 0 or 1."""

    @abstractmethod
    def sum_of(self, x: str) -> str:
        """The aggregate that sums integers without overflow at 64 bits."""

    @abstractmethod
    def record(self, fields: Mapping[str, Sql]) -> Sql:
        """A struct; structs compare field by field."""

    @abstractmethod
    def like(self, x: Sql, pattern: str) -> Sql:
        """Whether a text matches a pattern of ``%`` and ``_``."""

    @abstractmethod
    def wide_length(self, x: Sql) -> Sql:
        """The number of characters of a text outside ASCII."""

    @abstractmethod
    def fully_matches(self, x: str, expression: str) -> str:
        """Whether the whole text ``x`` matches a regular expression (of what RE2 and Java have in common)."""

    @abstractmethod
    def is_date(self, x: str) -> str:
        """Whether the text ``x`` is a date like 2020-01-31."""

    @abstractmethod
    def stop(self, parts: Sequence[str], between: str) -> str:
        """Stop with an error: texts, joined by the character ``between``."""

    @abstractmethod
    def one_of(self, x: Sql, texts: Sequence[str]) -> Sql:
        """Whether the text ``x`` is one of ``texts``."""

    @abstractmethod
    def hash_of(self, columns: Sequence[str]) -> str:
        """A hash of 64 bits."""

    @abstractmethod
    def one_each(self, records: Sequence[str], condition: str) -> str:
        """A row for each of the ``records`` that meets the ``condition`` on its fields."""

    @abstractmethod
    def counted_and_listed(self, judged: str, limit: int) -> str:
        """A select over the relation ``judged`` of "@ord", "@key" and a record ``one`` (code, status).

        For every code and status: ``number`` of rows, and the first ``limit`` by "@ord" and "@key" as records (at, key)
        in the list ``listed``.
        """

    @abstractmethod
    def list_of(self, texts: Sequence[str]) -> str:
        """A list of texts, of which some may be NULL."""

    @abstractmethod
    def merged(self, lists: Sequence[str]) -> str:
        """The members of ``lists`` in one list; of the lists some may be NULL."""

    @abstractmethod
    def each_once(self, listed: str) -> str:
        """The members of a list of texts that are not NULL, each once, sorted."""

    @abstractmethod
    def without_first(self, x: str, letters: str) -> str:
        """The text ``x`` without the ``letters`` at its beginning."""

    def integer(self, value: int) -> Sql:
        """The constant ``value``."""
        if abs(value) > HUGE:
            raise overflow()
        # As a text, a wide one is read digit by digit, without an operator minus.
        text = f"CAST({value} AS BIGINT)" if abs(value) <= SMALL else f"CAST('{value}' AS {self.wide})"
        return Sql(text, 0, abs(value), value, True)

    def power_of_ten(self, exponent: int) -> Sql:
        """10^exponent, for exponent ≥ 0."""
        return self.integer(10**exponent)

    def _binary(self, op: Literal["+", "-", "*"], a: Sql, b: Sql, bound: int) -> Sql:
        wide = bound > SMALL and a.bound <= SMALL and b.bound <= SMALL
        left = f"CAST({a.text} AS {self.wide})" if wide else a.text
        return Sql(f"({left} {op} {b.text})", max(a.layer, b.layer), min(bound, HUGE))

    def add(self, a: Sql, b: Sql) -> Sql:
        """A + b."""
        if a.constant is not None and b.constant is not None:
            return self.integer(a.constant + b.constant)
        if a.constant == 0 or b.constant == 0:
            return b if a.constant == 0 else a
        return self._binary("+", a, b, a.bound + b.bound)

    def subtract(self, a: Sql, b: Sql) -> Sql:
        """A − b."""
        if a.constant is not None and b.constant is not None:
            return self.integer(a.constant - b.constant)
        return a if b.constant == 0 else self._binary("-", a, b, a.bound + b.bound)

    def multiply(self, a: Sql, b: Sql) -> Sql:
        """A × b."""
        if a.constant is not None and b.constant is not None:
            return self.integer(a.constant * b.constant)
        if a.constant == 1 or b.constant == 1:
            return b if a.constant == 1 else a
        return self._binary("*", a, b, a.bound * b.bound)

    def negate(self, a: Sql) -> Sql:
        """Minus a."""
        return self.integer(-a.constant) if a.constant is not None else self.minus(a)

    @abstractmethod
    def truncated(self, n: Sql, d: Sql) -> Sql:
        """N / d without its fraction, towards zero, for integers of 64 bits and d > 0."""

    def remainder(self, n: Sql, d: Sql, whole: Sql) -> Sql:
        """What is left of n after the division by d that gave ``whole``: engines divide slower than they multiply."""
        return sql("({0} - {1} * {2})", n, whole, d, bound=min(n.bound, d.bound))

    def scaled_to(self, x: Number, scale: int) -> Sql:
        """The integer x × 10^scale of a number that is no quotient and has at most ``scale`` decimals."""
        return self.multiply(x.n, self.power_of_ten(scale - x.scale))

    def denominator(self, x: Number) -> Sql:
        """What n is divided by."""
        return self.power_of_ten(x.scale) if x.d is None else x.d

    def quotient(self, n: Sql, d: Sql) -> Number:
        """N / d with a positive d, in lowest terms where both are constants."""
        if n.constant is not None and d.constant is not None:
            shared = gcd(n.constant, d.constant)
            return Number(self.integer(n.constant // shared), self.integer(d.constant // shared))
        return Number(n, d)

    def cross(self, x: Number, y: Number) -> tuple[Sql, Sql, Sql]:
        """Numerators of x and y over one denominator, and that denominator."""
        if x.d is None and y.d is None:
            scale = max(x.scale, y.scale)
            return self.scaled_to(x, scale), self.scaled_to(y, scale), self.power_of_ten(scale)
        a, b = self.denominator(x), self.denominator(y)
        if a.text == b.text:
            return x.n, y.n, a
        if a.constant is not None and b.constant is not None:
            shared = gcd(a.constant, b.constant)
            left, right = self.integer(b.constant // shared), self.integer(a.constant // shared)
            below = self.integer(a.constant // shared * b.constant)
            return self.multiply(x.n, left), self.multiply(y.n, right), below
        return self.multiply(x.n, b), self.multiply(y.n, a), self.multiply(a, b)

    def compare(self, x: Number, op: str, y: Number) -> Sql:
        """Whether x op y, decided exactly: over one positive denominator the numerators decide."""
        left, right = (x.n, y.n) if y.n.constant == 0 else self.cross(x, y)[:2]
        return sql(f"({{0}} {op} {{1}})", left, right)

    def plus(self, x: Number, y: Number, op: Literal["+", "-"]) -> Number:
        """The sum or difference."""
        left, right, below = self.cross(x, y)
        n = self.add(left, right) if op == "+" else self.subtract(left, right)
        if x.d is None and y.d is None:
            return Number(n, None, max(x.scale, y.scale))
        return self.quotient(n, below)

    def times(self, x: Number, y: Number) -> Number:
        """The product."""
        if x.d is None and y.d is None:
            return Number(self.multiply(x.n, y.n), None, x.scale + y.scale)
        return self.quotient(self.multiply(x.n, y.n), self.multiply(self.denominator(x), self.denominator(y)))

    def divide(self, x: Number, y: Number) -> Number:
        """The quotient, unknown where y is 0. The sign of the divisor moves to n, so that d stays positive."""
        a, b = self.denominator(x), self.denominator(y)
        if a.constant is not None and b.constant is not None:
            shared = gcd(a.constant, b.constant)
            a, b = self.integer(a.constant // shared), self.integer(b.constant // shared)
        above = self.multiply(x.n, b)
        if y.n.constant is not None:
            n = self.negate(above) if y.n.constant < 0 else above
            return self.quotient(n, self.multiply(a, self.integer(abs(y.n.constant))))
        signed = sql("({0} * NULLIF({1}, 0))", above, self.sign(y.n), bound=above.bound)
        positive = sql("NULLIF({0}, 0)", self.absolute(y.n), bound=y.n.bound)
        return Number(signed, self.multiply(a, positive))
