"""The configuration of a run (``--config FILE``): what an office decides beyond the system itself.

Everything is optional. A step of the method given here replaces that of the system as a whole::

    title: {zh: 2025年度园区综合评价, en: Evaluation of zones 2025}
    method:
      normalisation: {method: goalposts, goalposts: {"1.2": [0.24, 22]}}
    group_by: 园区类别          # a further column of the returns; ranks are also given inside its groups
    only_group: 国家级          # evaluate this group alone, with extremes, weights and ranks of its own (分类评价)
    experts: {drop: 1, scale: [0, 100]}
    adjustments:
      - {unit: "31202003", kind: deduction, points: 1, reason: 中央环保督察通报}
      - {unit: "31202005", kind: veto, effect: cap_rank, limit: 11, reason: 重大生产安全事故}
    robustness: {dropped: one}
    top: 5
    bottom: 3
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from gaoxin.evaluation.method import Method, Spec, UncertaintySpec
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.indicators import System
from gaoxin.words import Text

Places = Annotated[int, Field(ge=1)]


class Title(Spec):
    """A title in both languages."""

    zh: str
    en: str


class ExpertPanel(Spec):
    """How the scores of several experts become one."""

    drop: Annotated[int, Field(ge=0)] = 1
    scale: tuple[float, float] | None = (0.0, 100.0)
    level_leniency: bool = False


class AdjustmentEntry(Spec):
    """One bonus, deduction or veto of one unit."""

    unit: str
    kind: Literal["bonus", "deduction", "veto"]
    reason: Annotated[str, Field(min_length=1)]
    points: Annotated[float, Field(ge=0)] = 0.0
    effect: Literal["exclude", "last", "cap_score", "cap_rank"] = "exclude"
    limit: float | None = None


class Caps(Spec):
    """Most points that the items of one unit may add up to."""

    bonus: float = float("inf")
    deduction: float = float("inf")


class RunConfig(BaseModel):
    """The whole configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Title | None = None
    method: dict[str, Any] = Field(default_factory=dict)
    group_by: str | None = None
    only_group: str | None = None
    experts: ExpertPanel = ExpertPanel()
    adjustments: tuple[AdjustmentEntry, ...] = ()
    caps: Caps = Caps()
    robustness: UncertaintySpec | None = None
    top: Places | None = None
    bottom: Places | None = None


def read_config(path: Path | None) -> RunConfig:
    """Read a configuration file; raises InputError with line and remedy."""
    if path is None:
        return RunConfig()
    try:
        text = path.read_text(encoding="utf-8-sig")
        body: Any = YAML(typ="safe", pure=True).load(text)
    except FileNotFoundError:
        raise InputError([_problem(path, None, "没有这个文件", "there is no such file")]) from None
    except UnicodeDecodeError:
        raise InputError([_problem(path, None, "不是 UTF-8 编码", "it is not UTF-8")]) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError([_problem(path, line, f"YAML 有误：{error.problem}", f"YAML: {error.problem}")]) from None
    if body is None:
        return RunConfig()
    if not isinstance(body, Mapping):
        raise InputError([_problem(path, 1, "应是键和值", "keys with values are expected")])
    try:
        return RunConfig.model_validate(body)
    except ValidationError as error:
        raise InputError(_of(error, path)) from None


def method_of(system: System, config: RunConfig) -> Method:
    """The method of the system with the steps that the configuration replaces; raises InputError naming the field."""
    merged = system.method_with(config.method)
    if config.group_by is not None:
        merged["group_by"] = config.group_by
    try:
        return Method.model_validate(merged)
    except ValidationError as error:
        raise InputError(_of(error, Path(system.file))) from None


def _of(error: ValidationError, path: Path) -> list[Problem]:
    found = []
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"]) or "—"
        found.append(_problem(path, None, f"{place}：{one['msg']}", f"{place}: {one['msg']}"))
    return found


def _problem(path: Path, line: int | None, zh: str, en: str) -> Problem:
    remedy = Text("写法见 docs/guide/evaluation.md", "docs/guide/evaluation.md shows how it is written")
    return Problem("config", "error", Text(zh, en), remedy, file=str(path), row=line)
