"""Problems planted into the sample, with the truth beside them: the checks must find them.

Everything is planted in the last year. A slip of the unit multiplies or divides by 1,000 one money item, or all of them
(a return made out in yuan); an outlier is 12 to 60 times what it should be; a missing figure is blank; a late zone and
its firms have not reported at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gaoxin.samples.draw import Draw, Flags, Floats, Ints

MISSING_SHARE = 0.005
SLIP_SHARE = 0.0016
FORM_SLIP_SHARE = 0.001
OUTLIER_SHARE = 0.0025
LATE_SHARE = 0.05
"""Shares of the firms (of those that also reported the year before) and of the zones that have the problem."""

SLIP = 1000
SMALL_REVENUE = 6_000
"""Figures are only made too large in firms below this revenue (千元): a large one would swallow its zone."""
MISSING_ITEMS = ("qc05_0", "qc12", "qc24", "qc51", "qc62", "qd01", "qd08", "qj20", "qj57", "qj73")
SLIP_ITEMS = ("qc05_0", "qc24", "qc51", "qj20")
OUTLIER_ITEMS = ("qd01", "qc05_0", "qc51", "qj20")

TRUTH = pa.schema(
    [
        ("problem", pa.string()),
        ("entity", pa.string()),
        ("reporter", pa.string()),
        ("reporter_zone", pa.string()),
        ("for_period", pa.string()),
        ("figure", pa.string()),
        ("true_value", pa.string()),
        ("planted_value", pa.string()),
    ]
)
"""Columns of the truth table. Its headings are not those of a return, so that nobody reads it as one."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted problem: missing, slip, form_slip, outlier, late_zone or duplicate."""

    problem: str
    entity: str
    reporter: str
    reporter_zone: str
    for_period: str
    figure: str
    true_value: str
    planted_value: str


def late_zones(sizes: Ints, seed: int) -> Flags:
    """Which zones have not reported for the last year: some of the smaller half."""
    n = len(sizes)
    late = np.zeros(n, dtype=bool)
    if n < 4:
        return late
    small = np.argsort(sizes, kind="stable")[: n // 2]
    chosen = Draw(seed, 0, 3).rng.choice(small, max(1, round(LATE_SHARE * n)), replace=False)
    late[chosen] = True
    return late


def plant(
    columns: dict[str, Ints], money: tuple[str, ...], eligible: Flags, draw: Draw
) -> tuple[dict[str, Floats], list[tuple[str, int, str, str, str]]]:
    """Plant problems of single figures into the columns of a block.

    Parameters
    ----------
    columns
        Whole items of the firms of the block, shape (n,) each; they are not changed.
    money
        The items in 千元.
    eligible
        Firms that reported a year earlier and report now, shape (n,).
    draw
        The generator of the block.

    Returns
    -------
    The columns that changed (float64, NaN where blank), and (problem, row, item, true, planted) of every change.
    """
    rows = np.flatnonzero(eligible)
    changed: dict[str, Floats] = {}
    truth: list[tuple[str, int, str, str, str]] = []
    if not len(rows):
        return changed, truth
    revenue = columns["qc05_0"]
    small = revenue < SMALL_REVENUE

    def some(share: float, among: Flags) -> list[int]:
        """Rows for one kind of problem, each row for one kind only."""
        free = np.flatnonzero(eligible & among & ~used)
        wanted = min(int(draw.whole(np.array([share * len(rows)]))[0]), len(free))
        chosen = draw.rng.choice(free, wanted, replace=False)
        used[chosen] = True
        return [int(row) for row in chosen]

    used = np.zeros(len(eligible), dtype=bool)
    everyone = np.ones(len(eligible), dtype=bool)

    def put(problem: str, row: int, item: str, value: float) -> None:
        if item not in changed:
            changed[item] = columns[item].astype(np.float64)
        before = columns[item][row]
        changed[item][row] = value
        truth.append((problem, row, item, f"{before}", "" if np.isnan(value) else f"{value:.0f}"))

    for row in some(MISSING_SHARE, everyone):
        put("missing", row, str(draw.rng.choice(MISSING_ITEMS)), np.nan)
    for row in some(SLIP_SHARE, everyone):
        down = not small[row] or draw.rng.random() < 0.5
        held = [item for item in SLIP_ITEMS if columns[item][row] >= (5 * SLIP if down else 1)]
        if held:
            item = str(draw.rng.choice(held))
            value = float(columns[item][row])
            put("slip", row, item, np.floor(value / SLIP) if down else value * SLIP)
    for row in some(FORM_SLIP_SHARE, small):
        for item in money:
            if columns[item][row]:
                put("form_slip", row, item, float(columns[item][row]) * SLIP)
    for row in some(OUTLIER_SHARE, small):
        item = str(draw.rng.choice([item for item in OUTLIER_ITEMS if columns[item][row] > 0]))
        put("outlier", row, item, np.round(float(columns[item][row]) * draw.rng.uniform(12, 60)))
    return changed, truth
