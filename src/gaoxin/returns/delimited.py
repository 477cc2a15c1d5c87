"""CSV files as offices make them: UTF-8 with or without a mark, GBK, UTF-16; comma, tab or semicolon.

The file is read as a stream, so its size does not matter here.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from io import StringIO

from gaoxin.problems import Problem
from gaoxin.returns.files import InputFile
from gaoxin.returns.findings import Findings
from gaoxin.returns.sheets import Sheet
from gaoxin.words import Text

_CHUNK = 1 << 20
_HEAD = 4096
_SAMPLE_LINES = 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",\t;|"


def read_sheets(file: InputFile, findings: Findings) -> list[Sheet]:
    """Return the one table of ``file``; what is wrong with its encoding is noted in ``findings``."""
    encoding = find_encoding(file, findings)
    return [] if encoding is None else [Sheet(file.name, None, _rows(file, encoding, findings))]


def find_encoding(file: InputFile, findings: Findings) -> str | None:
    """Encoding of the whole file, or None with a problem noted: a byte-order mark, else UTF-8, else GB 18030.

    GB 18030 contains GBK and GB 2312. Each encoding is tried on every byte, so that nothing is half-read.
    """
    with file.path.open("rb") as content:
        head = content.read(_HEAD)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if _undecodable(file, encoding) is None:
                return encoding
            _refuse(file, encoding, findings)
            return None
    if b"\0" in head:
        # The ASCII characters among the others have a zero as their high byte: the second in little-endian order.
        without_mark = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        if _undecodable(file, without_mark) is None:
            return without_mark
    for encoding in ("utf-8", "gb18030"):
        if _undecodable(file, encoding) is None:
            return encoding
    _refuse(file, "gb18030", findings)
    return None


def _undecodable(file: InputFile, encoding: str) -> int | None:
    """Number of the first line that is not in ``encoding``; None when all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with file.path.open("rb") as content:
        try:
            while chunk := content.read(_CHUNK):
                text = decoder.decode(chunk)
                if "\0" in text:
                    return line + text[: text.index("\0")].count("\n")
                line += text.count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            bad = error.object[: error.start]
            return line + bad.count(b"\n")
    return None


def _refuse(file: InputFile, encoding: str, findings: Findings) -> None:
    findings.add(
        Problem(
            rule="file.encoding",
            severity="error",
            message=Text("既不是 UTF-8 也不是 GBK 编码的文本", "text that is neither UTF-8 nor GBK"),
            remedy=Text(
                "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”或 .xlsx", "save it from Excel as “CSV UTF-8” or as .xlsx"
            ),
            file=file.name,
            row=_undecodable(file, encoding),
        )
    )


def _rows(file: InputFile, encoding: str, findings: Findings) -> Iterator[list[str]]:
    with file.path.open(encoding=encoding, newline="") as content:
        sample = "".join(line for line, _ in zip(content, range(_SAMPLE_LINES), strict=False))
    with file.path.open(encoding=encoding, newline="") as content:
        reader = csv.reader(content, delimiter=find_delimiter(sample), strict=True)
        number = 0
        try:
            for row in reader:
                number += 1
                yield row
        except csv.Error as error:
            findings.add(
                Problem(
                    rule="file.quoting",
                    severity="error",
                    message=Text(
                        f"引号不配对或单元格过长（{error}）", f"an unmatched quote or an endless cell ({error})"
                    ),
                    remedy=Text("请用 Excel 打开核对后另存", "open it in Excel, check and save it again"),
                    file=file.name,
                    row=number + 1,
                )
            )


def find_delimiter(sample: str) -> str:
    """The delimiter that splits most lines of ``sample`` into the same number of cells, more than one.

    >>> find_delimiter("a;b;c\\n1,5;2;3\\n"), find_delimiter("企业,收入\\nx,1\\n")
    (';', ',')
    """

    def regularity(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(StringIO(sample), delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        width = max(set(widths), key=lambda w: (widths.count(w), w), default=1)
        return (widths.count(width), width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=regularity)
