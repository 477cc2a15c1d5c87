"""Taking a file: of one return, or of many at once. Whatever is taken is taken whole."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from gaoxin.platform.access.reader import Reader, limit, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.jobs.actions import enqueue
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics import document, workbook
from gaoxin.platform.statistics.actions.reporting import Saved, need_entry, save, sign, turn_in
from gaoxin.platform.statistics.many import Plan
from gaoxin.platform.statistics.models import Collection, Import, ImportState, Return, Version
from gaoxin.platform.statistics.permissions import ENTER
from gaoxin.platform.uploads.actions import receive
from gaoxin.platform.uploads.reading import tables
from gaoxin.problems import InputError, Problem
from gaoxin.words import Text

PURPOSE = "returns"
JOB = "returns.import"
MOST_LISTED = 5000
"""Findings kept with an import; how many more there were is said."""
_AT_ONCE = 500


@action
def fill(reader: Reader, held: Return, file: UploadedFile) -> Saved:
    """Take the filled template of one return; nothing of it when any cell cannot be read."""
    upload = receive(reader, ENTER, held.organisation, file, purpose=PURPOSE)
    cells, places = workbook.read_template(held, tables(upload))
    saved = save(reader, held, cells)
    if saved.wrong:
        raise InputError(workbook.placed(saved.wrong, places))
    return saved


@action
def send(
    reader: Reader, collection: Collection, place: Organisation, file: UploadedFile, *, signatory: str = ""
) -> tuple[Import, Job]:
    """Take a file with the returns of many below ``place``, and queue the job that reads it."""
    upload = receive(reader, ENTER, place, file, purpose=PURPOSE)
    if collection.closed:
        refuse("returns.closed", None, Text("采集已关闭", "the collection is closed"))
    held = Import(
        organisation=place, collection=collection, user=reader.user, upload=upload, signatory=signatory.strip()
    )
    held.save()
    record(reader, "returns.send", held, organisation=place)
    title = Text(f"导入 {collection.name}：{upload.name}", f"Import {collection.label.en}: {upload.name}")
    return held, enqueue(reader, ENTER, place, JOB, title, key=str(held.pk))


@action
def finish(reader: Reader, held: Import, plan: Plan) -> Import:
    """Write what an import does, all of it or nothing, and its report; an import that is over stays as it is."""
    permit(reader, ENTER, held.organisation)
    held = Import.objects.select_for_update().select_related("collection", "upload", "organisation").get(pk=held.pk)
    if held.state != ImportState.WAITING:
        return held
    faults = plan.faults
    if not faults:
        try:
            _take(reader, held, plan)
        except InputError as refused:
            # Between the reading and now somebody submitted one of them, or the time is over.
            faults = refused.problems
    found = [*faults, *plan.findings]
    more = len(found) - MOST_LISTED
    held.report = [_plain(one) for one in sorted(found, key=_order)[:MOST_LISTED]]
    if more > 0:
        held.report.append(
            _plain(Problem("import.more", "info", Text(f"另有 {more} 条未列出", f"{more} more are not listed")))
        )
    held.state = ImportState.REFUSED if faults else ImportState.DONE
    held.save()
    after = {"state": held.state, "taken": held.taken, "submitted": held.submitted}
    record(reader, "returns.import", held, organisation=held.organisation, after=after)
    return held


def _take(reader: Reader, held: Import, plan: Plan) -> None:
    """Write the cells into the open versions, and submit what is clean when somebody signs."""
    owed = Return.objects.filter(collection=held.collection, organisation__code__in=list(plan.cells))
    if len(plan.cells) > _AT_ONCE:
        owed = Return.objects.filter(collection=held.collection)
    returns = {
        one.organisation.code: one
        for one in limit(reader, ENTER, owed)
        .select_for_update(of=("self",))
        .select_related("organisation", "latest")
        .iterator(chunk_size=2000)
        if one.organisation.code in plan.cells
    }
    for one in returns.values():
        one.collection = held.collection
        need_entry(one)
    now = timezone.now()
    clean = plan.clean() if held.signatory else set()
    new: list[Version] = []
    signed: list[tuple[Return, Version]] = []
    for code, one in sorted(returns.items()):
        last = one.latest
        former = last.figures if last else {}
        figures = merged(former, plan.cells[code])
        if last is None or last.submitted:
            version = Version(return_of=one, number=last.number + 1 if last else 1, figures=figures, saved=now)
            new.append(version)
        else:
            version = last
            if figures != former:
                version.figures, version.saved = figures, now
                version.save(update_fields=["figures", "saved"])
        if figures != former:
            said = {"import": str(held.pk), "file": held.upload.sha256, "figures": document.digest(figures)}
            record(reader, "returns.save", one, organisation=one.organisation, before={}, after=said)
        if code in clean:
            # A new version is stored with the signature under it; one that was there already is saved again.
            fields = sign(version, reader, held.signatory, "", now)
            signed.append((one, version))
            if version is last:
                version.save(update_fields=fields)
    Version.objects.bulk_create(new, batch_size=_AT_ONCE)
    newest = Version.objects.filter(return_of=OuterRef("pk")).order_by("-number").values("pk")[:1]
    _update([one.return_of_id for one in new], latest=Subquery(newest))
    held.taken, held.submitted = len(returns), len(signed)
    _submit(reader, signed, now)


def _submit(reader: Reader, signed: Sequence[tuple[Return, Version]], now: datetime.datetime) -> None:
    """Pass on what was signed, a few statements for however many."""
    alike: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    for one, version in signed:
        fields = turn_in(one, now)
        alike[tuple((name, getattr(one, name)) for name in fields)].append(one.pk)
        after = {
            "state": one.state, "version": version.number, "sha256": version.sha256, "signatory": version.signatory,
        }  # fmt: skip
        record(reader, "returns.submit", one, organisation=one.organisation, after=after)
    for values, keys in alike.items():
        _update(keys, **dict(values))


def _update(keys: Sequence[int], **values: Any) -> None:
    for start in range(0, len(keys), _AT_ONCE):
        Return.objects.filter(pk__in=keys[start : start + _AT_ONCE]).update(**values)


def merged(former: Mapping[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    """The figures after an import: what the file has counts, blank or not; what it does not have stays.

    When the file has projects of a reporter, they are all of its projects.
    """
    kept = dict(former)
    for entity in {name.partition(".")[0] for name in cells if "." in name}:
        kept = {name: text for name, text in kept.items() if not name.startswith(f"{entity}.")}
    return {name: text for name, text in {**kept, **cells}.items() if text != ""}


def _order(one: Problem) -> tuple[int, int]:
    return {"error": 0, "warning": 1, "info": 2}[one.severity], one.row or 0


def _plain(one: Problem) -> dict[str, Any]:
    return {
        "rule": one.rule, "severity": one.severity, "zh": one.message.zh, "en": one.message.en,
        "remedy_zh": one.remedy.zh, "remedy_en": one.remedy.en, "sheet": one.sheet, "row": one.row,
        "column": one.column, "reporter": one.reporter, "item": one.item, "value": one.value,
    }  # fmt: skip
