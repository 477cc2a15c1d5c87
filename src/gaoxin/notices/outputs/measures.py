"""The list of measures that a person edits: a plain structure, saved as YAML or JSON and read back.

It is drafted from a ``Notice``. Each action keeps where its words stand in the source, so that what a person changed
can be told from what the notice says.
"""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gaoxin.notices.notice import Action, Certainty, Clause, Notice, Role
from gaoxin.notices.text.view import Passage, Span
from gaoxin.problems import InputError, Problem
from gaoxin.words import Text


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Place(_Plain):
    """Characters of the source: ``source[start:end]``."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class ResponsibleUnit(_Plain):
    """A unit and its part in the measure."""

    name: str
    role: Role = "responsible"
    body: str | None = None
    certainty: Certainty = "unknown"
    members: list[str] = []


class MeasureAction(_Plain):
    """What a unit is held to. ``at`` is where the words stand; None for one that a person has added."""

    words: str
    verb: str = ""
    object: str = ""
    kind: Literal["action", "goal", "principle"] = "action"
    actor: str = ""
    at: Place | None = None


class MeasureTarget(_Plain):
    """A figure to reach."""

    words: str
    value: str
    unit: str
    comparison: str = "="
    year: int | None = None


class Measure(_Plain):
    """One clause that somebody answers for."""

    clause: str
    heading: str = ""
    text: str = ""
    units: list[ResponsibleUnit] = []
    deadlines: list[str] = []
    targets: list[MeasureTarget] = []
    actions: list[MeasureAction] = []


class MeasureList(_Plain):
    """The measures of one notice."""

    format: Literal["gaoxin-measures-1"] = "gaoxin-measures-1"
    title: str = ""
    number: str = ""
    issuer: str = ""
    signed_on: date | None = None
    begins: date | None = None
    source_sha256: str = ""
    measures: list[Measure] = []


def draft_measures(notice: Notice) -> MeasureList:
    """The measures of ``notice`` to begin with: one for each clause that has text or units of its own."""
    return MeasureList(
        title=notice.title.plain if notice.title else "",
        number=notice.number.plain if notice.number else "",
        issuer="、".join(dict.fromkeys(issuer.plain for issuer in notice.issuers)),
        signed_on=notice.signed_on,
        begins=notice.validity.begins if notice.validity else None,
        source_sha256=fingerprint(notice.source),
        measures=[_measure(clause) for clause in notice.clauses() if clause.text or clause.duties],
    )


def fingerprint(source: str) -> str:
    """SHA-256 of the source, by which a list of measures knows its notice."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def _measure(clause: Clause) -> Measure:
    return Measure(
        clause=clause.label,
        heading=clause.heading.plain if clause.heading else "",
        text="\n".join(passage.plain for passage in clause.text),
        units=[
            ResponsibleUnit(
                name=unit.name.plain,
                role=unit.role,
                body=unit.body,
                certainty=unit.certainty,
                members=list(unit.members),
            )
            for unit in clause.answerable
        ],
        deadlines=[deadline.words.plain for deadline in clause.deadlines],
        targets=[
            MeasureTarget(
                words=target.words.plain,
                value=str(target.value),
                unit=target.unit,
                comparison=target.comparison,
                year=target.year,
            )
            for target in clause.targets
            if target.kind == "goal"
        ],
        actions=[_action(action) for action in clause.actions],
    )


def _action(action: Action) -> MeasureAction:
    return MeasureAction(
        words=action.words.plain,
        verb=action.verb.plain if action.verb else "",
        object=action.object.plain if action.object else "",
        kind=action.kind,
        actor=action.actor.plain if action.actor else "",
        at=Place(start=action.words.span.start, end=action.words.span.end),
    )


def to_yaml(measures: MeasureList) -> str:
    """The list as YAML, for editing by hand."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 10_000
    stream = io.StringIO()
    yaml.dump(measures.model_dump(mode="json"), stream)
    return stream.getvalue()


def to_json(measures: MeasureList) -> str:
    """The list as JSON."""
    return json.dumps(measures.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"


def load_measures(text: str, file: str = "") -> MeasureList:
    """Read a list back from YAML or JSON (which is YAML too).

    Raises
    ------
    InputError
        Not YAML, or a field that is missing, unknown or of the wrong kind: with its path.
    """
    try:
        data = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise InputError(
            [
                Problem(
                    "measures.file",
                    "error",
                    Text(f"不是 YAML 或 JSON：{error}", f"neither YAML nor JSON: {error}"),
                    file=file,
                )
            ]
        ) from None
    try:
        return MeasureList.model_validate(data)
    except ValidationError as error:
        raise InputError(
            [
                Problem(
                    "measures.file",
                    "error",
                    Text(
                        f"{'.'.join(map(str, item['loc'])) or '文件'}：{item['msg']}",
                        f"{'.'.join(map(str, item['loc'])) or 'the file'}: {item['msg']}",
                    ),
                    file=file,
                )
                for item in error.errors()
            ]
        ) from None


def load_measures_file(path: Path) -> MeasureList:
    """Read a list of measures from a file."""
    return load_measures(path.read_text(encoding="utf-8"), str(path))


def edited(measures: MeasureList, source: str) -> list[tuple[Measure, MeasureAction]]:
    """The actions whose words are not those of ``source`` at their place: added or reworded by a person.

    Raises
    ------
    InputError
        The list belongs to another text.
    """
    if measures.source_sha256 and measures.source_sha256 != fingerprint(source):
        raise InputError(
            [
                Problem(
                    "measures.source",
                    "error",
                    Text("任务清单不是由这份通知生成的", "the list of measures was drafted from another text"),
                    Text("请用原来的通知文件", "use the notice it was drafted from"),
                )
            ]
        )
    return [
        (measure, action)
        for measure in measures.measures
        for action in measure.actions
        if action.at is None or _words(source, action.at) != action.words
    ]


def _words(source: str, place: Place) -> str:
    """The words of ``source`` at ``place``, as a list of measures writes them."""
    return Passage(source[place.start : place.end], Span(place.start, place.end)).plain
