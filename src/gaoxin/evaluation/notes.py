"""What a step of the evaluation has to say: a decision it took, or something odd it met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Note:
    """Something the chain decided, or that is odd; ``units`` and ``nodes`` are the codes it is about."""

    step: str
    message: Text
    units: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()


def codes_or_numbers(codes: Sequence[str] | None, count: int) -> Sequence[str]:
    """Codes for a message, or the numbers from 1 where an array was given without codes.

    >>> codes_or_numbers(None, 2)
    ('1', '2')
    """
    return tuple(str(number + 1) for number in range(count)) if codes is None else codes
