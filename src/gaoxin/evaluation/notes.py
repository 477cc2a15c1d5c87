"""What a step of the evaluation has to say: a decision it took, or something odd it met."""

from __future__ import annotations

from dataclasses import dataclass

from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Note:
    """Something the chain decided, or that is odd; ``units`` and ``nodes`` are the codes it is about."""

    step: str
    message: Text
    units: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
