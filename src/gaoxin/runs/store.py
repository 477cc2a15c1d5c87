"""A run as a JSON file and back, without losing a bit: the form that ``verify`` and ``compare`` read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from gaoxin.problems import InputError, Problem
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

FORMAT = 1
"""Raised when the fields change in a way that older readers would misread."""

_adapter: TypeAdapter[RunResult] = TypeAdapter(RunResult)


def to_json(result: RunResult) -> str:
    """Return ``result`` as JSON text; NaN is null, floats keep all their digits."""
    body = _adapter.dump_python(result, mode="json")
    return json.dumps({"format": FORMAT, **body}, ensure_ascii=False, indent=None, allow_nan=False)


def from_json(text: str, *, file: str | None = None) -> RunResult:
    """Read a run written by :func:`to_json`; raises InputError naming the place when it cannot be."""
    try:
        body: Any = json.loads(text)
        if not isinstance(body, dict) or body.pop("format", None) != FORMAT:
            raise InputError([_unreadable(file, "不是本版本的运行结果", "this is not a run result of this version")])
        return _adapter.validate_python(body)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError([_unreadable(file, f"JSON 损坏（{place}）", f"the JSON is damaged ({place})")]) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"{place}: {first['msg']}"
        raise InputError([_unreadable(file, f"内容不完整：{what}", f"the content is not whole: {what}")]) from None


def read(path: Path) -> RunResult:
    """Read a stored run; ``path`` is the file or the folder that holds ``results.json``."""
    file = path / "results.json" if path.is_dir() else path
    if not file.is_file():
        raise InputError([_unreadable(str(file), "没有这个文件", "there is no such file")])
    return from_json(file.read_text(encoding="utf-8"), file=str(file))


def same_values(first: RunResult, second: RunResult, *, tolerance: float = 0.0) -> list[Text]:
    """Say where two runs of the same system differ; empty when raw values, scores and ranks agree.

    ``tolerance`` is relative to max(1, |value|); 0 asks for identity of every bit.
    """
    findings: list[Text] = []
    if [unit.code for unit in first.units] != [unit.code for unit in second.units]:
        findings.append(Text("参评单位不同", "the evaluated units differ"))
    if [node.code for node in first.nodes] != [node.code for node in second.nodes]:
        findings.append(Text("指标体系的节点不同", "the nodes of the system differ"))
    if findings:
        return findings
    nodes, indicators = [n.code for n in first.nodes], [n.code for n in first.nodes][: first.raw.shape[1]]
    for name_zh, name_en, field, columns in (
        ("原始值", "raw value", "raw", indicators),
        ("标准化值", "normalised value", "normalised", indicators),
        ("得分", "score", "scores", nodes),
        ("名次", "rank", "ranks", nodes),
    ):
        a, b = getattr(first, field), getattr(second, field)
        close = np.isclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)
        for row, column in np.argwhere(~close)[:20]:
            unit, node = first.units[row].code, columns[column]
            left, right = f"{a[row, column]:.17g}", f"{b[row, column]:.17g}"
            findings.append(
                Text(f"{unit} {node} {name_zh}：{left} 与 {right}", f"{unit} {node} {name_en}: {left} against {right}")
            )
        if (extra := int((~close).sum()) - 20) > 0:
            findings.append(Text(f"{name_zh}另有 {extra} 处不同", f"{extra} more {name_en}s differ"))
    return findings


def _unreadable(file: str | None, zh: str, en: str) -> Problem:
    remedy = Text(
        "请用 gaoxin evaluate 重新生成，或取回原文件", "run gaoxin evaluate again, or restore the original file"
    )
    return Problem("stored-run", "error", Text(zh, en), remedy, file=file)
