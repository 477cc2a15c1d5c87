"""Tables of bands: every number falls into exactly one band."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.solving import Effort, exact, find
from gaoxin.proofs.values import Term, real
from gaoxin.rulebook.entries import Band


def astray(bands: tuple[Band, ...], effort: Effort) -> tuple[Fraction, int] | None:
    """A number that falls into no band or into several, and into how many; None where there is none."""
    number = z3.Real("number")
    within = [z3.If(inside, 1, 0) for inside in _limits(bands, number)]
    falls = z3.Sum(*within) if len(within) > 1 else within[0]
    model = find([falls != 1], effort)
    return None if model is None else (exact(model, number), int(exact(model, falls)))


def _limits(bands: tuple[Band, ...], number: Term) -> Iterator[Term]:
    """For each band, that ``number`` lies between the limit of the one before it and its own."""
    below: Band | None = None
    for band in bands:
        parts = []
        if below is not None and below.to is not None:
            limit = real(Fraction(below.to))
            parts.append(number > limit if below.inclusive else number >= limit)
        if band.to is not None:
            limit = real(Fraction(band.to))
            parts.append(number <= limit if band.inclusive else number < limit)
        yield z3.And(*parts) if parts else z3.BoolVal(True)
        below = band
