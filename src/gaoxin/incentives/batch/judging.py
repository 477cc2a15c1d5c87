"""The answer about every firm as one select: for each benefit its state, amount, what is near, what is missing.

The first columns of a result are the key of the firm (or of the contract, person … and of its firm), name, zone, size
and industry of the firm. Then, for each benefit ``b``:

``b``           ``entitled``, ``nearly``, ``not_entitled``, ``unknown`` or ``not_in_force``
``b_amount``    what the firm gets: 0 where it is not entitled, null where unknown
``b_by``        of a firm that is nearly entitled: the one condition that it does not meet
``b_distance``  the relative distance of its value to the threshold
``b_missing``   because of which figures the answer (or the amount) is unknown
``b_claim``     of a firm that is entitled: ``claimed``, ``partly``, ``not_claimed`` or ``unknown``
``b_claimed``   how much it has claimed, where the return says an amount
``b_gain``      what it did not claim, after the best of what it claimed instead; null where there is nothing to claim
"""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import cast

from gaoxin.engines.dialects import quote
from gaoxin.engines.frames import Frame, build_frame, closure
from gaoxin.engines.integers import SMALL, Number, Sql
from gaoxin.engines.lowering import Lowering
from gaoxin.engines.relations import Relations
from gaoxin.engines.statements import Statement
from gaoxin.incentives.batch.causes import Causes
from gaoxin.incentives.batch.distance import distance
from gaoxin.rulebook import tree
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.plan import Plan, RowColumn

STATES = ("entitled", "nearly", "not_entitled", "unknown", "not_in_force")
NEAR = 0.1
"""A firm is nearly entitled when one condition is not met, by no more than this share of the threshold."""

SIZES = ((0, "0–19"), (20, "20–99"), (100, "100–299"), (300, "300–999"), (1000, "1000+"))
"""Bands of staff by which results are grouped; they are gaoxin's own and no official size class."""

SECTIONS = (
    ("A", 1), ("B", 6), ("C", 13), ("D", 44), ("E", 47), ("F", 51), ("G", 53), ("H", 61), ("I", 63), ("J", 66),
    ("K", 70), ("L", 71), ("M", 73), ("N", 76), ("O", 80), ("P", 83), ("Q", 84), ("R", 86), ("S", 91), ("T", 97),
)  # fmt: skip
"""Sections (门类) of GB/T 4754-2017 and the first division of each; not checked against the printed standard."""

STAFF = ("staff_total", "staff_average", "si_staff", "ts_staff")
MONEY = 18


def targets(book: Book, benefits: Iterable[Benefit], entity: str) -> tuple[str, ...]:
    """The codes that the answers about ``benefits`` need."""
    found: dict[str, None] = {}
    for benefit in benefits:
        found |= dict.fromkeys((benefit.code, *((benefit.amount_code,) if benefit.amount_code else ())))
        found |= dict.fromkeys(condition.code for condition in benefit.conditions)
        if benefit.claimed is not None:
            found[benefit.claimed] = None
    groups = [code for code in (*STAFF, "industry") if code in book.items and book.items[code].entity == entity]
    return (*found, *groups)


