"""What a plan gives on its tables, whatever the engine.

Results are computed when they are first asked for, and kept. Values are exact decimals; unknown is null.
"""

# ruff: noqa: S608 - every identifier and text in the SQL is quoted by the dialect

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gaoxin.engines.dialects import quote
from gaoxin.engines.errors import EngineError
from gaoxin.engines.frames import build_frame, closure
from gaoxin.engines.integers import Number, is_overflow
from gaoxin.engines.relations import Relations
from gaoxin.engines.statements import Statement
from gaoxin.engines.violations import Judgement, Tally, judge, violations
from gaoxin.rulebook.plan import ItemColumn, Plan
from gaoxin.words import Text

DIGITS = 38
"""Digits that a decimal128 holds."""

COVERAGE = ("known", "expected", "share")
"""How many reporters stand behind an aggregate, how many should, and the quotient."""


class Outcome:
    """What a plan gives on its tables."""

    def __init__(self, plan: Plan, tables: Relations) -> None:
        self.plan, self._tables = plan, tables
        self._results: dict[str, pa.Table] = {}
        self._judgements: tuple[int, list[Judgement]] | None = None

    def values(self, entity: str) -> pa.Table:
        """The targets of ``entity``: a row per reporter and period asked for, ordered by period and key.

        Columns: the key (named as the entity), the key of the reporter above, ``period``, and a column per target:
        decimal128 with the decimals of the entry, bool, text or date; null is unknown.
        """
        result = self._result(entity)
        names = [*self._keys(entity), *self.plan.targets_of(entity)]
        return result.select(names)

    def write(self, entity: str, out: Path | str) -> int:
        """Write the targets of ``entity`` as Parquet, with the columns of ``values``, in no order; how many rows.

        DuckDB streams them into the file ``out`` that the run was opened with, Spark writes a folder of files.
        """
        self._keys(entity)
        return self._tables.retried(lambda: self._tables.copy(*self._as_decimals(entity), out))

    def array(self, entity: str, codes: Sequence[str] | None = None) -> NDArray[np.float64]:
        """The numbers of ``codes`` (default: all numeric targets) as float64, before they are rounded; NaN is unknown.

        Shape (rows, codes), the rows as in ``values(entity)``.
        """
        result = self._result(entity)
        numeric = [code for code in self.plan.targets_of(entity) if self.plan.columns[code].type.kind == "number"]
        chosen = list(codes) if codes is not None else numeric
        for code in chosen:
            if code not in numeric:
                raise EngineError(Text(f"{code} 不是 {entity} 的数值目标", f"{code} is no numeric target of {entity}"))
        columns = [result[f"{code}/float"].to_numpy(zero_copy_only=False) for code in chosen]
        return np.column_stack(columns).astype(np.float64) if columns else np.empty((result.num_rows, 0))

    def coverage(self, entity: str) -> pa.Table:
        """How many reporters stand behind each aggregated target: key, period, code, known, expected, share.

        For a target that rests on several aggregates, those of the least covered one. Targets that rest on none have
        no rows.
        """
        result = self._result(entity)
        parts = []
        for code in self.plan.targets_of(entity):
            if f"{code}/share" not in result.column_names:
                continue
            fields = {name: result[f"{code}/{name}"] for name in COVERAGE}
            keys = {name: result[name] for name in (entity, "period")}
            parts.append(pa.table({**keys, "code": pa.array([code] * result.num_rows, pa.string()), **fields}))
        texts = [(name, pa.string()) for name in (entity, "period", "code")]
        schema = pa.schema([*texts, ("known", pa.int64()), ("expected", pa.int64()), ("share", pa.float64())])
        return pa.concat_tables([part.cast(schema) for part in parts]) if parts else schema.empty_table()

    def tallies(self) -> list[Tally]:
        """For every check among the targets: how many reporters pass, fail and are unknown."""
        return [tally for judgement in self._judged(None) for tally in judgement.tallies]

    def violations(self, limit: int = 1000) -> pa.Table:
        """Returns that do not pass a check: the first ``limit`` of each check and status, by period and key.

        Columns: check, severity, entity, key, period, status (``fail`` or ``unknown``), figures (a map from the names
        in the check to their values as text, null where unknown). ``tallies`` has the full numbers.
        """
        return violations(self.plan, self._tables, self._judged(limit))

    def _judged(self, limit: int | None) -> list[Judgement]:
        if self._judgements is None or limit not in {None, self._judgements[0]}:
            plan, at_most = self.plan, limit or 1
            checks = [code for code in plan.targets if code in plan.book.checks]
            entities = dict.fromkeys(plan.columns[code].entity for code in checks)
            self._judgements = at_most, [judge(plan, self._tables, entity, at_most) for entity in entities]
        return self._judgements[1]

    @property
    def absent(self) -> list[ItemColumn]:
        """The reported figures that the plan needs and no table has; they are unknown for everybody."""
        return self._tables.absent()

    def close(self) -> None:
        """Release the tables; what was computed stays."""
        self._tables.close()

    def __enter__(self) -> Outcome:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keys(self, entity: str) -> list[str]:
        if entity not in self.plan.book.entities:
            known = ", ".join(self.plan.book.entities)
            raise EngineError(Text(f"没有实体 {entity}；有：{known}", f"no entity {entity}; there are: {known}"))
        parent = self.plan.book.entities[entity].parent
        return [entity, *([parent] if parent else []), "period"]

    def _result(self, entity: str) -> pa.Table:
        if entity not in self._results:
            self._keys(entity)
            targets = self.plan.targets_of(entity)
            try:
                self._results[entity] = self._tables.retried(lambda: self._compute(entity, targets))
            except EngineError as error:
                raise self._located(error, entity, targets) from None
        return self._results[entity]

    def _compute(self, entity: str, targets: Sequence[str]) -> pa.Table:
        statement, select, scales = self._statement(entity, targets)
        ordered = f'{select} ORDER BY "@ord", {quote(entity)}'
        return _with_decimals(self._tables.compute(statement, ordered), scales)

    def _statement(self, entity: str, targets: Sequence[str]) -> tuple[Statement, str, dict[str, int]]:
        """Steps and select of the ``targets`` of ``entity``, and the decimals of those that it gives as integers."""
        statement = Statement(self._tables.dialect)
        frame = build_frame(statement, self.plan, self._tables, entity, closure(self.plan, targets))
        keys = self._keys(entity)
        selected = [f'"@key" AS {quote(entity)}']
        if len(keys) == 3:
            selected.append(f'"@parent" AS {quote(keys[1])}')
        selected += [f"{period_text_sql(self.plan)} AS period", '"@ord"']
        scales: dict[str, int] = {}
        for code in targets:
            value = frame.cells[code]
            if isinstance(value, Number):
                scales[code] = self.plan.shown_scale(code)
                selected.append(f"CAST({frame.shown(code).text} AS DECIMAL({DIGITS},0)) AS {quote(code)}")
                selected.append(f"{as_double(value)} AS {quote(f'{code}/float')}")
            else:
                selected.append(f"{value.text} AS {quote(code)}")
            if code in frame.coverage:
                covered = frame.coverage[code].text
                selected += [f"{covered}.{name} AS {quote(f'{code}/{name}')}" for name in COVERAGE]
        relation = frame.finish()
        asked = ", ".join(str(ordinal) for ordinal in self.plan.ordinals)
        select = f'SELECT {", ".join(selected)} FROM {quote(relation)} WHERE "@ord" IN ({asked})'
        return statement, select, scales

    def _as_decimals(self, entity: str) -> tuple[Statement, str]:
        """Steps and select of the targets of ``entity``, with decimals as they are shown."""
        targets = self.plan.targets_of(entity)
        statement, select, scales = self._statement(entity, targets)
        columns = [*map(quote, self._keys(entity)), *(_decimal_sql(code, scales.get(code, 0)) for code in targets)]
        return statement, f"SELECT {', '.join(columns)} FROM ({select}) shown"

    def _located(self, error: EngineError, entity: str, targets: Sequence[str]) -> EngineError:
        """The error, with the target that overflows where that is what happened."""
        if not is_overflow(error) or len(targets) < 2:
            return error
        for code in targets:
            try:
                self._compute(entity, [code])
            except EngineError as single:
                if is_overflow(single):
                    return EngineError(
                        Text(f"{code}：{single.message.zh}", f"{code}: {single.message.en}"),
                        single.remedy,
                        entity=entity,
                        item=code,
                    )
        return error


