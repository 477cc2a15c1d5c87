"""The two figures of a measure's progress, and whether they are fresh.

*Measured* comes from figures and weights alone, *judged* from a person alone. They stand side by side and are never
combined; that a figure is old changes neither, it is said beside them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from gaoxin.platform.language import words
from gaoxin.platform.measures.models import Figure, Measure, Node
from gaoxin.platform.measures.models.progress import fresh_until, share
from gaoxin.words import Text

FRESH, STALE, NEVER, DONE = "fresh", "stale", "never", "done"
FRESHNESS = {
    FRESH: words("最新", "fresh"),
    STALE: words("久未更新", "stale"),
    NEVER: words("尚无反馈", "no word yet"),
    DONE: words("已办结", "closed"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What the figures say: ``rate`` from 0 to 1 (None while no figure has a value) over ``known`` of ``count``."""

    rate: Decimal | None
    known: int
    count: int

    @property
    def percent(self) -> Decimal | None:
        """The rate in percent with one decimal."""
        return None if self.rate is None else (self.rate * 100).quantize(Decimal("0.1"))

    @property
    def text(self) -> Text:
        """The rate, and over how many of the figures."""
        if not self.count:
            return Text("没有设定指标", "no figures set")
        if self.rate is None:
            return Text(f"尚无数据（共 {self.count} 项）", f"no value yet ({self.count} figures)")
        if self.known < self.count:
            zh, en = f"（{self.known}/{self.count} 项有数据）", f" ({self.known} of {self.count} figures have a value)"
            return Text(f"{self.percent}%{zh}", f"{self.percent}%{en}")
        return Text(f"{self.percent}%", f"{self.percent}%")


def measured(figures: Iterable[Figure]) -> Measured:
    """The weighted mean of the shares of the figures that have a value; those without are counted, not guessed."""
    counted = [figure for figure in figures if not figure.ended]
    known = [(figure.weight, found) for figure in counted if (found := share(figure)) is not None]
    weight = sum((weight for weight, _ in known), Decimal(0))
    rate = sum((weight * found for weight, found in known), Decimal(0)) / weight if weight else None
    return Measured(rate, len(known), len(counted))


def freshness(measure: Measure, figures: Iterable[Figure], today: datetime.date) -> str:
    """Whether anything new was heard of the measure within the notice's days: a word of a unit, or a value of a figure.

    Of a measure that no unit has begun to act on there is no word yet; whether it is late is said by its node.
    """
    if measure.node == Node.CLOSED:
        return DONE
    days = [day for day in (measure.spoken, *(figure.heard for figure in figures if not figure.ended)) if day]
    until = fresh_until(max(days, default=None), measure.notice.fresh_days)
    if until is None:
        return NEVER
    return FRESH if today <= until else STALE
