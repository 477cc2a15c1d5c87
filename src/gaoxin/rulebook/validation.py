"""Putting read data into models, and saying what is wrong with it in both languages, with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gaoxin.rulebook.findings import Finding
from gaoxin.rulebook.source import Source, Steps
from gaoxin.words import Text

M = TypeVar("M", bound=BaseModel)


def validated(
    model: type[M], source: Source, data: object, at: Sequence[str | int], entry: str | None = None
) -> M | list[Finding]:
    """``data``, found at the path ``at`` of ``source``, as a ``model``; or everything that is wrong with it."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return [
            Finding(
                _message(details, model),
                file=source.file,
                line=source.line(*at, *_steps(details["loc"])),
                entry=entry,
            )
            for details in _distinct(error.errors(include_url=False))
        ]


def _distinct(errors: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    # A union ("a list or a file") reports each of its branches; one finding for one place is enough.
    seen: dict[Steps, ErrorDetails] = {}
    for details in errors:
        seen.setdefault(_steps(details["loc"]), details)
    return list(seen.values())


def _steps(loc: Steps) -> Steps:
    # Pydantic names the branch of a union in the path; those steps do not exist in the file.
    return tuple(step for step in loc if not (isinstance(step, str) and ("[" in step or step in {"CodeFile", "str"})))


def _message(details: ErrorDetails, model: type[BaseModel]) -> Text:
    context: dict[str, Any] = details.get("ctx", {})
    steps = _steps(details["loc"])
    key = ".".join(str(step) for step in steps)
    value = details["input"] if isinstance(details["input"], (str, bool, int)) else None
    shown = "" if value is None else f" {value}"
    match details["type"]:
        case "rule":
            zh, en = str(context["zh"]), str(context["en"])
        case "missing":
            return Text(f"缺少 {key}", f"{key} is missing")
        case "extra_forbidden":
            known = ", ".join(sorted(field.alias or name for name, field in model.model_fields.items()))
            if len(steps) > 1:
                return Text(f"不认识的键 {key}", f"unknown key {key}")
            return Text(f"不认识的键 {key}；可用：{known}", f"unknown key {key}; known: {known}")
        case "literal_error":
            expected = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            zh, en = f"{shown} 不可用；可用：{expected}".strip(), f"{shown} is not one of: {expected}".strip()
        case "string_pattern_mismatch":
            zh = f"{shown} 不是合法的代码：以字母开头，只含字母、数字和下划线".strip()
            en = f"{shown} is not a code: a letter, then letters, digits and underscores".strip()
        case "string_type":
            zh, en = f"应为文字{shown and '，而不是'}{shown}", f"must be text{shown and ', not'}{shown}"
        case "int_parsing" | "int_type":
            zh, en = f"{shown} 不是整数".strip(), f"{shown} is not a whole number".strip()
        case _:
            zh, en = f"{shown} 不合格（{details['msg']}）".strip(), f"{shown} {details['msg']}".strip()
    return Text(f"{key}：{zh}", f"{key}: {en}") if key else Text(zh, en)
