"""Every change of the register of firms."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.app import platform_apps
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.enterprises.checks import FirmValues, credit_code_fault
from gaoxin.platform.enterprises.imports import Plan, Row, plan, values_of
from gaoxin.platform.enterprises.models import Certificate, CertificateKind, Firm, Membership, Status
from gaoxin.platform.enterprises.permissions import CHANGE, MERGE
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.tree import insert_below, move_below
from gaoxin.platform.refusals import problem, refuse
from gaoxin.platform.uploads.models import Upload
from gaoxin.platform.uploads.reading import tables
from gaoxin.problems import InputError
from gaoxin.words import Text


@action
def add(
    reader: Reader,
    zone: Organisation,
    values: FirmValues,
    *,
    credit_code: str,
    since: datetime.date | None = None,
    synthetic: bool = False,
    reason: str = "",
) -> Firm:
    """Enter a firm as a member of ``zone`` (a zone or park) from ``since`` on."""
    permit(reader, CHANGE, zone)
    check_zone(zone)
    problems = values.problems(timezone.localdate())
    if fault := credit_code_fault(credit_code):
        problems.append(problem("firms.credit-code", "credit_code", fault))
    if problems:
        raise InputError(problems)
    if Organisation.objects.filter(code=credit_code).exists():
        refuse("firms.taken", "credit_code", TAKEN)
    return add_many(reader, zone, [(credit_code, values, since)], synthetic=synthetic, reason=reason)[0]


TAKEN = Text("这个统一社会信用代码已经登记", "this credit code is in the register already")


@action
def add_many(
    reader: Reader,
    zone: Organisation,
    firms: Sequence[tuple[str, FirmValues, datetime.date | None]],
    *,
    synthetic: bool = False,
    reason: str = "",
) -> list[Firm]:
    """Enter many firms that were checked before, in a few statements.

    ``firms`` are credit code, values and the day since which each is a member.
    """
    permit(reader, CHANGE, zone)
    organisations = [
        Organisation(
            code=code, name=values.name, name_en=values.name_en, kind=Kind.FIRM, opened=values.founded,
            synthetic=synthetic,
        )
        for code, values, _ in firms
    ]  # fmt: skip
    insert_below(zone, organisations)
    made = [
        Firm(
            organisation=organisation, zone=zone, industry=values.industry, region=values.region,
            founded=values.founded, status=values.status,
        )
        for organisation, (_, values, _) in zip(organisations, firms, strict=True)
    ]  # fmt: skip
    Firm.objects.bulk_create(made, batch_size=500)
    Membership.objects.bulk_create(
        [Membership(firm=firm, zone=zone, since=since) for firm, (_, _, since) in zip(made, firms, strict=True)],
        batch_size=500,
    )
    for firm in made:
        record(reader, "firms.add", firm, organisation=firm.organisation, reason=reason)
    return made


@action
def change(reader: Reader, firm: Firm, values: FirmValues, *, reason: str) -> Firm:
    """Write other values; what they were stays in the history."""
    organisation = firm.organisation
    permit(reader, CHANGE, organisation)
    check_not_merged(firm)
    need_reason(reason)
    if problems := values.problems(timezone.localdate()):
        raise InputError(problems)
    with changing(reader, "firms.rename", organisation, organisation=organisation, reason=reason):
        organisation.name, organisation.name_en = values.name, values.name_en
        organisation.save(update_fields=["name", "name_en"])
    with changing(reader, "firms.change", firm, organisation=organisation, reason=reason):
        firm.industry, firm.region = values.industry, values.region
        firm.founded, firm.status = values.founded, values.status
        firm.save(update_fields=["industry", "region", "founded", "status"])
    return firm


@action
def transfer(reader: Reader, firm: Firm, zone: Organisation, *, day: datetime.date, reason: str) -> Firm:
    """Make the firm a member of another zone or park from ``day`` on."""
    permit(reader, CHANGE, firm.organisation)
    permit(reader, CHANGE, zone)
    check_not_merged(firm)
    check_zone(zone)
    need_reason(reason)
    if firm.zone_id == zone.pk:
        refuse("firms.same-zone", "zone", Text("企业已在这个园区", "the firm is in this zone already"))
    latest = firm.memberships.filter(until=None).first()
    if latest and latest.since and day <= latest.since:
        refuse(
            "firms.transfer-day", "day",
            Text(f"转入日期应晚于 {latest.since}", f"the day must be after {latest.since}"),
        )  # fmt: skip
    if latest:
        latest.until = day - datetime.timedelta(days=1)
        latest.save(update_fields=["until"])
    Membership.objects.create(firm=firm, zone=zone, since=day)
    move_below(zone, firm.organisation)
    with changing(reader, "firms.transfer", firm, organisation=firm.organisation, reason=reason):
        firm.zone = zone
        firm.save(update_fields=["zone"])
    return firm


@action
def add_certificate(
    reader: Reader,
    firm: Firm,
    *,
    kind: CertificateKind,
    issued: datetime.date,
    number: str = "",
    expires: datetime.date | None = None,
) -> Certificate:
    """Note a certificate."""
    permit(reader, CHANGE, firm.organisation)
    if expires and expires < issued:
        refuse("firms.certificate", "expires", Text("有效期早于发证日期", "it expires before it was issued"))
    if firm.certificates.filter(kind=kind, issued=issued).exists():
        refuse("firms.certificate-known", "issued", Text("这份证书已经登记", "this certificate is noted already"))
    certificate = Certificate.objects.create(
        firm=firm, kind=kind, number=number.strip(), issued=issued, expires=expires
    )
    record(reader, "firms.add-certificate", certificate, organisation=firm.organisation)
    return certificate


@action
def merge(reader: Reader, kept: Firm, dropped: Firm, *, reason: str) -> Firm:
    """Two entries are one firm: ``dropped`` is closed and points to ``kept``, which gets its certificates.

    Other apps move what they keep about a firm: their actions may have ``firms_merged(reader, kept, dropped)``.
    """
    permit(reader, MERGE, kept.organisation)
    permit(reader, MERGE, dropped.organisation)
    check_not_merged(kept)
    check_not_merged(dropped)
    need_reason(reason)
    if kept.pk == dropped.pk:
        refuse("firms.merge", "dropped", Text("不能与自身合并", "a firm cannot be merged with itself"))
    known = set(kept.certificates.values_list("kind", "issued"))
    for certificate in dropped.certificates.all():
        if (certificate.kind, certificate.issued) not in known:
            with changing(reader, "firms.move-certificate", certificate, organisation=kept.organisation, reason=reason):
                certificate.firm = kept
                certificate.save(update_fields=["firm"])
    today = timezone.localdate()
    dropped.memberships.filter(until=None).update(until=today)
    with changing(reader, "firms.merge", dropped, organisation=dropped.organisation, reason=reason):
        dropped.status, dropped.merged_into = Status.MERGED, kept
        dropped.save(update_fields=["status", "merged_into"])
    with changing(reader, "firms.close", dropped.organisation, organisation=dropped.organisation, reason=reason):
        dropped.organisation.closed = today
        dropped.organisation.save(update_fields=["closed"])
    for app in platform_apps():
        moved = app.offered("actions", "firms_merged")
        if moved is not None:
            moved(reader, kept, dropped)
    return kept


def check_zone(zone: Organisation) -> None:
    """Refuse a place that cannot have firms."""
    if Kind(zone.kind) not in {Kind.ZONE, Kind.PARK} or zone.closed:
        refuse("firms.zone", "zone", Text("企业只能属于未关闭的园区或分园", "a firm belongs to an open zone or park"))


def check_not_merged(firm: Firm) -> None:
    """Refuse what was merged into another entry."""
    if firm.merged_into_id:
        refuse("firms.merged", None, Text("这条登记已并入另一条", "this entry was merged into another"))


@action
def import_firms(reader: Reader, upload: Upload, asked: Mapping[str, str]) -> Plan:
    """Do what the plan of the file says, made again now: the register may have changed since it was shown.

    Refuses when a single row is wrong: nothing is half-imported.
    """
    permit(reader, CHANGE, upload.organisation)
    made = plan(reader, upload.organisation, tables(upload), asked)
    if not made.ready:
        wrong = made.counts["error"]
        refuse(
            "firms.import", None,
            Text(f"{wrong} 行有错误，或没有可导入的内容", f"{wrong} rows are wrong, or there is nothing to import"),
            Text("改正文件后重新上传", "mend the file and upload it again"),
        )  # fmt: skip
    reason = f"{upload.name} {upload.sha256[:12]}"
    _add(reader, [row for row in made.rows if row.does == "add"], reason)
    for row in made.rows:
        if row.does == "change":
            _change(reader, row, reason)
    record(reader, "firms.import", upload, organisation=upload.organisation, after=made.counts)
    return made


def _add(reader: Reader, rows: list[Row], reason: str) -> None:
    by_zone: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        assert row.zone is not None  # noqa: S101  a row without a zone is an error row
        by_zone[row.zone.pk].append(row)
    for members in by_zone.values():
        zone = members[0].zone
        assert zone is not None  # noqa: S101
        firms = add_many(reader, zone, [(row.credit_code, row.values, row.since) for row in members], reason=reason)
        certificates = [
            _certificate(firm, row) for firm, row in zip(firms, members, strict=True) if row.certificate is not None
        ]
        Certificate.objects.bulk_create(certificates, batch_size=500)
        for certificate in certificates:
            record(
                reader, "firms.add-certificate", certificate, organisation=certificate.firm.organisation, reason=reason
            )


def _certificate(firm: Firm, row: Row) -> Certificate:
    assert row.certificate is not None  # noqa: S101
    issued, number, expires = row.certificate
    return Certificate(firm=firm, kind=CertificateKind.HNTE, issued=issued, number=number, expires=expires)


def _change(reader: Reader, row: Row, reason: str) -> None:
    firm = row.firm
    assert firm is not None  # noqa: S101  a row that changes something has a firm
    if row.values != values_of(firm):
        change(reader, firm, row.values, reason=reason)
    if row.zone is not None and row.zone.pk != firm.zone_id:
        transfer(reader, firm, row.zone, day=row.since or timezone.localdate(), reason=reason)
    if row.certificate is not None:
        issued, number, expires = row.certificate
        add_certificate(reader, firm, kind=CertificateKind.HNTE, issued=issued, number=number, expires=expires)
