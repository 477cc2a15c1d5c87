"""Benefits: who is entitled to what, under which conditions, how much, and until when.

A benefit is written as one entry and expanded into derived figures: a truth value for each condition, one for the
entitlement as a whole (``<code>``), and the amount (``<code>_amount``). Engines, explanations and proofs see nothing
else.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from gaoxin.rulebook.entries import (
    MAX_SCALE,
    Clause,
    Code,
    Confidence,
    Derived,
    Entry,
    Expression,
    Model,
    Open,
    Rounding,
    Span,
    Spans,
    Title,
    Version,
    Words,
    disjoint,
    listed,
    wrong,
)
from gaoxin.rulebook.periods import InForce
from gaoxin.rulebook.source import Steps
from gaoxin.words import Text

BenefitKind = Literal["deduction", "rate", "exemption", "refund", "reward", "status", "relief"]

_DUE = re.compile(r"(?:\+([0-9])-)?(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?")


class Valid(Span):
    """When the benefit is in force as written.

    ``begins`` says that there was no such benefit before ``from``, ``ends`` that there was none after ``to``: a firm is
    then not entitled. Without them nothing is known about the time outside, and the answer is unknown.
    """

    begins: bool = False
    ends: bool = False
    source: Clause | None = None
    confidence: Confidence = "unknown"

    @model_validator(mode="after")
    def _with_end(self) -> Self:
        if self.ends and self.to is None:
            wrong("ends: true 要写明 to", "ends: true needs a to")
        return self


class Gap(Span):
    """Dates for which the benefit is not known: what is not known, and the document that would settle it."""

    what: Words
    settled_by: Words


class Condition(Open):
    """One thing that must be so. Written like a derived entry; one that nobody can decide says so with ``unknown``."""

    code: Code
    name: Words
    expr: Expression = ""
    versions: Spans[Version] = ()
    in_force: InForce | None = None
    source: Clause | None = None
    confidence: Confidence = "unknown"
    remedy: Words | None = None
    """What can be done where it is not met."""
    note: Title = Text("", "")

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if bool(self.expr) + bool(self.versions) + (self.unknown is not None) != 1:
            wrong("要有 expr、versions、unknown 之一", "give one of expr, versions and unknown")
        return self


class Amount(Model):
    """What the benefit is worth to who is entitled to it; ``name`` says what it is: tax saved, income not taxed …"""

    name: Words
    expr: Expression
    unit: str
    scale: Annotated[int, Field(ge=0, le=MAX_SCALE)] = 2
    rounding: Rounding = "half_up"
    source: Clause | None = None
    confidence: Confidence = "unknown"
    note: Title = Text("", "")


class Exclusion(Model):
    """Another benefit that cannot be had beside this one in the same period."""

    benefit: str
    source: Clause | None = None
    confidence: Confidence = "unknown"
    note: Title = Text("", "")


class Deadline(Span):
    """When something must be done, for the periods between ``from`` and ``to``.

    ``due`` is a month or a day of the period's year (``07``, ``10-31``) or of a later one (``+1-05-31``: 31 May of the
    next year); ``text`` says it in words where no date is known.
    """

    name: Words
    due: str | None = None
    text: Words | None = None
    source: Clause | None = None
    confidence: Confidence = "unknown"

    @model_validator(mode="after")
    def _said(self) -> Self:
        if self.due is not None and not _DUE.fullmatch(self.due):
            wrong(
                f"due 写作 07、10-31 或 +1-05-31，不是 {self.due}",
                f"due is written like 07, 10-31 or +1-05-31, not {self.due}",
            )
        if self.due is None and self.text is None:
            wrong("要有 due 或 text", "give due or text")
        return self

    def when(self, year: int) -> str:
        """The day, or the month where only that is known, for a period in ``year``; empty where neither is.

        >>> filing = {"from": "2008", "name": Text("汇算清缴", "annual filing"), "due": "+1-05-31"}
        >>> Deadline.model_validate(filing).when(2024)
        '2025-05-31'
        """
        match = _DUE.fullmatch(self.due or "")
        if match is None:
            return ""
        later, month, day = match.groups()
        return "-".join(part for part in (f"{year + int(later or 0):04d}", month, day) if part)


class Benefit(Entry):
    """One benefit of an instrument.

    ``claimed`` names the item that says that the reporter has claimed it (a flag) or how much of it (an amount).
    ``reduces`` names the figure that the amount lowers: the tax that would be due without it, or the reported income,
    which then is the one after what was claimed. Benefits that reduce the same tax are ways to compute it anew.
    """

    instrument: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    entity: str
    kind: BenefitKind
    in_force: InForce = "throughout"
    valid: Annotated[Spans[Valid], Field(min_length=1)]
    unknown: Spans[Gap] = ()
    conditions: Annotated[tuple[Condition, ...], BeforeValidator(listed), Field(min_length=1)]
    amount: Amount | None = None
    excludes: Annotated[tuple[Exclusion, ...], BeforeValidator(listed)] = ()
    claimed: str | None = None
    reduces: str | None = None
    documents: Annotated[tuple[Words, ...], BeforeValidator(listed)] = ()
    deadlines: Annotated[tuple[Deadline, ...], BeforeValidator(listed)] = ()

    @model_validator(mode="after")
    def _known_or_not(self) -> Self:
        disjoint((*self.valid, *self.unknown))
        return self

    @property
    def amount_code(self) -> str | None:
        """Code of the amount, where there is one."""
        return f"{self.code}_amount" if self.amount else None

    def expanded(self) -> Iterator[tuple[Steps, Derived]]:
        """The derived entries that the benefit stands for, each with the place in it where it is written."""
        for index, condition in enumerate(self.conditions):
            versions = condition.versions or (*self._written(condition), *self._gaps())
            yield (
                ("conditions", index),
                Derived(
                    code=condition.code,
                    name=condition.name,
                    entity=self.entity,
                    versions=versions,
                    in_force=condition.in_force or self.in_force,
                    source=condition.source,
                    confidence=condition.confidence,
                    note=condition.note,
                ),
            )
        all_met = " AND ".join(condition.code for condition in self.conditions)
        yield (), self._figure(self.code, self.name, all_met, "FALSE")
        if self.amount is not None:
            one = self.amount
            expr = f"CASE WHEN {self.code} THEN ({one.expr}) ELSE 0 END"
            figure = self._figure(f"{self.code}_amount", one.name, expr, "0")
            more = {"unit": one.unit, "scale": one.scale, "rounding": one.rounding, "note": one.note}
            clause = {"source": one.source or self.source, "confidence": one.confidence}
            yield ("amount",), figure.model_copy(update={**more, **clause})

    def _written(self, condition: Condition) -> Iterator[Version]:
        for span in self.valid:
            if condition.expr:
                yield Version(from_=span.from_, to=span.to, expr=condition.expr)
            else:
                yield Version(from_=span.from_, to=span.to, unknown=condition.unknown, settled_by=condition.settled_by)

    def _gaps(self) -> Iterator[Version]:
        for gap in self.unknown:
            yield Version(from_=gap.from_, to=gap.to, unknown=gap.what, settled_by=gap.settled_by)

    def _figure(self, code: str, name: Text, expr: str, not_in_force: str) -> Derived:
        versions = [
            *(
                Version(from_=span.from_, to=span.to, expr=expr, source=span.source, confidence=span.confidence)
                for span in self.valid
            ),
            *(Version(from_=first, to=last, expr=not_in_force) for first, last in self.not_in_force()),
            *self._gaps(),
        ]
        return Derived(
            code=code,
            name=name,
            entity=self.entity,
            versions=tuple(sorted(versions, key=lambda version: version.from_)),
            in_force=self.in_force,
            source=self.source,
            confidence=self.confidence,
            note=self.note,
        )

    def not_in_force(self) -> Iterator[tuple[datetime.date, datetime.date | None]]:
        """The dates for which it is known that there is no such benefit."""
        spans = sorted((*self.valid, *self.unknown), key=lambda span: span.from_)
        one_day = datetime.timedelta(days=1)
        first, last = spans[0], spans[-1]
        if isinstance(first, Valid) and first.begins and first.from_ > datetime.date.min:
            yield datetime.date.min, first.from_ - one_day
        for earlier, later in pairwise(spans):
            known = isinstance(earlier, Valid) and earlier.ends and isinstance(later, Valid) and later.begins
            if known and earlier.to is not None and earlier.to + one_day < later.from_:
                yield earlier.to + one_day, later.from_ - one_day
        if isinstance(last, Valid) and last.ends and last.to is not None:
            yield last.to + one_day, None
