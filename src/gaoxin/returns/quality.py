"""Statistical checks of returns, beyond the rules of the book: what a rule cannot know because it needs all the others.

- slips of the unit: about 1,000 times last year's figure (or a thousandth), and nearer to the peers when taken back;
- outliers: a change against last year, or a distance from the peers, far beyond what is usual for the item;
- reporters that are late: there last period, not there now; zones without any firm;
- figures that are blank although nearly everybody reports them.

A finding says what was expected. Some columns are read at a time, so memory grows with neither items nor reporters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.problems import Problem
from gaoxin.returns.figures import Figures
from gaoxin.returns.plausibility import Flags, Floats, Ints, logarithms, modified_z, peer_medians, slips
from gaoxin.returns.presence import late_reporters
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.rulebook.units import unit
from gaoxin.words import Text

CELLS_AT_A_TIME = 1 << 22
"""Figures read at a time; with their neighbours of the year before they take some hundred megabytes."""

LISTED = 1000
"""Findings of one kind that are listed; how many more there are is said."""

ALWAYS_REPORTED = 0.95
"""A blank is noticed where at least this share of the reporters has the figure."""

FAR, TIMES = 10.0, 6.0
"""An outlier has a modified z-score beyond ``FAR`` and is more than ``TIMES`` times as large or small as expected."""

JUMPY = 0.002
"""An item is left alone when more than this share of the reporters (and more than three) is that far off, slips of the
unit apart: then jumps are its nature, as with investments or patents sold."""

LEAST_COUNT = 30
"""A count is judged when it or last year's is at least this: 1 after 7 says nothing."""

NEAR_SLIP, SLIPS_TO_NEAR = 30.0, 0.2
"""A change of about 1,000 is a slip only where changes of 30 to 450 are rarer than five for each of them: figures whose
changes spread over all sizes reach 1,000 without any slip."""

LEAST_REPORTERS = 8
"""With fewer reporters nothing can be said of what is usual."""

WHOLE_FORM, LEAST_ITEMS = 0.6, 5
"""When this share of at least so many amounts slips the same way, it is one finding: the whole return."""

HEADCOUNT, INDUSTRY = "qd01", "qb03_1"
"""Items by which firms become comparable: per head, within the first two digits of the industry."""


def quality_problems(figures: Figures, book: Book, period: str) -> list[Problem]:
    """Look at the figures of one period as statistics.

    Parameters
    ----------
    figures
        The returns; those of the period before, if they are there, are what the figures are compared with.
    book
        The rulebook with the items.
    period
        The period to judge.

    Returns
    -------
    Warnings and notes with reporter, item, value and what was expected; the late zones first.
    """
    frequency = book.frequency
    earlier = period_text(period_ordinal(period, frequency) - 1, frequency)
    found = late_reporters(figures, book, period, earlier)
    for entity in figures.entities:
        if period in figures.periods(entity):
            found += _Judge(figures, book, entity, period, earlier).judge()
    return found


@dataclass(frozen=True, slots=True)
class _Odd:
    """One odd figure: row, item, the figure, last year's (NaN: none), how odd, and the slip if it is one."""

    row: int
    item: Item
    value: float
    before: float
    z: float
    peers: float
    quotient: float
    certain: bool
    """False when the item jumps so often that a single slip proves nothing; many at once still do."""


