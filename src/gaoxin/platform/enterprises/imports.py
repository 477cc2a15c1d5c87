"""Reading an uploaded table of firms: which column is what, and what each row would do. Nothing is written here."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.enterprises.checks import FirmValues, credit_code_fault
from gaoxin.platform.enterprises.models import Certificate, CertificateKind, Firm, Status
from gaoxin.platform.enterprises.permissions import CHANGE
from gaoxin.platform.enterprises.queries import zones_to_fill
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import problem, refuse
from gaoxin.problems import Problem
from gaoxin.returns.cells import CellError, narrow, parse_date
from gaoxin.words import Text

PURPOSE = "firms"
"""For what a file of firms is sent."""
HEADING_ROWS = 20
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Field:
    """What a column can be; ``headings`` are the ways in which offices call it."""

    code: str
    title: Any
    headings: tuple[str, ...]
    required: bool = False


FIELDS = (
    Field("credit_code", words("统一社会信用代码", "Credit code"),
          ("统一社会信用代码", "信用代码", "企业代码", "credit code", "credit_code", "firm"), required=True),
    Field("name", words("企业名称", "Name"), ("企业名称", "单位名称", "名称", "name", "firm_name"), required=True),
    Field("name_en", words("英文名称", "Name in English"), ("英文名称", "name in english", "name_en")),
    Field("zone", words("园区（代码或名称）", "Zone (code or name)"), ("园区", "园区代码", "园区名称", "zone")),
    Field("since", words("入园日期", "Member since"), ("入园日期", "入驻日期", "since")),
    Field("industry", words("行业代码", "Industry code"), ("行业代码", "行业", "industry", "qb03_1")),
    Field("region", words("行政区划代码", "Area code"), ("行政区划代码", "行政区划", "region")),
    Field("founded", words("成立日期", "Founded"), ("成立日期", "注册日期", "成立时间", "founded", "qb04")),
    Field("status", words("状态", "Status"), ("状态", "经营状态", "status")),
    Field("hnte_issued", words("高企发证日期", "HNTE issued"), ("高企发证日期", "高新技术企业发证日期", "qb12")),
    Field("hnte_number", words("高企证书编号", "HNTE number"), ("高企证书编号", "高新技术企业证书编号", "qb13")),
    Field("hnte_expires", words("高企有效期至", "HNTE until"), ("高企有效期至", "高新技术企业有效期至")),
)  # fmt: skip
_STATUSES = {
    **{status.value: status for status in Status},
    "在营": Status.OPERATING, "存续": Status.OPERATING, "开业": Status.OPERATING, "停业": Status.SUSPENDED,
    "注销": Status.CLOSED, "吊销": Status.CLOSED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table is in the file and which column is what: column numbers from 0 by code of the field."""

    sheet: str
    heading_row: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def missing(self) -> list[Field]:
        """Fields that must be there and are not."""
        return [known for known in FIELDS if known.required and known.code not in self.columns]


@dataclass(slots=True)
class Row:
    """One row of the file and what it would do: ``add``, ``change``, ``same`` or ``error``."""

    number: int
    credit_code: str
    values: FirmValues
    zone: Organisation | None = None
    since: datetime.date | None = None
    certificate: tuple[datetime.date, str, datetime.date | None] | None = None
    status_given: bool = False
    firm: Firm | None = None
    does: str = "error"
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do, row by row."""

    layout: Layout
    rows: tuple[Row, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what they would do."""
        counted = Counter(row.does for row in self.rows)
        return {does: counted[does] for does in ("add", "change", "same", "error")}

    @property
    def ready(self) -> bool:
        """Whether it can be carried out: every column and every row is right, and something would be done."""
        return not self.layout.missing and not self.counts["error"] and self.counts["add"] + self.counts["change"] > 0


def layout(tables: Mapping[str, Sequence[Sequence[str]]], asked: Mapping[str, str]) -> Layout:
    """Find the table and its columns.

    Parameters
    ----------
    tables
        Sheets of the file: rows of cell texts.
    asked
        What the person chose: ``sheet``, and for each field the heading of its column ("-" for none). What was not
        chosen is guessed from the headings.
    """
    named = asked.get("sheet", "")
    sheet = named if named in tables else next((name for name, rows in tables.items() if any(map(any, rows))), "")
    rows = tables.get(sheet, [])
    known = {narrow(heading).casefold(): f.code for f in FIELDS for heading in f.headings}

    def recognised(row: Sequence[str]) -> int:
        return sum(narrow(cell).strip().casefold() in known for cell in row)

    top = max(range(min(HEADING_ROWS, len(rows))), key=lambda at: (recognised(rows[at]), -at), default=-1)
    if top < 0:
        refuse("firms.import-empty", "file", Text("文件里没有表格", "there is no table in the file"))
    headings = tuple(cell.strip() for cell in rows[top])
    columns: dict[str, int] = {}
    for wanted in FIELDS:
        chosen = asked.get(wanted.code, "")
        if chosen == "-":
            continue
        for at, heading in enumerate(headings):
            if heading and (heading == chosen if chosen else known.get(narrow(heading).casefold()) == wanted.code):
                columns.setdefault(wanted.code, at)
    return Layout(sheet, top, headings, columns)


