"""A query in steps: named selects, each over the tables and the steps before it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gaoxin.engines.integers import Dialect


@dataclass(frozen=True, slots=True)
class Step:
    """A named select; ``keep``: to be computed once where several later ones read it."""

    name: str
    select: str
    keep: bool


@dataclass
class Statement:
    """The steps of one query, in the dialect of an engine; the engine runs them with a last select over them."""

    dialect: Dialect
    steps: list[Step] = field(default_factory=list)

    def add(self, name: str, select: str, *, keep: bool = False) -> str:
        """Add a step; its name."""
        self.steps.append(Step(name, select, keep))
        return name
