"""Reading an uploaded file as sheets, with the readers that the returns have."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from gaoxin.platform.uploads.models import Upload
from gaoxin.returns import delimited, workbook
from gaoxin.returns.files import InputFile, Kind
from gaoxin.returns.findings import Findings

_ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")
_LOOKED_AT = 1 << 16


def kind_of(content: bytes) -> Kind | None:
    """What the file is, by its first bytes: a workbook, text with lines, or neither (None)."""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                return "xlsx" if "xl/workbook.xml" in archive.namelist() else None
        except zipfile.BadZipFile:
            return None
    head = content[:_LOOKED_AT]
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    for encoding in _ENCODINGS:
        try:
            # The cut may go through a character; the last bytes do not count.
            text = head.decode(encoding, "ignore" if len(content) > len(head) else "strict")
        except UnicodeDecodeError:
            continue
        return "csv" if text.isprintable() or "\n" in text or "\r" in text else None
    return None


def tables(upload: Upload) -> dict[str, list[list[str]]]:
    """The sheets of the file by name ("" for CSV), each a list of rows of cell texts; row 1 of the sheet is the first.

    Raises
    ------
    InputError
        When the file cannot be read, with every problem found.
    """
    findings = Findings()
    with TemporaryDirectory(prefix="gaoxin-") as folder:
        path = Path(folder) / f"upload.{upload.kind}"
        path.write_bytes(bytes(upload.content))
        file = InputFile(path, upload.name, "xlsx" if upload.kind == "xlsx" else "csv")
        read = workbook.read_sheets if file.kind == "xlsx" else delimited.read_sheets
        found = {sheet.name or "": list(sheet.rows) for sheet in read(file, findings)}
    findings.stop_on_errors()
    return found
