"""Text of a web page: what a reader sees of the article, without menus, scripts and forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import html  # type: ignore[import-untyped]

from gaoxin.notices.files.plain import decode
from gaoxin.notices.files.refusals import refusal
from gaoxin.words import Text

_DROPPED = frozenset(
    {
        "script", "style", "noscript", "nav", "header", "footer", "aside", "form", "iframe", "button", "select",
        "input", "template", "svg", "head", "object", "embed",
    }
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5",
        "h6", "tr", "table", "tbody", "thead", "blockquote", "pre", "center", "body", "hr",
    }
)  # fmt: skip
_MENU_SHARE, _MENU_LENGTH = 0.7, 300
_LONG_CELL = 400


def web_text(path: Path, content: bytes) -> str:
    """The text of the page ``content``: one block a line, tables row by row with tabs."""
    declared = re.search(rb"charset=[\"']?([\w-]+)", content[:4096])
    text = None
    if declared:
        try:
            text = content.decode(
                declared[1].decode("ascii").lower().replace("gb2312", "gb18030").replace("gbk", "gb18030")
            )
        except (LookupError, UnicodeDecodeError):
            text = None
    text = text or decode(content)
    if text is None:
        raise refusal(
            path,
            Text("网页的编码无法识别", "the encoding of the page is not known"),
            Text("请另存为 UTF-8", "save it in UTF-8"),
        )
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    page: Any = html.document_fromstring(text)
    body = page.find("body")
    lines = _joined(_walk(page if body is None else body))
    return "\n".join(line for line in lines if line)


def _walk(element: Any) -> Iterator[str]:
    """The text below ``element``; a line feed stands where a block begins or ends."""
    if not isinstance(element.tag, str) or element.tag in _DROPPED or _hidden(element) or _is_menu(element):
        yield "\n" if isinstance(element.tag, str) else ""
        return
    if element.tag == "br":
        yield "\n"
        return
    if element.tag == "table" and _is_data(element):
        yield "\n"
        for row in _rows(element):
            yield row + "\n"
        return
    block = element.tag in _BLOCKS
    if block:
        yield "\n"
    if element.text:
        yield _flat(element.text)
    for child in element:
        yield from _walk(child)
        if child.tail:
            yield _flat(child.tail)
    if element.tag in {"td", "th"}:
        yield "\n"
    if block:
        yield "\n"


def _joined(pieces: Iterator[str]) -> Iterator[str]:
    for line in "".join(pieces).split("\n"):
        yield re.sub(r"[ \u00a0\u3000]+", " ", line).strip(" ")


def _flat(text: str) -> str:
    """Line ends and tabs of the page's source mean nothing."""
    return re.sub(r"[\s\u00a0]+", " ", text.replace("\u3000", " "))


def _hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None


def _is_menu(element: Any) -> bool:
    """A list or block that is links nearly throughout, and short: a menu, a trail, links to other pages."""
    if element.tag not in {"ul", "ol", "div", "dl", "td", "section"}:
        return False
    text = "".join(element.text_content().split())
    if not text or len(text) > _MENU_LENGTH or "。" in text:
        return False
    links = sum(len("".join(link.text_content().split())) for link in element.iter("a"))
    return links >= _MENU_SHARE * len(text) and sum(1 for _ in element.iter("a")) > 1


def _is_data(table: Any) -> bool:
    """A table of data, not one that only lays out the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    wide = sum(len(row) >= 2 for row in rows)
    longest = max((len(cell.text_content()) for row in rows for cell in row), default=0)
    return wide >= 2 and (longest <= _LONG_CELL or wide >= 3)


def _rows(table: Any) -> Iterator[str]:
    """Each row with tabs; a cell over several rows says the same in each."""
    waiting: dict[int, tuple[str, int]] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        own = iter(cell for cell in row if cell.tag in {"td", "th"})
        while True:
            column = len(cells)
            if column in waiting:
                text, left = waiting[column]
                cells.append(text)
                if left > 1:
                    waiting[column] = (text, left - 1)
                else:
                    del waiting[column]
                continue
            cell = next(own, None)
            if cell is None:
                break
            text = " ".join("".join(_walk(cell)).split())
            down = _number(cell.get("rowspan"))
            if down > 1:
                waiting[column] = (text, down - 1)
            cells.append(text)
            cells += [""] * (_number(cell.get("colspan")) - 1)
        if any(cells):
            yield "\t".join(cells)


def _number(text: str | None) -> int:
    return min(int(text), 50) if text and text.isascii() and text.isdigit() and int(text) > 0 else 1
