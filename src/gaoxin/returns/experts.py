"""Scores of several experts: one row for each expert, zone and indicator, with a remark."""

from __future__ import annotations

import pyarrow as pa

from gaoxin.problems import Problem
from gaoxin.returns.cells import BLANK_MARKS, CellError, narrow, parse_number
from gaoxin.returns.layout import Layout
from gaoxin.returns.rows import Context, Rows
from gaoxin.returns.sheets import Sheet
from gaoxin.words import Text

SCHEMA = pa.schema(
    [
        ("expert", pa.string()),
        ("zone", pa.string()),
        ("period", pa.string()),
        ("indicator", pa.string()),
        ("score", pa.float64()),
        ("remark", pa.string()),
    ]
)


def read_scores(sheet: Sheet, layout: Layout, context: Context) -> tuple[pa.Table, bool]:
    """Read a sheet of expert scores.

    An indicator is the item code where the heading vocabulary knows it, else the text as it stands (for example the
    number ``1.10``). A blank score means that the expert did not score the zone and is left out.

    Returns
    -------
    A table with the columns expert, zone, period, indicator, score, remark, and whether the sheet says it is synthetic.
    """
    rows = Rows(sheet, layout, context)
    expert, score, measure = (layout.of_role(role)[0] for role in ("expert", "score", "measure"))
    remark = next(iter(layout.of_role("remark")), None)
    table: dict[str, list[object]] = {name: [] for name in SCHEMA.names}
    seen: dict[tuple[str, str, str, str], int] = {}
    for row in rows:
        text = row.cells[score.position]
        if narrow(text) in BLANK_MARKS:
            continue
        who = narrow(row.cells[expert.position])
        label = narrow(row.cells[measure.position])
        heading = context.vocabulary.read(label)
        indicator = heading.items[0] if heading is not None and len(heading.items) == 1 else label
        try:
            value, notes = parse_number(text)
        except CellError as error:
            rows.problem(
                error.rule, error.message, error.remedy, row=row.number, column=score, value=text, reporter=row.key
            )
            continue
        for note in notes:
            context.findings.add(
                Problem(
                    rule=note.rule,
                    severity=note.severity,
                    message=note.message,
                    remedy=note.remedy,
                    file=sheet.file,
                    sheet=sheet.name,
                    row=row.number,
                    column=score.place,
                    value=text,
                )
            )
        first = seen.setdefault((who, row.key, row.period, indicator), row.number)
        if first != row.number:
            rows.problem(
                "score.duplicate",
                Text(
                    f"{who} 对 {row.key} 的 {label} 评了两次，另见第 {first} 行",
                    f"{who} scores {label} of {row.key} twice, also in row {first}",
                ),
                Text("请删去其中一行", "delete one of the rows"),
                row=row.number,
                column=score,
                reporter=row.key,
            )
        said = row.cells[remark.position].strip() if remark else ""
        for name, cell in zip(
            SCHEMA.names, (who, row.key, row.period, indicator, float(value), said or None), strict=True
        ):
            table[name].append(cell)
    return pa.table(table, schema=SCHEMA), rows.synthetic
