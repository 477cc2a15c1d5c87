"""The entries of a rulebook as they are written: one model per kind, validated on its own.

What concerns several entries at once (names, units, types) is checked in ``book.py``.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, NoReturn, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from gaoxin.problems import Severity
from gaoxin.rulebook.periods import Frequency, InForce
from gaoxin.words import Text

Confidence = Literal["official", "quoted", "secondary", "inferred", "unknown"]
ItemType = Literal["decimal", "integer", "text", "code", "date", "flag"]
Kind = Literal["flow", "stock", "average", "ratio", "none", "unknown"]
Rounding = Literal["half_up", "half_even", "down", "up"]

MAX_SCALE = 12
"""Most decimals a figure may keep; more would leave too few of the 38 digits for the amount itself."""


def wrong(zh: str, en: str) -> NoReturn:
    """Refuse what is written, in both languages; for validators of models."""
    raise PydanticCustomError("rule", "{en}", {"zh": zh, "en": en})


def _text(value: object) -> object:
    if isinstance(value, Text):
        return value
    if (
        not isinstance(value, Mapping)
        or set(value) != {"zh", "en"}
        or not all(isinstance(v, str) for v in value.values())
    ):
        wrong("要写成 {zh: 中文, en: English}", "write it as {zh: Chinese, en: English}")
    if not value["zh"] or not value["en"]:
        wrong("两种语言都要写", "both languages are needed")
    return Text(value["zh"], value["en"])


def _title(value: object) -> object:
    return Text(value, "") if isinstance(value, str) else _text(value)


def _exact(value: object) -> object:
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str) or not re.fullmatch(r"[+-]?[0-9]{1,30}(\.[0-9]{1,12})?", value):
        wrong(
            f"{value} 不是十进制数（如 -1.10，小数最多 12 位）",
            f"{value} is not a decimal number (like -1.10, at most 12 decimals)",
        )
    return Decimal(value)


def _day(value: object, *, last: bool) -> object:
    if value is None or isinstance(value, datetime.date):
        return value
    match = isinstance(value, str) and re.fullmatch(r"([1-9][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", value)
    try:
        if not match:
            raise ValueError
        year = int(match[1])
        month = int(match[2]) if match[2] else 12 if last else 1
        day = int(match[3]) if match[3] else calendar.monthrange(year, month)[1] if last else 1
        return datetime.date(year, month, day)
    except ValueError:
        wrong(f"{value} 不是日期（如 2018-01-01）", f"{value} is not a date (like 2018-01-01)")


def listed(value: object) -> object:
    """A list of the file as the tuple that a model holds."""
    return tuple(value) if isinstance(value, list) else value


Words = Annotated[Text, BeforeValidator(_text)]
"""A name or message in both languages."""
Title = Annotated[Text, BeforeValidator(_title)]
"""A title or a note: as published, or in both languages."""
Exact = Annotated[Decimal, BeforeValidator(_exact)]
FirstDay = Annotated[datetime.date, BeforeValidator(lambda value: _day(value, last=False))]
LastDay = Annotated[datetime.date | None, BeforeValidator(lambda value: _day(value, last=True))]
Code = Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=60)]
Expression = Annotated[str, Field(min_length=1)]
Outside = Literal["error", "unknown"]


class Model(BaseModel):
    """Base of everything in a rule file: no unknown keys, no change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Clause(Model):
    """Where an entry comes from: a document of the book and the place in it."""

    document: str
    article: str = ""


class Document(Model):
    """An official text that the book encodes."""

    title: Title
    number: str = ""
    issuer: str = ""
    date: str = ""
    url: str = ""
    confidence: Confidence = "unknown"
    note: Title = Text("", "")


class Entity(Model):
    """Who reports.

    ``count_unit`` is the unit of a number of them: 家 for firms, 项 for projects. ``if_none`` says what a sum is where
    a parent has none of them: a zone without a single firm has not reported (unknown), a firm without projects has
    spent nothing on projects (zero).
    """

    name: Words
    parent: str | None = None
    count_unit: str = "个"
    if_none: Literal["unknown", "zero"] = "unknown"


class Entry(Model):
    """What all entries share."""

    code: Code
    name: Words
    source: Clause | None = None
    confidence: Confidence = "unknown"
    note: Title = Text("", "")


