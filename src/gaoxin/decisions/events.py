"""Recorded events (accidents, falsified data, accepted rectifications) from a small file: CSV or YAML."""

from __future__ import annotations

import csv
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gaoxin.problems import InputError, Problem
from gaoxin.words import Text


def read_events(path: Path) -> list[dict[str, str]]:
    """Read records: one row each, columns ``zone``, ``period`` and items of the decision book; blank is unknown.

    YAML is a list of the same mappings. Raises InputError when the file cannot be read so.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError([_problem(path, "无法读取，或不是 UTF-8", "cannot be read, or is not UTF-8")]) from None
    if path.suffix.lower() in {".yaml", ".yml"}:
        try:
            rows = YAML(typ="base", pure=True).load(text)
        except YAMLError:
            raise InputError([_problem(path, "不是有效的 YAML", "is no valid YAML")]) from None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InputError([_problem(path, "应是记录的列表", "must be a list of records")])
        return [{str(key): "" if value is None else str(value) for key, value in row.items()} for row in rows]
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        return [{key: value or "" for key, value in row.items() if key is not None} for row in reader]
    except csv.Error as error:
        raise InputError([_problem(path, f"CSV 有误：{error}", f"CSV: {error}")]) from None


def _problem(path: Path, zh: str, en: str) -> Problem:
    remedy = Text("列：zone,period 和规则书中的项目代码", "columns: zone, period and codes of items of the book")
    return Problem("events.file", "error", Text(zh, en), remedy, file=str(path))
