"""Carrying out an import: all rows or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.enterprises.actions import add_certificate, add_many, change, transfer
from gaoxin.platform.enterprises.imports import Plan, Row, plan, values_of
from gaoxin.platform.enterprises.models import Certificate, CertificateKind, Firm
from gaoxin.platform.enterprises.permissions import CHANGE
from gaoxin.platform.refusals import refuse
from gaoxin.platform.uploads.models import Upload
from gaoxin.platform.uploads.reading import tables
from gaoxin.words import Text

PURPOSE = "firms"


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