class Item(Entry):
    """A reported figure; ``signed`` says that a number may be below zero (an income can be a loss, a headcount not)."""

    entity: str
    type: ItemType
    unit: str | None = None
    scale: Annotated[int, Field(ge=0, le=MAX_SCALE)] | None = None
    kind: Kind = "none"
    form: str = ""
    values: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    signed: bool = False

    @property
    def decimals(self) -> int | None:
        """Decimals kept: the ``scale`` given, 2 for a decimal without one; None for what is not a number."""
        if self.type == "integer":
            return 0
        return (2 if self.scale is None else self.scale) if self.type == "decimal" else None

    @model_validator(mode="after")
    def _consistent(self) -> Item:
        numeric = self.type in {"decimal", "integer"}
        if numeric and self.unit is None:
            wrong(
                '数值指标要写单位：纯数写 "1"，文件没有说明的写 unknown',
                'a number needs a unit: "1" for a plain number, unknown where the document does not say',
            )
        if not numeric and (self.unit is not None or self.scale is not None):
            wrong(f"{self.type} 类型没有单位和小数位", f"the type {self.type} has neither unit nor scale")
        if self.type == "integer" and self.scale:
            wrong("整数没有小数位", "an integer has no decimals")
        if self.values and self.type != "code":
            wrong("只有 code 类型可列出取值", "only the type code can list its values")
        return self


class Band(Model):
    """One band of a table: up to ``to`` (``inclusive`` says whether that limit still belongs to it); last one open."""

    to: Exact | None = None
    inclusive: bool | None = None
    value: Exact

    @model_validator(mode="after")
    def _consistent(self) -> Band:
        if (self.to is None) != (self.inclusive is None):
            wrong(
                "有上限 to 的档要写 inclusive: true 或 false（上限本身是否属于本档），没有上限的不写",
                "a band with a limit says inclusive: true or false (does the limit belong to it), the open one neither",
            )
        return self


class Span(Model):
    """What holds between two dates, both included; ``to`` may stay open."""

    from_: FirstDay = Field(alias="from")
    to: LastDay = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to is not None and self.to < self.from_:
            wrong(f"止于 {self.to}，早于起 {self.from_}", f"ends {self.to}, before it begins {self.from_}")
        return self


S = TypeVar("S", bound=Span)


def disjoint(spans: tuple[S, ...]) -> tuple[S, ...]:
    """``spans``, when no two of them share a day."""
    for earlier, later in pairwise(sorted(spans, key=lambda span: span.from_)):
        if earlier.to is None or earlier.to >= later.from_:
            span = f"{earlier.from_}…{earlier.to or ''}"
            wrong(
                f"有效期重叠：{span} 与自 {later.from_} 起的一段；请写明前者的 to",
                f"dates overlap: {span} and what holds from {later.from_}; give the earlier one its to",
            )
    return spans


Spans = Annotated[tuple[S, ...], BeforeValidator(listed), AfterValidator(disjoint)]
"""Spans of dates that share no day."""


class Open(Model):
    """A place that the law fills and this book cannot: what is not known, and the document that would settle it."""

    unknown: Words | None = None
    settled_by: Words | None = None

    @model_validator(mode="after")
    def _with_document(self) -> Self:
        if (self.unknown is None) != (self.settled_by is None):
            wrong(
                "unknown 与 settled_by（查什么文件可知）要一起写",
                "unknown and settled_by (the document that would settle it) belong together",
            )
        return self


class ParameterValue(Span, Open):
    """The value of a parameter between two dates, or that it is not known for them."""

    value: Exact | None = None
    bands: Annotated[tuple[Band, ...], BeforeValidator(listed)] = ()
    source: Clause | None = None
    confidence: Confidence = "unknown"

    @model_validator(mode="after")
    def _consistent(self) -> ParameterValue:
        if (self.value is not None) + bool(self.bands) + (self.unknown is not None) != 1:
            wrong("要有 value、bands、unknown 之一", "give one of value, bands and unknown")
        if self.bands:
            *below, top = self.bands
            if top.to is not None or any(band.to is None for band in below):
                wrong(
                    "最后一档（且只有它）不写上限，否则其上有缺口",
                    "the last band, and only the last, has no limit; otherwise there is a gap above it",
                )
            limits = [(band.to, band.inclusive) for band in below if band.to is not None]
            if any((b[0], bool(b[1])) <= (a[0], bool(a[1])) for a, b in pairwise(limits)):
                wrong("各档上限要从小到大，不可重叠", "the limits must ascend; these bands overlap")
        return self


