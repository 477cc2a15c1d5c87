"""A column of cells: read at once, exactly typed, with a remark for every cell that was not plain.

What is plain is converted by Arrow for the whole column; every other text is read once by the functions of `cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.returns.cells import (
    BLANK_MARKS,
    DIGITS,
    FULL_WIDTH_DIGITS,
    NEGATIVE,
    NOT_WHOLE,
    TOO_LARGE,
    CellError,
    Note,
    narrow,
    parse_date,
    parse_flag,
    parse_number,
    stop_at_excel_trouble,
)
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Remark:
    """A note or an error about one cell of a column: position in the column and the text that stood there."""

    position: int
    value: str
    note: Note


def _rounded(scale: int) -> Note:
    return Note(
        "cell.rounded",
        "info",
        Text(f"小数多于 {scale} 位，已四舍五入", f"more than {scale} decimals, rounded half up"),
    )


@dataclass(frozen=True, slots=True)
class CellType:
    """How the cells of a column are read.

    ``kind`` is the type of the item (decimal, integer, text, code, date, flag), ``scale`` the decimals kept,
    ``factor`` converts the unit stated in the file into that of the item, ``percent`` is as in `parse_number`,
    ``allowed`` are the codes of the item (empty: any).
    """

    kind: str
    scale: int = 0
    factor: Fraction = Fraction(1)
    percent: bool | None = None
    allowed: frozenset[str] = frozenset()

    @property
    def arrow(self) -> pa.DataType:
        """Type of the column that `read_column` gives."""
        return ARROW_TYPES[self.kind] if self.kind != "decimal" else decimal_type(self.scale)


ARROW_TYPES = {
    "integer": pa.int64(),
    "text": pa.string(),
    "code": pa.string(),
    "date": pa.date32(),
    "flag": pa.bool_(),
}


def decimal_type(scale: int) -> pa.DataType:
    """Arrow type of decimal figures with ``scale`` decimals."""
    return pa.decimal128(DIGITS if scale <= 6 else 38, scale)


def read_column(texts: pa.StringArray, cells: CellType) -> tuple[pa.Array, list[Remark]]:
    """Read the cells of one column.

    Parameters
    ----------
    texts
        Text of the cells, length n; null and the blank marks are missing.
    cells
        How to read them.

    Returns
    -------
    The typed column of length n, null where a figure is missing or unreadable, and a remark for every cell that was
    unreadable or read with a liberty.

    >>> column, remarks = read_column(pa.array(["1,200", "—", "abc"]), CellType("decimal", 2))
    >>> column.to_pylist(), [(r.position, r.note.rule) for r in remarks]
    ([Decimal('1200.00'), None, None], [(2, 'cell.not-a-number')])
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    if cells.kind == "text":
        return _blank_to_null(trimmed, ("",)), []
    values = _blank_to_null(trimmed, BLANK_MARKS)
    if cells.kind in {"decimal", "integer"}:
        return _read_numbers(values, cells)
    if cells.kind == "code":
        return _read_odd(values, pa.string(), lambda text: _code(text, cells.allowed))
    if cells.kind == "date":
        return _read_odd(values, pa.date32(), parse_date)
    return _read_odd(values, pa.bool_(), lambda text: (parse_flag(text), ()))


def _blank_to_null(texts: pa.Array, marks: Sequence[str]) -> pa.Array:
    return pc.if_else(pc.is_in(texts, value_set=pa.array(marks)), pa.scalar(None, pa.string()), texts)


def _read_numbers(values: pa.Array, cells: CellType) -> tuple[pa.Array, list[Remark]]:
    scale = cells.scale if cells.kind == "decimal" else 0
    fraction = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
    plain = pc.match_substring_regex(values, rf"^-?[0-9]{{1,{DIGITS - scale}}}{fraction}$")
    remarks: list[Remark] = []
    if cells.factor != 1:
        plain = pc.and_(plain, pa.scalar(False))
    if not pc.all(plain, min_count=0).as_py():
        odd = pc.fill_null(pc.invert(plain), False)
        texts, remarks = _read_odd(values.filter(odd), pa.string(), lambda text: _number_text(text, cells, scale))
        places = pc.indices_nonzero(odd).to_pylist()
        remarks = [Remark(places[r.position], r.value, r.note) for r in remarks]
        values = pc.replace_with_mask(values, odd, texts)
    column = values.cast(cells.arrow)
    if cells.kind == "integer":
        negative = pc.fill_null(pc.less(column, 0), False)
        remarks += [Remark(i, str(column[i].as_py()), NEGATIVE) for i in pc.indices_nonzero(negative).to_pylist()]
    return column, remarks


def _number_text(text: str, cells: CellType, scale: int) -> tuple[str, tuple[Note, ...]]:
    number, notes = parse_number(text, percent=cells.percent)
    if abs(number.adjusted()) > 2 * DIGITS:
        raise CellError(TOO_LARGE.rule, TOO_LARGE.message, TOO_LARGE.remedy)
    exact = Fraction(number) * cells.factor
    steps = (abs(exact) * 10**scale + Fraction(1, 2)).__floor__()  # half up, away from zero
    if steps >= 10**DIGITS:
        raise CellError(TOO_LARGE.rule, TOO_LARGE.message, TOO_LARGE.remedy)
    kept = Decimal(steps if exact >= 0 else -steps).scaleb(-scale)
    if Fraction(kept) != exact:
        if cells.kind == "integer":
            raise CellError(NOT_WHOLE.rule, NOT_WHOLE.message, NOT_WHOLE.remedy)
        notes = (*notes, _rounded(scale))
    return f"{kept:f}", notes


def _code(text: str, allowed: frozenset[str]) -> tuple[str, tuple[Note, ...]]:
    code = narrow(text)
    stop_at_excel_trouble(code)
    if allowed and code not in allowed:
        known = "、".join(sorted(allowed)[:20])
        raise CellError(
            "cell.unknown-code",
            Text("代码不在允许的范围内", "the code is not one of the allowed ones"),
            Text(f"可用代码：{known}", f"allowed: {known}"),
        )
    return code, (FULL_WIDTH_DIGITS,) if any(0xFF01 <= ord(c) <= 0xFF5E for c in text) else ()


def _read_odd(
    values: pa.Array, kind: pa.DataType, parse: Callable[[str], tuple[object, tuple[Note, ...]]]
) -> tuple[pa.Array, list[Remark]]:
    """Read every different text once with ``parse`` and put the results in their places."""
    encoded = values.dictionary_encode()
    results: list[object] = []
    notes: dict[int, tuple[Note, ...]] = {}
    for k, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            result, remarks = parse(text)
        except CellError as error:
            result, remarks = None, (Note(error.rule, "error", error.message, error.remedy),)
        results.append(result)
        if remarks:
            notes[k] = remarks
    column = pa.array(results, kind).take(encoded.indices)
    if not notes:
        return column, []
    texts = encoded.dictionary.to_pylist()
    return column, [
        Remark(i, texts[k], note)
        for i, k in enumerate(encoded.indices.to_pylist())
        if k is not None and k in notes
        for note in notes[k]
    ]
