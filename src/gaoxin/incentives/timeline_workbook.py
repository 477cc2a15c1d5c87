"""The Excel sheet of a timeline: one row for every span of every entry, ready to be filtered.

Everything is written as text, never as a formula; dates are dates.
"""

from __future__ import annotations

import io

import xlsxwriter

from gaoxin.incentives.timeline import KINDS, SpanKind, Timeline
from gaoxin.rulebook.narrate import CONFIDENCE
from gaoxin.words import Language, Text

_COLUMNS = (
    (Text("种类", "kind"), 8), (Text("代码", "code"), 26), (Text("名称", "name"), 44), (Text("单位", "unit"), 8),
    (Text("自", "from"), 12), (Text("至", "to"), 12), (Text("是否已知", "known"), 10),
    (Text("值、规则或未知之处", "value, rule, or what is not known"), 60), (Text("可由此查明", "settled by"), 36),
    (Text("文件", "document"), 44), (Text("文号", "number"), 30), (Text("条款", "article"), 18),
    (Text("可靠程度", "confidence"), 12), (Text("网址", "address"), 40),
)  # fmt: skip
_STATES: dict[SpanKind, Text] = {
    "known": Text("已知", "known"),
    "unknown": Text("未知", "unknown"),
    "none": Text("没有", "none"),
    "gap": Text("本书没有", "not in the book"),
}


def render(history: Timeline, language: Language = "zh") -> bytes:
    """The workbook of ``history``."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": history.name.say(language), "author": "gaoxin"})
        sheet = book.add_worksheet(Text("沿革", "timeline").say(language))
        head = book.add_format({"bold": True, "bg_color": "#E8EDF2", "font_name": "微软雅黑", "text_wrap": True})
        text = book.add_format({"valign": "top", "font_name": "微软雅黑", "text_wrap": True})
        day = book.add_format({"valign": "top", "font_name": "微软雅黑", "num_format": "yyyy-mm-dd"})
        for index, (title, width) in enumerate(_COLUMNS):
            sheet.set_column(index, index, width)
            sheet.write_string(0, index, title.say(language), head)
        row = 0
        for line in history.lines:
            for span in line.spans:
                row += 1
                clause = span.citation
                cells = [
                    KINDS[line.kind].say(language), line.code, line.name.say(language), line.unit,
                    span.first, span.last,
                    _STATES[span.kind].say(language), span.says.say(language), span.settled_by.say(language),
                    clause.title.say(language) if clause else "", clause.number if clause else "",
                    clause.article if clause else "", CONFIDENCE[clause.confidence].say(language) if clause else "",
                    clause.url if clause else "",
                ]  # fmt: skip
                for index, cell in enumerate(cells):
                    if isinstance(cell, str):
                        sheet.write_string(row, index, cell, text)
                    elif cell is not None:
                        sheet.write_datetime(row, index, cell, day)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, row, len(_COLUMNS) - 1)
        foot = book.add_worksheet(Text("说明", "about").say(language))
        foot.set_column(0, 0, 110)
        for index, note in enumerate((history.name, *history.remarks)):
            foot.write_string(index, 0, note.say(language), text)
    return buffer.getvalue()