class Parameter(Entry):
    """A value with validity dates; outside its dates it has none.

    ``band_unit`` is the unit of the limits of its bands. ``in_force`` says which day counts when a value changes
    inside a reporting period: by default none does, and the value must hold throughout the period. ``outside`` says
    what its use in a period without a value is: an error when the book is compiled, or an unknown result. A parameter
    that does not say it takes it from the head of its book.
    """

    unit: str = "1"
    band_unit: str = "1"
    in_force: InForce = "throughout"
    outside: Outside | None = None
    values: Annotated[Spans[ParameterValue], Field(min_length=1)]

    @property
    def banded(self) -> bool:
        """True when the parameter is a table for ``band``."""
        return any(value.bands for value in self.values)

    @model_validator(mode="after")
    def _consistent(self) -> Parameter:
        if len({bool(value.bands) for value in self.values if value.unknown is None}) > 1:
            wrong("各期要么都是 value，要么都是 bands", "use either value or bands for all dates")
        return self


class CodeFile(Model):
    """A CSV of the book (UTF-8, with a header); ``column`` names the column, by default the first."""

    file: str
    column: str | None = None


Codes = Annotated[tuple[str, ...], BeforeValidator(listed)]


class Codelist(Entry):
    """A list of codes, or of prefixes of codes."""

    codes: Codes | CodeFile | None = None
    prefixes: Codes | CodeFile | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Codelist:
        if (self.codes is None) == (self.prefixes is None):
            wrong("要有 codes 或 prefixes 之一", "give either codes or prefixes")
        return self


class Version(Span, Open):
    """An expression between two dates, or that the rule is not known for them."""

    expr: Expression = ""
    source: Clause | None = None
    confidence: Confidence = "unknown"

    @model_validator(mode="after")
    def _consistent(self) -> Version:
        if bool(self.expr) == (self.unknown is not None):
            wrong("要有 expr 或 unknown 之一", "give either expr or unknown")
        return self


class Rule(Entry):
    """An entry with an expression: one for all times (``expr``), or one for each span of dates (``versions``).

    Outside all versions the value is unknown: no rule is extended past the dates it is known for. ``in_force`` says
    which day of a period decides on its version.
    """

    entity: str
    expr: Expression = ""
    versions: Spans[Version] = ()
    in_force: InForce = "throughout"

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if bool(self.expr) == bool(self.versions):
            wrong("要有 expr 或 versions 之一", "give either expr or versions")
        return self


class Derived(Rule):
    """A new figure, computed by an expression."""

    unit: str | None = None
    scale: Annotated[int, Field(ge=0, le=MAX_SCALE)] | None = None
    rounding: Rounding = "half_up"
    min_coverage: Annotated[Exact, Field(gt=0, le=1)] = Decimal(1)


class Check(Rule):
    """A condition that a return must meet; true means fine."""

    severity: Severity
    message: Words
    min_coverage: Annotated[Exact, Field(gt=0, le=1)] = Decimal(1)


class BookHead(Model):
    """The file ``book.yaml`` without its entries."""

    book: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    version: str
    title: Words
    frequency: Frequency
    extends: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    outside: Outside = "error"
    """What a parameter of this book is outside its dates, where it does not say so itself."""
    entities: dict[Code, Entity] = Field(default_factory=dict)
    documents: dict[str, Document] = Field(default_factory=dict)
    instruments: dict[str, Words] = Field(default_factory=dict)
    """Names of the instruments that its benefits belong to."""
    note: Title = Text("", "")


SECTIONS: Mapping[str, type[Entry]] = {
    "items": Item,
    "parameters": Parameter,
    "codelists": Codelist,
    "derived": Derived,
    "checks": Check,
}
"""The keys of a rule file and what their lists hold."""