def as_double(value: Number) -> str:
    """The number as a DOUBLE."""
    below = f"{10.0**value.scale!r}" if value.d is None else f"CAST({value.d.text} AS DOUBLE)"
    return f"(CAST({value.n.text} AS DOUBLE) / {below})"


def period_text_sql(plan: Plan) -> str:
    """SQL of the period's text, from its ordinal."""
    branches = "".join(f" WHEN {ordinal} THEN '{plan.text(ordinal)}'" for ordinal in plan.ordinals)
    return f'CASE "@ord"{branches} END'


def _decimal_sql(code: str, scale: int) -> str:
    """SQL of the column ``code``, an integer × 10^scale, as the decimal it stands for."""
    if scale == 0:
        return quote(code)
    # A product of decimals has the decimals of both, and neither engine rounds it while its digits are within 38.
    unit = f"CAST('{format(Decimal(1).scaleb(-scale), 'f')}' AS DECIMAL({scale},{scale}))"
    return f"CAST({quote(code)} AS DECIMAL({DIGITS - 1 - scale},0)) * {unit} AS {quote(code)}"


def _with_decimals(table: pa.Table, scales: Mapping[str, int]) -> pa.Table:
    """Scaled integers as decimals: the same 128 bits, read with the decimals they have."""
    for code, scale in scales.items():
        at = table.schema.get_field_index(code)
        column = table.column(at).combine_chunks()
        kind = pa.decimal128(DIGITS, scale)
        decimals = pa.Array.from_buffers(kind, len(column), column.buffers(), column.null_count, column.offset)
        table = table.set_column(at, pa.field(code, kind), decimals)
    return table
