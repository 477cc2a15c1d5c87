"""Plain text as offices save it: UTF-8 with or without a mark, GBK, UTF-16."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from gaoxin.notices.files.refusals import refusal
from gaoxin.words import Text

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_PAGE_NUMBER = re.compile(r"^[ \t\u3000]*[-–—－]{1,2} ?[0-9]{1,3} ?[-–—－]{1,2}[ \t\u3000]*\n?", re.MULTILINE)
"""— 3 — on a line of its own: the foot of a page, in text that was taken from a scan."""


def plain_text(path: Path, content: bytes) -> str:
    """Decode ``content``; line ends become single line feeds, numbers of pages are left out."""
    text = decode(content)
    if text is None:
        raise refusal(
            path,
            Text("文件编码不是 UTF-8、GBK 或 UTF-16", "the file is encoded in none of UTF-8, GBK, UTF-16"),
            Text("请另存为 UTF-8 文本", "save it as text in UTF-8"),
        )
    return _PAGE_NUMBER.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def decode(content: bytes) -> str | None:
    """``content`` as text: by its mark, else as UTF-8, else as GB 18030 (which contains GBK); None for none of them.

    >>> decode("上海市".encode("gbk")), decode(b"\\xff\\x00\\x81")
    ('上海市', None)
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _try(content, encoding)
    if content[:4096:2].count(0) > len(content[:4096]) // 8 or content[1:4096:2].count(0) > len(content[:4096]) // 8:
        return None
    return _try(content, "utf-8") or _try(content, "gb18030")


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
