"""What a cell says: numbers, dates, yes/no, codes and text, from the text of the cell to exact typed columns.

Every reader (xlsx, CSV) hands cells over as text, a number as the shortest text that gives it back. What reads without
doubt is read; what was read with a liberty (full-width digits, rounding) is remarked upon; the rest is an error with a
remedy, never a guess and never silently missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from gaoxin.problems import Severity
from gaoxin.words import Text

BLANK_MARKS = (
    "",
    "-",
    "--",
    "－",
    "－－",
    "—",
    "——",
    "–",
    "/",
    "／",
    "无",
    "NA",
    "N/A",
    "n/a",
    "NULL",
    "null",
    "NaN",
    "nan",
)
"""What stands for "no figure" in a cell for a number, a date, a yes/no or a code."""

DIGITS = 18
"""Decimal figures are kept with 18 digits, which DuckDB computes in 64-bit integers."""

FULL_WIDTH = {0x3000: 0x20, **{0xFF01 + i: 0x21 + i for i in range(94)}}
"""Full-width forms to ASCII. Not NFKC: that would read 5² as 52."""

_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,3}")
_WITH_UNIT = re.compile(r"[+-]?[0-9][0-9,.]*\s*([^0-9,.%\s]{1,6})")

_YES = {"是", "1", "y", "yes", "true", "t", "√"}
_NO = {"否", "0", "n", "no", "false", "f", "×"}

_EXCEL_EPOCH = date(1899, 12, 30)
_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?",
        r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?",
        r"(\d{4})\.(\d{1,2})\.(\d{1,2})",
        r"(\d{4})年(\d{1,2})月(\d{1,2})日",
        r"(\d{4})(\d{2})(\d{2})",
    )
)
_MONTHS = tuple(
    re.compile(pattern) for pattern in (r"(\d{4})[-/.](\d{1,2})", r"(\d{4})年(\d{1,2})月", r"(\d{4})(\d{2})")
)


class CellError(ValueError):
    """A cell that cannot be read; ``rule`` names the kind of trouble."""

    def __init__(self, rule: str, message: Text, remedy: Text) -> None:
        self.rule, self.message, self.remedy = rule, message, remedy
        super().__init__(message.en)


@dataclass(frozen=True, slots=True)
class Note:
    """A liberty taken in reading a cell."""

    rule: str
    severity: Severity
    message: Text
    remedy: Text = field(default=Text("", ""))


FULL_WIDTH_DIGITS = Note(
    "cell.full-width", "info", Text("全角数字，已按半角读取", "full-width digits, read as ordinary ones")
)
SCIENTIFIC = Note(
    "cell.scientific",
    "warning",
    Text("科学计数法，可能已丢失位数", "scientific notation: digits may have been lost"),
    Text("请把该列设为“数值”格式后重新导出", "format the column as a number and export again"),
)
MONTH_ONLY = Note(
    "cell.month-only", "info", Text("只有年月，按当月 1 日读取", "month without a day, read as the first")
)


NEGATIVE = Note(
    "cell.negative-count",
    "error",
    Text("个数不能为负", "a count cannot be negative"),
    Text("请核对该数", "check the figure"),
)
NOT_WHOLE = Note(
    "cell.not-whole",
    "error",
    Text("应为整数", "a whole number is expected"),
    Text("请改为整数", "write a whole number"),
)
TOO_LARGE = Note(
    "cell.too-large",
    "error",
    Text(f"数字超过 {DIGITS} 位", f"the number has more than {DIGITS} digits"),
    Text("请核对数字与单位", "check the figure and its unit"),
)


def narrow(text: str) -> str:
    """Trim a text and write its full-width forms as ASCII; drop the apostrophe with which Excel marks text.

    >>> narrow("　１２，３４５．６　")
    '12,345.6'
    """
    text = (text if text.isascii() else text.translate(FULL_WIDTH)).strip()
    return text[1:].lstrip() if text[:1] == "'" else text


def parse_number(text: str, *, percent: bool | None = None) -> tuple[Decimal, tuple[Note, ...]]:
    """Read one number exactly.

    Parameters
    ----------
    text
        The cell. Thousands separators, full-width forms, a real minus sign and a percent sign are understood.
    percent
        What ``%`` means for the item: ``True`` its unit is % (12.5% is 12.5), ``False`` it is a plain share (0.125),
        ``None`` a percent sign has no place here.

    Returns
    -------
    The number and the liberties taken.

    Raises
    ------
    CellError
        With the reason and the remedy.

    >>> parse_number("1,234.50")
    (Decimal('1234.50'), ())
    >>> parse_number("１２")[0], parse_number("12.5%", percent=False)[0]
    (Decimal('12'), Decimal('0.125'))
    """
    plain = narrow(text).replace("−", "-")
    stop_at_excel_trouble(plain)
    notes = [FULL_WIDTH_DIGITS] if any(0xFF01 <= ord(c) <= 0xFF5E for c in text) else []
    shift = 0
    if plain.endswith("%"):
        if percent is None:
            raise CellError(
                "cell.percent",
                Text("该指标的单位不是百分比，却写了百分号", "a percent sign, but the item is not a percentage"),
                Text("请按该指标的单位填写", "give the figure in the unit of the item"),
            )
        plain = plain[:-1].rstrip()
        shift = 0 if percent else -2
    if _SCIENTIFIC.fullmatch(plain):
        notes.append(SCIENTIFIC)
    elif _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    elif not _PLAIN.fullmatch(plain):
        raise _not_a_number(plain)
    return Decimal(plain).scaleb(shift), tuple(notes)


def stop_at_excel_trouble(plain: str) -> None:
    """An Excel error, or a formula that was never calculated, has no value of any type."""
    if plain.startswith("#"):
        raise CellError(
            "cell.excel-error",
            Text("单元格是 Excel 错误值", "the cell is an Excel error"),
            Text("请改正公式，或留空表示缺失", "correct the formula, or leave the cell blank if the figure is missing"),
        )
    if plain.startswith("="):
        raise CellError(
            "cell.formula-without-value",
            Text("公式没有保存计算结果", "a formula without its result"),
            Text("请用 Excel 打开、计算并保存，或改填数值", "open it in Excel, calculate and save, or enter the value"),
        )


def _not_a_number(plain: str) -> CellError:
    with_unit = _WITH_UNIT.fullmatch(plain)
    if with_unit:
        unit = with_unit[1]
        return CellError(
            "cell.unit-in-cell",
            Text(f"数字后带有“{unit}”", f"the number carries “{unit}”"),
            Text("单位请写在表头，单元格只填数字", "put the unit into the header and only the number into the cell"),
        )
    return CellError(
        "cell.not-a-number",
        Text("应为数字，却是文字", "a number is expected, this is text"),
        Text("请改为数字，缺失请留空", "write a number, or leave the cell blank if the figure is missing"),
    )


def parse_date(text: str) -> tuple[date, tuple[Note, ...]]:
    """Read one date: ``2025-08-04``, ``2025/8/4``, ``2025年8月4日``, ``20250804``, an Excel serial, or a month.

    >>> parse_date("2025年8月4日")[0], parse_date("45873")[0]
    (datetime.date(2025, 8, 4), datetime.date(2025, 8, 4))
    """
    plain = narrow(text)
    stop_at_excel_trouble(plain)
    try:
        for pattern in _DAYS:
            if match := pattern.fullmatch(plain):
                return date(int(match[1]), int(match[2]), int(match[3])), ()
        for pattern in _MONTHS:
            if match := pattern.fullmatch(plain):
                return date(int(match[1]), int(match[2]), 1), (MONTH_ONLY,)
    except ValueError:
        raise CellError(
            "cell.no-such-date",
            Text("没有这一天", "there is no such date"),
            Text("请核对年月日", "check year, month and day"),
        ) from None
    if re.fullmatch(r"\d{5}", plain):
        return _EXCEL_EPOCH + timedelta(days=int(plain)), ()
    raise CellError(
        "cell.not-a-date",
        Text("应为日期", "a date is expected"),
        Text("请写成 2025-08-04", "write it as 2025-08-04"),
    )


def parse_flag(text: str) -> bool:
    """Read yes or no: 是/否, 1/0, yes/no, true/false, √/×.

    >>> parse_flag("是"), parse_flag("0")
    (True, False)
    """
    plain = narrow(text).lower()
    stop_at_excel_trouble(plain)
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise CellError(
        "cell.not-yes-or-no",
        Text("应为“是”或“否”", "yes or no is expected"),
        Text("请填 是/否 或 1/0", "write 是/否, yes/no or 1/0"),
    )