class _Judge:
    """The figures of one kind of reporter in one period."""

    def __init__(self, figures: Figures, book: Book, entity: str, period: str, earlier: str) -> None:
        self.figures, self.entity, self.period, self.earlier = figures, entity, period, earlier
        self.keys = figures.column(entity, entity, period)
        self.n = len(self.keys)
        self.has_earlier = earlier in figures.periods(entity)
        before = figures.column(entity, entity, earlier) if self.has_earlier else pa.array([], pa.string())
        self.at = pc.fill_null(pc.index_in(self.keys, value_set=before), -1).to_numpy().astype(np.int64)
        self.items = [item for item in book.items.values() if item.entity == entity]
        self.head, self.groups = self._peers()
        self.amounts = np.zeros(self.n, dtype=np.int64)
        """How many amounts of each reporter can be compared with the period before."""

    def _peers(self) -> tuple[Floats | None, Ints | None]:
        """Headcount and industry of the reporters, where the book has them."""
        held = {item.code for item in self.items}
        if not {HEADCOUNT, INDUSTRY} <= held:
            return None, None
        table = self.figures.columns(self.entity, [HEADCOUNT, INDUSTRY], self.period)
        head = _floats(table.column(0))
        divisions = pc.utf8_slice_codeunits(table.column(1).combine_chunks(), 0, 2)
        groups = pc.fill_null(divisions, "").dictionary_encode()
        return np.where(head > 0, head, np.nan), groups.indices.to_numpy().astype(np.int64)

    def judge(self) -> list[Problem]:
        """Everything odd about them: blanks, slips of whole returns, slips and outliers of single figures."""
        if self.n < LEAST_REPORTERS:
            return []
        blank: dict[tuple[int, str], list[Item]] = defaultdict(list)
        asked: dict[str, int] = defaultdict(int)
        odd: list[_Odd] = []
        for item, now, before in self._figures():
            if now.null_count <= (1 - ALWAYS_REPORTED) * self.n:
                asked[item.form] += 1
                if now.null_count:
                    for row in np.flatnonzero(now.is_null().to_numpy()).tolist():
                        blank[row, item.form].append(item)
            if before is not None:
                odd += self._odd(item, _floats(now), before)

        slipped: dict[int, list[_Odd]] = defaultdict(list)
        for one in odd:
            if np.isfinite(one.quotient):
                slipped[one.row].append(one)
        whole = {row for row, ones in slipped.items() if self._is_whole_return(row, ones)}
        single = [one for one in odd if one.row not in whole]
        certain = [one for one in single if np.isfinite(one.quotient) and one.certain]
        far = [one for one in single if not np.isfinite(one.quotient)]
        blanks = (self._blank(row, form, items, asked[form]) for (row, form), items in sorted(blank.items()))
        returns = (self._slipped_return(row, slipped[row]) for row in sorted(whole))
        return [
            *self._listed(len(blank), blanks),
            *self._listed(len(whole), returns),
            *self._listed(len(certain), map(self._slip, certain)),
            *self._listed(len(far), map(self._outlier, far)),
        ]

    def _listed(self, count: int, problems: Iterator[Problem]) -> list[Problem]:
        """The first problems of one kind, and how many more there are."""
        found = list(islice(problems, LISTED))
        if count > LISTED:
            more = count - LISTED
            said = Text(f"另有 {more} 处未列出", f"{more} more are not listed")
            found.append(Problem(found[0].rule, "warning", said, period=self.period))
        return found

    def _figures(self) -> Iterator[tuple[Item, pa.ChunkedArray, Floats | None]]:
        """Each item: the figures now and, for numbers, those of a period before, NaN where there are none.

        Some columns are read at a time: few of many reporters, many of few.
        """
        step = max(4, CELLS_AT_A_TIME // self.n)
        known = self.at >= 0
        for start in range(0, len(self.items), step):
            items = self.items[start : start + step]
            numeric = [item.code for item in items if item.decimals is not None]
            now = self.figures.columns(self.entity, [item.code for item in items], self.period)
            earlier = self.figures.columns(self.entity, numeric, self.earlier) if self.has_earlier and numeric else None
            for item in items:
                before = np.full(self.n, np.nan)
                if earlier is not None and item.decimals is not None:
                    before[known] = _floats(earlier[item.code])[self.at[known]]
                yield item, now[item.code], before if item.decimals is not None else None

    def _odd(self, item: Item, now: Floats, before: Floats) -> Iterator[_Odd]:
        """The odd figures of one item; shape (n,) each, NaN where there is none."""
        change = logarithms(now) - logarithms(before)
        peers = self._against_peers(item, now)
        quotient = np.full(self.n, np.nan)
        if _is_amount(item):
            self.amounts += np.isfinite(change)
            quotient = slips(change, peers)
        slipped = np.isfinite(quotient)
        z = modified_z(change)
        far = self._far(z, np.where(slipped, np.nan, change), item, now, before)
        if item.code != HEADCOUNT:
            # Nearer to the peers than last year: then it is last year's figure that was odd.
            far &= ~(np.abs(peers) < 0.5 * np.abs(peers - change))
        # Who was not there before is compared with the peers only.
        peer_z = modified_z(peers)
        new = np.isnan(before)
        far |= self._far(peer_z, np.where(slipped, np.nan, peers), item, now, before) & new
        z = np.where(new, peer_z, z)
        near = np.count_nonzero((np.abs(change) > np.log(NEAR_SLIP)) & ~slipped)
        certain = bool(np.count_nonzero(slipped) > SLIPS_TO_NEAR * near)
        for row in np.flatnonzero(far | slipped).tolist():
            yield _Odd(row, item, now[row], before[row], z[row], np.exp(peers[row]), quotient[row], certain)

    def _far(self, z: Floats, distance: Floats, item: Item, now: Floats, before: Floats) -> Flags:
        """Which figures are too far from what is usual, where anything is usual."""
        known = np.isfinite(distance)
        if np.count_nonzero(known) < LEAST_REPORTERS:
            return np.zeros(self.n, dtype=bool)
        jump = known & (np.abs(distance) > np.log(TIMES))
        if np.count_nonzero(jump) > max(3.0, JUMPY * np.count_nonzero(known)):
            return np.zeros(self.n, dtype=bool)
        large = np.fmax(now, before) >= LEAST_COUNT if item.type == "integer" else True
        far: Flags = jump & (np.abs(z) > FAR) & large
        return far

    def _against_peers(self, item: Item, now: Floats) -> Floats:
        """Logarithm of the figure per head (the headcount: as it is) over the median of the industry."""
        if self.head is None or self.groups is None:
            return np.full(self.n, np.nan)
        per_head = logarithms(now) if item.code == HEADCOUNT else logarithms(now / self.head)
        return per_head - peer_medians(per_head, self.groups)

    def _blank(self, row: int, form: str, items: list[Item], asked: int) -> Problem:
        """Figures of one form that are blank although nearly all report them."""
        shown = "、".join(f"{item.code} {item.name.zh}" for item in items[:5])
        shown_en = ", ".join(f"{item.code} {item.name.en}" for item in items[:5])
        more = "…" if len(items) > 5 else ""
        return self._problem(
            "quality.blank",
            row,
            items[0] if len(items) == 1 else None,
            Text(
                f"{form}：通常都填的 {asked} 项中有 {len(items)} 项空白：{shown}{more}",
                f"{form}: of {asked} figures that nearly all report, {len(items)} are blank: {shown_en}{more}",
            ),
            Text("请补报", "please report them"),
        )

    def _is_whole_return(self, row: int, ones: list[_Odd]) -> bool:
        """Whether most amounts of a reporter slip the same way."""
        up = sum(one.quotient > 1 for one in ones)
        most = max(up, len(ones) - up)
        if most < LEAST_ITEMS:
            return False
        return bool(most >= WHOLE_FORM * self.amounts[row])

    def _slipped_return(self, row: int, ones: list[_Odd]) -> Problem:
        ratio = _ratio(float(np.median([one.value / one.before for one in ones])))
        return self._problem(
            "quality.unit-slip",
            row,
            None,
            Text(
                f"{len(ones)} 项金额都约为上期的{ratio.zh}，疑似整份报表单位有误",
                f"{len(ones)} amounts are about {ratio.en} last period's: the whole return may be in another unit",
            ),
            Text("请核对填报单位", "check the unit of the return"),
        )

    def _slip(self, one: _Odd) -> Problem:
        ratio, kept = _ratio(one.value / one.before), unit(one.item.unit or "")
        before, expected = _shown(one.before), _shown(one.value / one.quotient)
        return self._problem(
            "quality.unit-slip",
            one.row,
            one.item,
            Text(
                f"{one.item.name.zh}为 {_shown(one.value)}，约为上期 {before} 的{ratio.zh}，疑似单位有误；"
                f"应约为 {expected} {kept.say('zh')}",
                f"{one.item.name.en}: {_shown(one.value)} is {ratio.en} last period's {before}, probably another unit; "
                f"expected about {expected} {kept.say('en')}",
            ),
            Text("请核对单位", "check the unit"),
            one.value,
        )

    def _outlier(self, one: _Odd) -> Problem:
        zh, en = "上期没有该数", "there is none for the last period"
        if np.isfinite(one.before):
            ratio = _ratio(one.value / one.before)
            zh, en = f"是上期 {_shown(one.before)} 的{ratio.zh}", f"{ratio.en} last period's {_shown(one.before)}"
        if np.isfinite(one.peers):
            ratio = _ratio(one.peers)
            per_head = one.item.code != HEADCOUNT
            zh += f"，{'人均' if per_head else ''}是同行业中位数的{ratio.zh}"
            en += f"; {'per head ' if per_head else ''}{ratio.en} the median of its industry"
        return self._problem(
            "quality.outlier",
            one.row,
            one.item,
            Text(
                f"{one.item.name.zh}为 {_shown(one.value)}，{zh}（修正 z 值 {one.z:.1f}）",
                f"{one.item.name.en}: {_shown(one.value)}, {en} (modified z {one.z:.1f})",
            ),
            Text("请核对，属实请说明原因", "check it; if it is right, say why"),
            one.value,
        )

    def _problem(
        self, rule: str, row: int, item: Item | None, message: Text, remedy: Text, value: float | None = None
    ) -> Problem:
        key = self.keys[row].as_py()
        held = self.figures.entities[self.entity]
        place = next(held.places(key, self.period, item.code if item else None), None)
        return Problem(
            rule=rule,
            severity="warning",
            message=message,
            remedy=remedy,
            file=place.file if place else None,
            sheet=place.sheet if place else None,
            row=place.row if place else None,
            column=place.column if place else None,
            reporter=key,
            period=self.period,
            item=item.code if item else None,
            value=None if value is None else _shown(value),
        )


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = pc.cast(column, pa.float64()).to_numpy()
    return values


def _is_amount(item: Item) -> bool:
    """Whether the item is money: then its unit may slip."""
    return item.unit not in {None, UNKNOWN_UNIT} and unit(item.unit or "").dimension == unit("元").dimension


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _ratio(value: float) -> Text:
    """A ratio in words: 41 倍, 41 times; 1/980 where it is well below one."""
    inverse = value < 0.5
    number = 1 / value if inverse else value
    shown = f"{number:,.0f}" if number >= 10 else f"{number:.1f}"
    return Text(f" 1/{shown}", f"1/{shown} of") if inverse else Text(f" {shown} 倍", f"{shown} times")
