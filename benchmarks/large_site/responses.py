"""Times of answers against what was promised of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.timing import duration


@dataclass
class Asked:
    """One page as one person asks for it; ``goal`` is what 95 of 100 answers should stay under, in seconds."""

    name: str
    who: str
    goal: float | None = None
    seconds: list[float] = field(default_factory=list)
    note: str = ""

    def share(self, percent: float) -> float:
        return float(np.percentile(self.seconds, percent))


@dataclass(frozen=True)
class Responses:
    """A table of answers: the middle one, the 95th of a hundred, the goal and whether it is met."""

    title: str
    rows: Sequence[Asked]
    note: str = ""

    def markdown(self) -> str:
        lines = [f"### {self.title}", "", *([self.note, ""] if self.note else [])]
        lines += ["| | who | p50 | p95 | runs | goal | |", "|---|---|---|---|---|---|---|"]
        for row in self.rows:
            if not row.seconds:
                lines.append(f"| {row.name} | {row.who} | – | – | – | – | {row.note} |")
                continue
            goal = (
                "" if row.goal is None else f"{duration(row.goal)}: {'met' if row.share(95) < row.goal else 'missed'}"
            )
            cells = (
                row.name,
                row.who,
                duration(row.share(50)),
                duration(row.share(95)),
                str(len(row.seconds)),
                goal,
                row.note,
            )
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join([*lines, ""])


def load() -> str:
    """How busy the machine is: the load of the last minutes over its cores."""
    return f"load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores"