def plan(
    reader: Reader, place: Organisation, tables: Mapping[str, Sequence[Sequence[str]]], asked: Mapping[str, str]
) -> Plan:
    """What the import of the file would do.

    Parameters
    ----------
    place
        Where rows without a zone go, when it is a zone or park itself.
    """
    where = layout(tables, asked)
    if where.missing:
        return Plan(where, ())
    zones = _zones(reader)
    body = tables[where.sheet][where.heading_row + 1 :]
    rows = [
        _read(number, cells, where.columns, zones, place)
        for number, cells in enumerate(body, start=where.heading_row + 2)
        if any(cell.strip() for cell in cells)
    ]
    _note_repeated(rows)
    _compare(reader, rows)
    return Plan(where, tuple(rows))


def _zones(reader: Reader) -> dict[str, Organisation]:
    found: dict[str, Organisation] = {}
    for zone in zones_to_fill(reader):
        found[zone.code] = zone
        found.setdefault(zone.name, zone)
    return found


def _read(
    number: int,
    cells: Sequence[str],
    columns: Mapping[str, int],
    zones: Mapping[str, Organisation],
    place: Organisation,
) -> Row:
    problems: list[Problem] = []

    def text(code: str) -> str:
        at = columns.get(code)
        return narrow(cells[at]).strip() if at is not None and at < len(cells) else ""

    def date(code: str) -> datetime.date | None:
        said = text(code)
        if not said:
            return None
        try:
            return parse_date(said)[0]
        except CellError as fault:
            problems.append(problem("firms.date", code, fault.message, fault.remedy))
            return None

    code = text("credit_code").upper()
    if fault := credit_code_fault(code):
        problems.append(problem("firms.credit-code", "credit_code", fault))
    status = _STATUSES.get(text("status") or Status.OPERATING.value)
    if status is None or status is Status.MERGED:
        said = text("status")
        problems.append(problem("firms.status", "status", Text(f"没有“{said}”这种状态", f"there is no status {said}")))
    values = FirmValues(
        name=text("name"), name_en=text("name_en"), industry=text("industry"), region=text("region"),
        founded=date("founded"), status=status or Status.OPERATING,
    )  # fmt: skip
    problems += values.problems(timezone.localdate())
    named = text("zone")
    zone = zones.get(named) if named else zones.get(place.code)
    if zone is None:
        problems.append(
            problem(
                "firms.zone", "zone",
                Text(f"没有可维护的园区“{named}”" if named else "没有写明园区",
                     f"there is no zone {named} that you keep" if named else "the zone is missing"),
            )
        )  # fmt: skip
    since, issued, expires = date("since"), date("hnte_issued"), date("hnte_expires")
    certificate = (issued, text("hnte_number"), expires) if issued else None
    return Row(number, code, values, zone, since, certificate, bool(text("status")), problems=problems)


def _note_repeated(rows: Iterable[Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.credit_code and first.setdefault(row.credit_code, row.number) != row.number:
            text = Text(
                f"与第 {first[row.credit_code]} 行的信用代码相同",
                f"the same credit code as row {first[row.credit_code]}",
            )
            row.problems.append(problem("firms.repeated", "credit_code", text))


def _compare(reader: Reader, rows: Sequence[Row]) -> None:
    """Say what each row would do against what is in the register."""
    codes = [row.credit_code for row in rows if row.credit_code]
    known: dict[str, Firm] = {}
    taken: set[str] = set()
    certificates: set[tuple[int, datetime.date]] = set()
    for at in range(0, len(codes), _CHUNK):
        part = codes[at : at + _CHUNK]
        taken.update(Organisation.objects.filter(code__in=part).values_list("code", flat=True))
        mine = limit(reader, CHANGE, Firm.objects.select_related("organisation", "zone"))
        known.update((firm.organisation.code, firm) for firm in mine.filter(organisation__code__in=part))
        certificates.update(
            Certificate.objects.filter(kind=CertificateKind.HNTE, firm__organisation__code__in=part)
            .values_list("firm_id", "issued")
        )  # fmt: skip
    for row in rows:
        row.firm = known.get(row.credit_code)
        if row.firm is None and row.credit_code in taken:
            text = Text("这个统一社会信用代码已由别处登记", "this credit code is registered elsewhere")
            remedy = Text("请市级核对后转园或合并", "ask the city to transfer or merge it")
            row.problems.append(problem("firms.elsewhere", "credit_code", text, remedy))
        if row.firm is not None and row.firm.merged_into_id:
            text = Text("这条登记已并入另一条", "this entry was merged into another")
            row.problems.append(problem("firms.merged", "credit_code", text))
        if row.problems:
            row.does = "error"
        elif row.firm is None:
            row.does = "add"
        else:
            if row.certificate and (row.firm.pk, row.certificate[0]) in certificates:
                row.certificate = None
            row.values = _completed(row, row.firm)
            moved = row.zone is not None and row.zone.pk != row.firm.zone_id
            row.does = "change" if moved or row.certificate or values_of(row.firm) != row.values else "same"


def values_of(firm: Firm) -> FirmValues:
    """What the register says of a firm."""
    return FirmValues(
        firm.organisation.name, firm.organisation.name_en, firm.industry, firm.region, firm.founded, Status(firm.status)
    )


def _completed(row: Row, firm: Firm) -> FirmValues:
    """The values of the row; what it leaves blank stays as it is."""
    values, now = row.values, values_of(firm)
    return FirmValues(
        values.name, values.name_en or now.name_en, values.industry or now.industry, values.region or now.region,
        values.founded or now.founded, values.status if row.status_given else now.status,
    )  # fmt: skip
