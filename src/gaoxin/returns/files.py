"""Which files are given and what they are: by their first bytes, not by their names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Literal

from gaoxin.problems import Problem
from gaoxin.returns.findings import Findings
from gaoxin.words import Text

Kind = Literal["xlsx", "csv", "parquet"]

SUFFIXES = {".xlsx", ".xlsm", ".xls", ".et", ".csv", ".txt", ".tsv", ".parquet"}
"""What is taken from a folder; a file that is named itself may have any name."""

NOT_RETURNS = ("_", ".", "~$")
"""A folder may hold other things beside returns: files and folders that begin so are passed over."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read: where it is, how it is called in messages, what it is."""

    path: Path
    name: str
    kind: Kind

    def sha256(self) -> str:
        """SHA-256 of the content, for the manifest of a run."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def find_files(paths: Iterable[str | Path], findings: Findings) -> list[InputFile]:
    """Resolve files, folders (with their sub-folders) and patterns like ``2025/*.xlsx``, each file once, in order.

    What is not there, is empty or cannot be a return is noted in ``findings``.
    """
    found: dict[Path, None] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            inside = _in_folder(path)
            if not inside:
                findings.add(_nothing(str(given)))
            found.update(dict.fromkeys(inside))
        elif path.exists():
            found[path] = None
        elif has_magic(str(given)):
            matches = [Path(match) for match in sorted(glob(str(given), recursive=True))]
            matches = [match for match in matches if match.is_file()]
            if not matches:
                findings.add(_nothing(str(given)))
            found.update(dict.fromkeys(matches))
        else:
            findings.add(
                Problem(
                    rule="file.not-found",
                    severity="error",
                    message=Text("没有这个文件", "there is no such file"),
                    remedy=Text("请核对路径", "check the path"),
                    file=str(given),
                )
            )
    files = (identify(path, findings) for path in found)
    return [file for file in files if file is not None]


def _in_folder(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(NOT_RETURNS) for part in path.relative_to(folder).parts)
    )


def _nothing(given: str) -> Problem:
    return Problem(
        rule="file.nothing-found",
        severity="error",
        message=Text("没有 xlsx、CSV 或 Parquet 文件", "no xlsx, CSV or Parquet file here"),
        remedy=Text("请核对路径", "check the path"),
        file=given,
    )


def identify(path: Path, findings: Findings) -> InputFile | None:
    """What the file is, or None with a problem noted."""

    def refuse(rule: str, message: Text, remedy: Text) -> None:
        findings.add(Problem(rule=rule, severity="error", message=message, remedy=remedy, file=str(path)))

    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        refuse("file.unreadable", Text(f"无法打开：{reason}", f"cannot be opened: {reason}"), Text("", ""))
        return None
    if not head.strip():
        refuse(
            "file.empty",
            Text("空文件", "the file is empty"),
            Text("请重新导出", "export it again"),
        )
    elif head.startswith(b"PAR1"):
        return InputFile(path, str(path), "parquet")
    elif head.startswith(b"PK\x03\x04"):
        return InputFile(path, str(path), "xlsx")
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if _is_encrypted(path):
            refuse(
                "file.password",
                Text("工作簿设有密码", "the workbook is protected by a password"),
                Text(
                    "请在 Excel 中取消“用密码进行加密”后另存",
                    "remove “Encrypt with Password” in Excel and save it again",
                ),
            )
        else:
            refuse(
                "file.old-excel",
                Text("旧版 Excel 格式（.xls）", "an old Excel workbook (.xls)"),
                Text("请另存为 .xlsx", "save it as .xlsx"),
            )
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        refuse(
            "file.web-page",
            Text("实为网页或 XML，只是改了扩展名", "this is a web page or XML under another name"),
            Text("请用 Excel 打开后另存为 .xlsx", "open it in Excel and save it as .xlsx"),
        )
    else:
        return InputFile(path, str(path), "csv")
    return None


def _is_encrypted(path: Path) -> bool:
    """Whether an OLE container holds an encrypted workbook: it then has a stream named EncryptedPackage."""
    overlap = b""
    wanted = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if wanted in overlap + chunk:
                return True
            overlap = chunk[-len(wanted) :]
    return False