class Judgement:
    """The select over the firms of ``tables``; ``statement`` has its steps, ``select`` is the last of them."""

    def __init__(self, plan: Plan, tables: Relations, entity: str, benefits: Sequence[Benefit], *, near: float) -> None:
        self.plan, self.book, self.entity, self.near = plan, plan.book, entity, near
        (self.ordinal,) = plan.ordinals
        self.benefits = list(benefits)
        self.dialect = tables.dialect
        self.statement = Statement(self.dialect)
        wanted = closure(plan, plan.targets)
        self.frame: Frame = build_frame(self.statement, plan, tables, entity, wanted)
        columns = {quote(entity): '"@key"'}
        parent = self.book.entities[entity].parent
        if parent is not None:
            columns[quote(parent)] = '"@parent"'
        for name in tables.carried.get(entity, ()):
            columns[quote(name)] = quote(f"carried {name}")
        columns |= {quote(name): text for name, text in group_columns(self.frame).items()}
        gaps = self.frame.bind_last([self._gap(benefit) for benefit in self.benefits])
        for benefit, gap in zip(self.benefits, gaps, strict=True):
            columns |= {quote(name): text for name, text in self._answer(benefit, gap.text).items()}
        inner = ", ".join(f"{text} AS {name}" for name, text in columns.items())
        first = f'SELECT {inner} FROM {quote(self.frame.finish())} WHERE "@ord" = {self.ordinal}'
        gains = [f"{self._gain(benefit)} AS {quote(f'{benefit.code}_gain')}" for benefit in self._claimable()]
        answers = self.statement.add("answers", first)
        self.select = f"SELECT *{', ' if gains else ''}{', '.join(gains)} FROM {quote(answers)}"

    @property
    def parts(self) -> tuple[Statement, str]:
        """The steps and the last select, as an engine takes them."""
        return self.statement, self.select

    def _answer(self, benefit: Benefit, gap: str) -> dict[str, str]:
        code, truth = benefit.code, self._sql(benefit.code).text
        due = self.frame.shown(benefit.amount_code) if benefit.amount_code else None
        amount = None if due is None else due.text
        rule, _ = self.book.rule_in(code, self.ordinal)
        found: dict[str, str] = {}
        if isinstance(rule, tree.Literal) and rule.value is False:
            found[code] = "'not_in_force'"
        elif rule is None:
            found[code] = "'unknown'"
        else:
            found |= self._near(benefit, truth, gap)
        if due is not None and benefit.amount is not None:
            found[f"{code}_amount"] = money(due, benefit.amount.scale)
        causes = Causes(self.book, self.dialect, self.ordinal, self.plan.columns, self._lowering, self.frame.bound)
        causes.of(benefit.amount_code or code)
        unknown = f"{truth} IS NULL" if amount is None else f"{truth} IS NULL OR ({truth} AND {amount} IS NULL)"
        found[f"{code}_missing"] = f"CASE WHEN {unknown} THEN {causes.sql()} END"
        if benefit.claimed is not None:
            found[f"{code}_claim"] = f"CASE WHEN {truth} = TRUE THEN {self._claim(benefit, amount)} END"
            if isinstance(self.frame.cells[benefit.claimed], Number):
                scale = self.plan.shown_scale(benefit.claimed)
                found[f"{code}_claimed"] = money(self.frame.shown(benefit.claimed), scale)
        return found

    def _gap(self, benefit: Benefit) -> str:
        """How far the one condition that is not met is from being met; NULL where it is not one."""
        truth = self._sql(benefit.code).text
        conditions = {condition.code: self._sql(condition.code).text for condition in benefit.conditions}
        # Of a benefit that is refused with a condition unknown, two are not met, and the sum is unknown.
        met = " + ".join(f"CAST({text} AS INTEGER)" for text in conditions.values())
        gaps = {name: distance(self._lowering(name), self.plan.columns, self._node(name)) for name in conditions}
        only = "".join(f" WHEN NOT {conditions[name]} THEN {gap}" for name, gap in gaps.items())
        one = f"{met} = {len(conditions) - 1}"
        return f"CASE WHEN (NOT {truth} AND {one}) = TRUE THEN CASE{only} END END"

    def _near(self, benefit: Benefit, truth: str, gap: str) -> dict[str, str]:
        code = benefit.code
        conditions = {condition.code: self._sql(condition.code).text for condition in benefit.conditions}
        near = f"{gap} <= {self.near!r}"
        by = "".join(f" WHEN NOT {text} THEN {self.dialect.text(name)}" for name, text in conditions.items())
        state = (
            f"CASE WHEN {truth} = TRUE THEN 'entitled' WHEN {truth} IS NULL THEN 'unknown' WHEN {near} THEN 'nearly'"
            " ELSE 'not_entitled' END"
        )
        return {
            code: state,
            f"{code}_by": f"CASE WHEN {near} THEN CASE{by} END END",
            f"{code}_distance": f"CASE WHEN {near} THEN {gap} END",
        }

    def _claim(self, benefit: Benefit, amount: str | None) -> str:
        """Whether the benefit was claimed, as ``answers.Answer.claim`` says it of one firm."""
        assert benefit.claimed is not None  # noqa: S101 - asked for claimed benefits only
        cell = self.frame.cells[benefit.claimed]
        if not isinstance(cell, Number):
            return f"CASE WHEN {cell.text} THEN 'claimed' WHEN NOT {cell.text} THEN 'not_claimed' ELSE 'unknown' END"
        partly = "FALSE"
        if amount is not None:
            due = Number(Sql(amount), None, benefit.amount.scale if benefit.amount else 0)
            partly = self.dialect.compare(cell, "<", due).text
        return (
            f"CASE WHEN {cell.n.text} IS NULL THEN 'unknown' WHEN {cell.n.text} = 0 THEN 'not_claimed'"
            f" WHEN {partly} THEN 'partly' ELSE 'claimed' END"
        )

    def _claimable(self) -> list[Benefit]:
        return [benefit for benefit in self.benefits if benefit.claimed is not None and benefit.amount is not None]

    def _gain(self, benefit: Benefit) -> str:
        """What is left to claim: the amount, less what was claimed of it or of something that excludes it.

        Where another benefit that excludes it is open too and worth more, that one is left to claim and not this.
        """
        code = benefit.code
        others = [other for other in self._claimable() if other.code in self._excluded(benefit)]
        open_ = "IN ('not_claimed', 'partly')"
        better = [
            f"({quote(f'{other.code}_claim')} {open_} AND {quote(f'{other.code}_amount')} "
            f"{'>=' if self.benefits.index(other) < self.benefits.index(benefit) else '>'} {quote(f'{code}_amount')})"
            for other in others
        ]
        had = [
            f"COALESCE(CASE WHEN {quote(f'{other.code}_claim')} IN ('claimed', 'partly')"
            f" THEN {quote(f'{other.code}_amount')} END, 0)"
            for other in others
        ]
        taken = f"greatest({', '.join(['0', *had])})" if had else "0"
        part = f"COALESCE({quote(f'{code}_claimed')}, 0)" if self._counts(benefit) else "0"
        rest = f"({quote(f'{code}_amount')} - {part} - {taken})"
        blocked = f" AND NOT COALESCE({' OR '.join(better)}, FALSE)" if better else ""
        return f"CASE WHEN {quote(f'{code}_claim')} {open_}{blocked} AND {rest} > 0 THEN {rest} END"

    def _excluded(self, benefit: Benefit) -> set[str]:
        """The benefits that cannot be had beside this one, whichever of the two says so."""
        said = {exclusion.benefit for exclusion in benefit.excludes}
        return said | {
            other.code
            for other in self.benefits
            if any(exclusion.benefit == benefit.code for exclusion in other.excludes)
        }

    def _counts(self, benefit: Benefit) -> bool:
        """Whether the claim is an amount."""
        return benefit.claimed is not None and isinstance(self.frame.cells[benefit.claimed], Number)

    def _sql(self, code: str) -> Sql:
        return cast(Sql, self.frame.cells[code])

    def _node(self, code: str) -> tree.Node:
        column = self.plan.columns[code]
        return column.node if isinstance(column, RowColumn) else tree.Literal(None, column.type)

    def _lowering(self, code: str) -> Lowering:
        return Lowering(self.book, self.frame.cells, self.plan.needed[code], self.frame.bind, self.dialect)


