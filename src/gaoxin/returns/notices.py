"""What is said of tables, headings and zones that are not as expected, whatever the format of the file."""

from __future__ import annotations

from collections.abc import Sequence

from gaoxin.problems import NO_REMEDY, Problem
from gaoxin.returns.findings import Findings
from gaoxin.returns.headings import Vocabulary
from gaoxin.returns.layout import Column, Layout, NoLayout
from gaoxin.returns.reporters import Register
from gaoxin.rulebook.book import Book
from gaoxin.words import Text


def unknown_zone(
    register: Register,
    text: str,
    file: str,
    *,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
) -> Problem:
    """A zone that is not in the register, with those it may have been meant to be."""
    close = register.close_to(text)
    return Problem(
        rule="reporter.unknown-zone",
        severity="error",
        message=Text(f"园区名录中没有“{text}”", f"the register of zones has no “{text}”"),
        remedy=Text(f"是否为：{'；'.join(close)}", f"did you mean: {'; '.join(close)}")
        if close
        else Text("请核对园区名称或代码", "check the name or the code of the zone"),
        file=file,
        sheet=sheet,
        row=row,
        column=column,
        value=text,
    )


def period_from_name(file: str, sheet: str | None, year: str) -> Problem:
    """A table that does not say its period, but whose name (or folder) holds a year."""
    return Problem(
        rule="sheet.period-from-name",
        severity="info",
        message=Text(f"表中没有报告期，按名称取 {year}", f"no period in the table; {year} is taken from the name"),
        file=file,
        sheet=sheet,
        period=year,
    )


def unrecognised(file: str, sheet: str | None, why: NoLayout, book: Book) -> Problem:
    """A table that is not a return: what it lacks, and what stands there."""
    stands = "、".join(why.labels[:8]) or "—"
    entities = book.entities
    message, remedy = {
        "no-headings": (
            Text(f"找不到表头；开头是：{stands}", f"no headings were found; it begins with: {stands}"),
            Text("表头应有填报单位代码和指标代码（或名称）", "the headings need who reports, and item codes or names"),
        ),
        "no-key": (
            Text(f"表头中没有填报单位；表头是：{stands}", f"no column says who reports; the headings are: {stands}"),
            Text("请加上“统一社会信用代码”或“园区代码”列", "add a column with the code of the firm or of the zone"),
        ),
        "no-items": (
            Text(f"没有规则书中的指标；表头是：{stands}", f"no items of the rulebook; the headings are: {stands}"),
            Text("请核对工作表是否选对，或用指标代码作表头", "is this the right sheet? use item codes as headings"),
        ),
        "wrong-entity": (
            Text(
                f"指标属于{entities[why.entity].name.zh}，表中却没有其代码列" if why.entity else "",
                f"the items belong to the {entities[why.entity].name.en}, but there is no column with its code"
                if why.entity
                else "",
            ),
            Text("请加上代码列", "add the column with the code"),
        ),
    }[why.reason]
    return Problem(
        rule=f"sheet.{why.reason}",
        severity="error",
        message=message,
        remedy=remedy,
        file=file,
        sheet=sheet,
        row=why.row or None,
    )


def note_headings(layout: Layout, file: str, sheet: str | None, vocabulary: Vocabulary, findings: Findings) -> None:
    """Note the headings that are no items, fit several, stand there twice, or whose code and name disagree."""
    row = layout.first_row - 1 or None
    for column in layout.columns:
        if column.heading is None and column.label and column not in layout.undecided:
            meant = vocabulary.close_to(column.label)
            findings.add(unknown_item(file, sheet, row, column, column.label, meant))
    for column in layout.undecided:
        codes = vocabulary.read(column.label)
        fits = "、".join(codes.items) if codes else ""
        findings.add(
            Problem(
                rule="item.ambiguous",
                severity="error",
                message=Text(f"“{column.label}”可以是 {fits}", f"“{column.label}” can be {fits}"),
                remedy=Text("请用指标代码作表头", "use the item code as the heading"),
                file=file,
                sheet=sheet,
                row=row,
                column=column.place,
            )
        )
    first: dict[str, Column] = {}
    for column, code in layout.items():
        if first.setdefault(code, column) is not column:
            findings.add(
                Problem(
                    rule="item.column-twice",
                    severity="error",
                    message=Text(
                        f"{code} 有两列，另一列是 {first[code].place}",
                        f"{code} has two columns, the other is {first[code].place}",
                    ),
                    remedy=Text("请删去其中一列", "delete one of the columns"),
                    file=file,
                    sheet=sheet,
                    row=row,
                    column=column.place,
                    item=code,
                )
            )
    for column, other in layout.contradictions:
        findings.add(
            Problem(
                rule="item.contradiction",
                severity="error",
                message=Text(
                    f"代码与名称不一致：名称是 {other} 的", f"code and name disagree: the name is that of {other}"
                ),
                remedy=Text("请核对表头", "check the heading"),
                file=file,
                sheet=sheet,
                row=row,
                column=column.place,
            )
        )


def unknown_item(
    file: str, sheet: str | None, row: int | None, column: Column, text: str, meant: Sequence[str]
) -> Problem:
    """A heading (or a name in a long table) that is not an item of the book."""
    return Problem(
        rule="item.unknown",
        severity="warning",
        message=Text(f"“{text}”不是规则书中的指标，未读取", f"“{text}” is not an item of the rulebook, not read"),
        remedy=Text(f"是否为：{'、'.join(meant)}", f"did you mean: {', '.join(meant)}") if meant else NO_REMEDY,
        file=file,
        sheet=sheet,
        row=row,
        column=column.place,
        value=text,
    )
