"""Text out of the files in which notices arrive: plain text, Word, web pages, PDF with text.

This is the only part of ``gaoxin.notices`` that opens a file, and only the one it is given.
"""

from __future__ import annotations

from pathlib import Path

from gaoxin.notices.files.pdf import pdf_text
from gaoxin.notices.files.plain import plain_text
from gaoxin.notices.files.refusals import refusal
from gaoxin.notices.files.web import web_text
from gaoxin.notices.files.word import word_text
from gaoxin.words import Text

MOST_BYTES = 50_000_000
_KINDS = {
    ".txt": "text", ".md": "text", ".text": "text", "": "text", ".docx": "word", ".html": "web", ".htm": "web",
    ".shtml": "web", ".pdf": "pdf",
}  # fmt: skip
_READERS = {"text": plain_text, "word": word_text, "web": web_text, "pdf": pdf_text}
_OLD_WORD = b"\xd0\xcf\x11\xe0"


def read_file(path: Path) -> str:
    """The text of the notice in ``path``, one paragraph or table row a line, cells parted by tabs.

    Raises
    ------
    InputError
        No such file, an empty one, a format that cannot be read, a scan without text: with what to do about it.
    """
    if not path.is_file():
        raise refusal(path, Text("没有这个文件", "there is no such file"), Text("请检查路径", "check the path"))
    if path.stat().st_size > MOST_BYTES:
        raise refusal(
            path,
            Text(f"文件超过 {MOST_BYTES // 1_000_000} MB", f"the file is larger than {MOST_BYTES // 1_000_000} MB"),
            Text("通知不会这么大，请检查是否选错文件", "no notice is that large: is it the right file?"),
        )
    content = path.read_bytes()
    if not content.strip():
        raise refusal(path, Text("文件是空的", "the file is empty"), Text("请换一个文件", "use another file"))
    text = _READERS[_kind(path, content)](path, content)
    if not text.strip():
        raise refusal(
            path, Text("文件里没有文字", "there is no text in the file"), Text("请换一个文件", "use another file")
        )
    return text


def _kind(path: Path, content: bytes) -> str:
    """What the file is, by its first bytes, else by its name."""
    if content.startswith(b"%PDF"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return "word"
    if content.startswith(_OLD_WORD):
        raise refusal(
            path,
            Text("这是旧版 Word（.doc）或 WPS 文件", "this is an old Word (.doc) or WPS file"),
            Text("请另存为 .docx", "save it as .docx"),
        )
    head = content[:2048].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head:
        return "web"
    kind = _KINDS.get(path.suffix.lower())
    if kind is None or (kind in {"word", "pdf"}):
        raise refusal(
            path,
            Text(f"不能读取 {path.suffix or '这种'} 文件", f"a {path.suffix or 'file of this kind'} cannot be read"),
            Text("可用 .txt、.docx、.html 和带文字的 .pdf", "use .txt, .docx, .html or a .pdf with text"),
        )
    return kind
