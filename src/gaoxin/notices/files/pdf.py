"""Text of a PDF file, if it has any: a scan has none, and is not guessed at."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

from gaoxin.notices.files.refusals import refusal
from gaoxin.notices.text.characters import unified
from gaoxin.words import Text

_PAGE_NUMBER = re.compile(r"[\s\-—–－·]*(?:第\s*)?[0-9]{1,3}(?:\s*[/页共].{0,8})?[\s\-—–－·]*")
_LEAST_ON_A_PAGE = 15
"""Characters a page of text has at least, on average; below, the pages are pictures."""
_RUNNING_HEAD_PAGES = 3


def pdf_text(path: Path, content: bytes) -> str:
    """The text of the PDF ``content``, page numbers and running heads left out; lines break where the paper does."""
    try:
        from pypdf import PdfReader  # noqa: PLC0415 – slow to import, and only needed here
        from pypdf.errors import PyPdfError  # noqa: PLC0415
    except ImportError as error:
        raise refusal(
            path,
            Text("读取 PDF 需要 pypdf", "reading a PDF needs pypdf"),
            Text("安装：uv pip install pypdf；或另存为 .docx", "install it: uv pip install pypdf; or save as .docx"),
        ) from error
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise refusal(
                path,
                Text("PDF 有密码", "the PDF has a password"),
                Text("请另存为不设密码的 PDF", "save it without a password"),
            )
        pages = ["".join(map(unified, page.extract_text() or "")) for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise refusal(
            path,
            Text("PDF 损坏，无法读取", "the PDF is damaged and cannot be read"),
            Text("请重新导出 PDF，或另存为 .docx", "export it again, or save it as .docx"),
        ) from error
    letters = sum(len(re.sub(r"\s|[0-9]", "", page)) for page in pages)
    if letters < _LEAST_ON_A_PAGE * max(len(pages), 1):
        raise refusal(
            path,
            Text("PDF 里没有文字，是扫描件", "the PDF has no text: it is a scan"),
            Text("请用文字识别软件转成文本后再读", "turn it into text with recognition software first"),
        )
    return "\n".join(_own_lines([page.splitlines() for page in pages]))


def _own_lines(pages: list[list[str]]) -> list[str]:
    """The lines of all pages without page numbers and what stands at the head or foot of page after page."""
    stripped = [[line.rstrip() for line in page if line.strip()] for page in pages]
    edges = Counter(line.strip() for page in stripped for line in {*page[:1], *page[-1:]})
    running = {line for line, times in edges.items() if times >= _RUNNING_HEAD_PAGES and len(line) < 40}
    lines: list[str] = []
    for page in stripped:
        first, last = 0, len(page)
        while first < last and _is_furniture(page[first], running):
            first += 1
        while last > first and _is_furniture(page[last - 1], running):
            last -= 1
        lines += page[first:last]
    return lines


def _is_furniture(line: str, running: set[str]) -> bool:
    return _PAGE_NUMBER.fullmatch(line) is not None or line.strip() in running