def group_columns(frame: Frame) -> dict[str, str]:
    """SQL of the columns ``size`` and ``section`` of a result, where the plan has the figures for them."""
    found, dialect = {}, frame.statement.dialect
    staff = [_inexact(frame, code) for code in STAFF if code in frame.cells]
    if staff:
        known = f"COALESCE({', '.join(staff)})"
        branches = "".join(f" WHEN {known} >= {least} THEN {dialect.text(name)}" for least, name in reversed(SIZES))
        found["size"] = f"CASE{branches} END"
    if "industry" in frame.cells:
        digits = dialect.without_first(cast(Sql, frame.cells["industry"]).text, "ABCDEFGHIJKLMNOPQRST")
        division = f"TRY_CAST(left({digits}, 2) AS INTEGER)"
        branches = "".join(f" WHEN {division} >= {least} THEN '{letter}'" for letter, least in reversed(SECTIONS))
        found["section"] = f"CASE{branches} END"
    return found


def money(value: Sql, scale: int) -> str:
    """SQL of a scaled integer as a decimal of so many places, of the same type whatever the engine."""
    if not scale:
        return f"CAST({value.text} AS {'BIGINT' if value.bound <= SMALL else 'DECIMAL(38,0)'})"
    digits = MONEY if value.bound < 10 ** (MONEY - scale - 1) else 38
    step = f"CAST('{Decimal(1).scaleb(-scale)}' AS DECIMAL({scale},{scale}))"
    return f"CAST(CAST({value.text} AS DECIMAL({digits - scale - 1},0)) * {step} AS DECIMAL({digits},{scale}))"


def _inexact(frame: Frame, code: str) -> str:
    """The value of a figure, for a comparison that need not be exact."""
    cell = cast(Number, frame.cells[code])
    return f"({cell.n.text} / {10**cell.scale})"
