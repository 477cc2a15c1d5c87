"""Text of a Word file (.docx): paragraphs and tables in their order, automatic numbers written out.

In many notices 一、 and （一） are not typed but numbered by Word; without them the clauses would be lost. What tracked
changes delete is left out, what they insert is kept.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError

from gaoxin.notices.files.refusals import refusal
from gaoxin.notices.text.numbering import han
from gaoxin.words import Text

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_HAN_FORMATS = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographTraditional", "taiwaneseCounting",
    "taiwaneseCountingThousand", "japaneseDigitalTenThousand", "koreanCounting",
}  # fmt: skip


def word_text(path: Path, content: bytes) -> str:
    """The text of the Word file ``content``."""
    try:
        document: Any = docx.Document(io.BytesIO(content))
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        raise refusal(
            path,
            Text("不是完整的 .docx 文件（可能损坏或加密）", "not a whole .docx file (damaged, or encrypted)"),
            Text("请在 Word 中打开后另存为 .docx，不设密码", "open it in Word and save it as .docx without a password"),
        ) from error
    numbers = _Numbers(document)
    lines = list(_lines(document.element.body, numbers))
    return "\n".join(lines)


def _lines(container: Any, numbers: _Numbers) -> Iterator[str]:
    for element in container:
        if element.tag == f"{_W}p":
            yield from (numbers.label(element) + _words(element)).split("\n")
        elif element.tag == f"{_W}tbl":
            yield from _rows(element, numbers)
        elif element.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}smartTag", f"{_W}customXml"}:
            yield from _lines(element, numbers)


def _words(paragraph: Any) -> str:
    """The text of a paragraph: runs, breaks and tabs, also those that were inserted under tracking."""
    pieces = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            pieces.append(element.text or "")
        elif element.tag == f"{_W}tab" and element.getparent().tag == f"{_W}r":
            pieces.append(" ")
        elif element.tag in {f"{_W}br", f"{_W}cr"}:
            pieces.append("\n")
        elif element.tag == f"{_W}noBreakHyphen":
            pieces.append("-")
    return "".join(pieces)


def _rows(table: Any, numbers: _Numbers) -> Iterator[str]:
    """Each row a line; a cell that is merged downwards says the same in each of its rows."""
    above: dict[int, str] = {}
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        cells: list[str] = []
        column = 0
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            text = " ".join(part for line in _lines(cell, numbers) if (part := " ".join(line.split())))
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None and merge.get(f"{_W}val") != "restart":
                text = above.get(column, text)
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            above[column] = text
            cells.append(text)
            column += int(span.get(f"{_W}val", "1")) if span is not None else 1
        yield "\t".join(cells)


class _Numbers:
    """Word's automatic numbers, counted as Word counts them."""

    def __init__(self, document: Any) -> None:
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.styles: dict[str, tuple[str, int]] = {}
        try:
            numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {
            item.get(f"{_W}abstractNumId"): {
                int(level.get(f"{_W}ilvl")): (
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText") or "",
                    int(_value(level, "start") or 1),
                )
                for level in item.iter(f"{_W}lvl")
            }
            for item in numbering.iter(f"{_W}abstractNum")
        }
        for item in numbering.iter(f"{_W}num"):
            self.levels[item.get(f"{_W}numId")] = abstract.get(_value(item, "abstractNumId"), {})
        for style in document.styles.element.iter(f"{_W}style"):
            found = style.find(f"{_W}pPr/{_W}numPr")
            if found is not None and _value(found, "numId"):
                self.styles[style.get(f"{_W}styleId")] = (_value(found, "numId") or "", int(_value(found, "ilvl") or 0))

    def label(self, paragraph: Any) -> str:
        """The number Word shows before ``paragraph``; empty when it has none."""
        found = paragraph.find(f"{_W}pPr/{_W}numPr")
        if found is not None:
            number, level = _value(found, "numId"), int(_value(found, "ilvl") or 0)
        else:
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            number, level = self.styles.get(style.get(f"{_W}val"), (None, 0)) if style is not None else (None, 0)
        if not number or level not in self.levels.get(number, {}):
            return ""
        levels, counts = self.levels[number], self.counts[number]
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        text = levels[level][1]
        for other, (form, _, start) in levels.items():
            text = text.replace(f"%{other + 1}", _written(form, counts.get(other, start)))
        return "" if levels[level][0] in {"bullet", "none"} else text


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _written(form: str, number: int) -> str:
    if form in _HAN_FORMATS:
        return han(number)
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= len(_CIRCLED):
        return _CIRCLED[number - 1]
    if form == "lowerLetter":
        return chr(ord("a") + (number - 1) % 26)
    if form == "upperLetter":
        return chr(ord("A") + (number - 1) % 26)
    return str(number)
