"""Parquet files of returns: checked once, then left where they are.

A file must be wide, with one column for each item (by code or name), the code of the reporter and the period. Types are
checked from the schema and ranges from the statistics of the row groups; only what they cannot tell is scanned.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gaoxin.credit_codes import LENGTH, are_valid
from gaoxin.problems import Problem
from gaoxin.returns.cells import DIGITS, NEGATIVE, NOT_WHOLE, TOO_LARGE
from gaoxin.returns.columns import ARROW_TYPES, decimal_type
from gaoxin.returns.files import InputFile
from gaoxin.returns.findings import ERRORS_PER_FILE
from gaoxin.returns.layout import Column, Layout, NoLayout, recognise
from gaoxin.returns.notices import note_headings, period_from_name, unknown_zone, unrecognised
from gaoxin.returns.reporters import CREDIT_CODE_REMEDY, credit_code_faults, read_period, year_in_name
from gaoxin.returns.rows import SYNTHETIC_MARKS, Context
from gaoxin.returns.stored import Stored, literal, quoted, sql_type
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text


def read_parquet(file: InputFile, context: Context) -> tuple[Stored, bool] | None:
    """Check one Parquet file; returns it and whether it says to be synthetic, or None with the problems noted."""
    try:
        parquet = pq.ParquetFile(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        context.findings.add(
            Problem(
                rule="file.damaged",
                severity="error",
                message=Text(f"Parquet 文件损坏：{reason}", f"a damaged Parquet file: {reason}"),
                remedy=Text("请重新导出", "export it again"),
                file=file.name,
            )
        )
        return None
    with parquet:
        return _Reader(file, parquet, context).read()


class _Reader:
    """Checks one file and works out its columns."""

    def __init__(self, file: InputFile, parquet: pq.ParquetFile, context: Context) -> None:
        self.file, self.parquet, self.context = file, parquet, context
        self.schema: pa.Schema = parquet.schema_arrow
        self.columns: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.periods: tuple[str, ...] = ()

    def read(self) -> tuple[Stored, bool] | None:
        if self.parquet.metadata.num_rows == 0:
            self._error(
                "file.empty", Text("文件中没有数据", "the file holds no rows"), Text("请重新导出", "export it again")
            )
            return None
        context = self.context
        layout = recognise([self.schema.names], context.vocabulary, context.book)
        if isinstance(layout, NoLayout):
            context.findings.add(unrecognised(self.file.name, None, layout, context.book))
            return None
        if layout.kind != "wide":
            self._error(
                "file.long-parquet",
                Text("Parquet 只读宽表（每个指标一列）", "a Parquet file must be wide: one column for each item"),
                Text("请转为宽表，或用 CSV", "pivot it, or use CSV"),
            )
            return None
        note_headings(layout, self.file.name, None, context.vocabulary, context.findings)
        entity = layout.entity
        key = next(iter(layout.of_role("key", entity)), None)
        period = next(iter(layout.of_role("period")), None)
        if key is None:
            context.findings.add(unrecognised(self.file.name, None, NoLayout("no-key", entity=entity), context.book))
            return None
        # In the order of the figures: reporter, reporter above, period, items.
        self._keys(key, entity)
        parent = context.book.entities[entity].parent
        if parent:
            self._parents(next(iter(layout.of_role("key", parent) or layout.of_role("name", parent)), None), parent)
        self._periods(period)
        extra = {}
        for column in [*layout.of_role("name", entity)[:1], *layout.of_role("attribute")]:
            role = column.heading.role if column.heading else ""
            extra["name" if role == "name" else f"attribute:{column.label}"] = (
                f"CAST({quoted(column.label)} AS VARCHAR)"
            )
        self.columns.update(extra)
        held = {code: column.label for column, code in layout.items()}
        for code, item in context.vocabulary.items.items():
            if item.entity == entity:
                self._item(item, held.get(code))
        stored = Stored(
            entity,
            str(self.file.path),
            self.file.name,
            self.columns,
            self.labels,
            self.periods,
            frozenset(extra),
        )
        return stored, self._is_synthetic(layout)

    def _error(self, rule: str, message: Text, remedy: Text, **place: str | int | None) -> None:
        self.context.findings.add(
            Problem(rule=rule, severity="error", message=message, remedy=remedy, file=self.file.name, **place)  # type: ignore[arg-type]
        )

    def _keys(self, column: Column, entity: str) -> None:
        """The codes of the reporters: none blank, credit codes valid, zones in the register."""
        name = column.label
        self.columns[entity] = self._text(name)
        if entity == "zone":
            self.columns[entity] = self._zones(name)
            return
        faults: list[tuple[int, str]] = []
        valid = row = 0
        for batch in self.parquet.iter_batches(columns=[name], batch_size=1 << 17):
            codes = pc.fill_null(batch.column(0).cast(pa.string()), "")
            blank = pc.equal(codes, "")
            if pc.any(blank).as_py():
                self._error(
                    "row.no-reporter",
                    Text("没有填报单位代码", "a row without the code of who reports"),
                    Text("请补填代码", "fill in the code"),
                    row=row + pc.index(blank, pa.scalar(True)).as_py() + 1,
                    column=name,
                )
            if entity == "firm":
                fine = _valid_codes(codes)
                valid += int(fine.sum())
                if len(faults) <= ERRORS_PER_FILE:
                    faults += [(row + int(i) + 1, codes[int(i)].as_py()) for i in np.flatnonzero(~fine)]
            row += len(codes)
        promised = column.heading is not None and column.heading.credit_code
        if faults and (promised or 2 * valid >= row):
            wrong = credit_code_faults([code for _, code in faults if code])
            for at, code in faults:
                if code:
                    self._error(
                        "reporter.credit-code",
                        wrong[code],
                        CREDIT_CODE_REMEDY,
                        row=at,
                        column=name,
                        reporter=code,
                        value=code,
                    )

    def _periods(self, column: Column | None) -> None:
        frequency = self.context.book.frequency
        if column is None:
            year = year_in_name(self.file.name, None) if frequency == "year" else None
            if year is not None:
                self.context.findings.add(period_from_name(self.file.name, None, year))
            period = year or self.context.period
            if period is None:
                self._error(
                    "sheet.no-period",
                    Text("没有说明报告期", "the period is not stated"),
                    Text("请加 period 列，或用 --period 指明", "add a column “period”, or say it with --period"),
                )
            self.columns["period"] = literal(period or "")
            self.periods = (period,) if period else ()
            return
        texts = self._distinct(column.label)
        meant = {text: read_period(text, frequency) for text in texts}
        for text, period in meant.items():
            if period is None:
                self._error(
                    "row.period",
                    Text("报告期无法识别", "the period cannot be read"),
                    Text("请写成 2025、2025-Q3 或 2025-08", "write it as 2025, 2025-Q3 or 2025-08"),
                    column=column.label,
                    value=text,
                )
        self.periods = tuple(sorted({period for period in meant.values() if period}))
        self.columns["period"] = self._translated(column.label, {text: p or "" for text, p in meant.items()})

    def _parents(self, column: Column | None, parent: str) -> None:
        if column is None:
            self._error(
                "sheet.no-parent",
                Text(f"没有{parent}列", f"no column {parent}"),
                Text("请加上所属单位的代码", "add the code of what the reporters belong to"),
            )
            self.columns[parent] = "CAST(NULL AS VARCHAR)"
        elif parent == "zone":
            self.columns[parent] = self._zones(column.label)
        else:
            self.columns[parent] = self._text(column.label)

    def _zones(self, name: str) -> str:
        meant: dict[str, str] = {}
        for text in self._distinct(name):
            code = self.context.register.find(text)
            if code is None:
                self.context.findings.add(unknown_zone(self.context.register, text, self.file.name, column=name))
            else:
                meant[text] = code
        return self._translated(name, meant)

    def _text(self, name: str) -> str:
        """A column as text."""
        kind = self.schema.field(name).type
        return quoted(name) if pa.types.is_string(kind) else f"CAST({quoted(name)} AS VARCHAR)"

    def _translated(self, name: str, meant: Mapping[str, str]) -> str:
        """A column with each text replaced by what it means; as it is where nothing changes."""
        source = self._text(name)
        changed = {text: code for text, code in meant.items() if text != code}
        if not changed:
            return source
        cases = " ".join(f"WHEN {literal(text)} THEN {literal(code)}" for text, code in changed.items())
        return f"CASE {source} {cases} ELSE {source} END"

    def _distinct(self, name: str) -> list[str]:
        with duckdb.connect() as connection:
            column = connection.read_parquet(str(self.file.path)).project(f"CAST({quoted(name)} AS VARCHAR)")
            found = [row[0] for row in column.distinct().fetchall()]
        if None in found:
            self._error(
                "row.blank",
                Text("有空白", "blank in some rows"),
                Text("请补填", "fill it in"),
                column=name,
            )
        return sorted(text for text in found if text is not None)

    def _item(self, item: Item, name: str | None) -> None:
        """The SQL of one item: its column in the type it is kept in, or NULL where the file does not have it."""
        target = sql_type(item)
        if name is None or pa.types.is_null(self.schema.field(name).type):
            self.columns[item.code] = f"CAST(NULL AS {target})"
            return
        kind: pa.DataType = self.schema.field(name).type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        self.labels[item.code] = name
        source = quoted(name)
        numeric = pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind)
        texts = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        fits = {
            "decimal": numeric,
            "integer": numeric,
            "flag": pa.types.is_boolean(kind),
            "date": pa.types.is_date(kind) or pa.types.is_timestamp(kind),
            "text": texts,
            "code": texts or pa.types.is_integer(kind),
        }[item.type]
        if not fits:
            self._error(
                "item.type",
                Text(f"列的类型是 {kind}，应为 {target}", f"the column is {kind}, it should be {target}"),
                Text(f"请转换为 {target} 后重新导出", f"convert it to {target} and export it again"),
                column=name,
                item=item.code,
            )
        if pa.types.is_floating(kind):
            source = f"CASE WHEN isnan({source}) THEN NULL ELSE {source} END"
        if item.type in {"decimal", "integer"} and fits:
            self._range(item, name, kind)
        exact = kind == (decimal_type(item.decimals or 0) if item.type == "decimal" else ARROW_TYPES.get(item.type))
        narrower = item.type == "integer" and pa.types.is_signed_integer(kind)
        self.columns[item.code] = source if exact or narrower else f"CAST({source} AS {target})"

    def _range(self, item: Item, name: str, kind: pa.DataType) -> None:
        """No negative counts, nothing beyond the digits kept, whole numbers where they are asked for."""
        low, high = self._extremes(name)
        limit = Decimal(10) ** (DIGITS - (item.decimals or 0))
        conditions = []
        if item.type == "integer" and (low is None or low < 0):
            conditions.append(("x < 0", NEGATIVE))
        if pa.types.is_floating(kind) and item.type == "integer":
            conditions.append(("NOT isnan(x) AND x <> trunc(x)", NOT_WHOLE))
        if low is None or high is None or max(-low, high) >= limit:
            conditions.append(
                (f"abs(x) >= {limit}" + (" AND NOT isnan(x)" if pa.types.is_floating(kind) else ""), TOO_LARGE)
            )
        for condition, note in conditions:
            with duckdb.connect() as connection:
                column = connection.read_parquet(str(self.file.path), file_row_number=True).project(
                    f"file_row_number + 1, {quoted(name)} AS x"
                )
                rows = column.filter(condition).limit(ERRORS_PER_FILE + 1).fetchall()
            for row, value in rows:
                self._error(
                    note.rule, note.message, note.remedy, row=row, column=name, item=item.code, value=str(value)
                )

    def _extremes(self, name: str) -> tuple[Decimal | None, Decimal | None]:
        """Lowest and highest value from the statistics of the row groups; None where a group has none."""
        at = self.schema.names.index(name)
        lows, highs = [], []
        for i in range(self.parquet.metadata.num_row_groups):
            group = self.parquet.metadata.row_group(i).column(at)
            statistics = group.statistics
            if statistics is not None and statistics.null_count == group.num_values:
                continue
            if statistics is None or not statistics.has_min_max:
                return None, None
            lows.append(Decimal(str(statistics.min)))
            highs.append(Decimal(str(statistics.max)))
        return (min(lows), max(highs)) if lows else (Decimal(0), Decimal(0))

    def _is_synthetic(self, layout: Layout) -> bool:
        metadata = self.schema.metadata or {}
        if metadata.get(b"synthetic", b"").lower() == b"true":
            return True
        said = layout.of_role("synthetic")
        return bool(said) and any(text.casefold() in SYNTHETIC_MARKS for text in self._distinct(said[0].label))


def _valid_codes(codes: pa.StringArray) -> NDArray[np.bool_]:
    """Which texts are valid credit codes, on the bytes of the column."""
    valid = np.zeros(len(codes), dtype=bool)
    sized = pc.equal(pc.binary_length(codes), LENGTH).to_numpy(zero_copy_only=False)
    if sized.any():
        right = codes.filter(pa.array(sized)).cast(pa.binary())
        data = np.frombuffer(pa.concat_arrays([right.cast(pa.binary(LENGTH))]).buffers()[1], dtype=np.uint8)
        valid[sized] = are_valid(data.reshape(-1, LENGTH)[: int(sized.sum())])
    return valid
