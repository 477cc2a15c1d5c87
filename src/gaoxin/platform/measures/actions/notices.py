"""From a file to registered measures: read, decide what is open, register, split."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from gaoxin.notices import Clause as ReadClause
from gaoxin.notices import Notice as ReadNotice
from gaoxin.notices import read_notice
from gaoxin.notices.files import read_file
from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.measures.actions.nodes import enter, leave
from gaoxin.platform.measures.models import Clause, Measure, Node, Notice, UnitName
from gaoxin.platform.measures.models.notices import FRESH_DAYS, default_days
from gaoxin.platform.measures.names import meant
from gaoxin.platform.measures.permissions import SUPERVISE
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.uploads.models import Upload
from gaoxin.problems import InputError, Problem
from gaoxin.words import Text

PURPOSE = "notices"
REWORDED = "<="
"""Between the words of a person and those of the notice they stand for, in the list of a clause's measures."""
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}")


@action
def receive(
    reader: Reader, organisation: Organisation, file: UploadedFile, *, code: str, title_en: str = "",
    synthetic: bool = False,
) -> Notice:  # fmt: skip
    """Read a notice from ``file`` (.txt, .docx, .html or .pdf with text) and keep it for preparation."""
    permit(reader, SUPERVISE, organisation)
    if not _CODE.fullmatch(code):
        refuse(
            "measures.code", "code",
            Text("代码只能用字母、数字、“-”和“_”，不超过 40 位", "a code is up to 40 letters, digits, - and _"),
        )  # fmt: skip
    if Notice.objects.filter(code=code).exists():
        refuse("measures.code-taken", "code", Text(f"代码 {code} 已使用", f"the code {code} is in use"))
    if (file.size or 0) > settings.MAX_UPLOAD:
        most = settings.MAX_UPLOAD >> 20
        refuse("uploads.size", "file", Text(f"文件超过 {most} MB", f"the file is larger than {most} MB"))
    content, name = file.read(), PurePath(file.name or "notice").name[-200:]
    read = read_notice(_text(content, name))
    clauses = [clause for clause in read.clauses() if clause.text or clause.duties or clause.heading]
    if not any(clause.text or clause.duties for clause in clauses):
        refuse(
            "measures.no-clause", "file",
            Text("没有读到任何条款", "no clause was found in it"),
            Text("请检查是否为通知正文", "is it the text of a notice?"),
        )  # fmt: skip
    upload = Upload.objects.create(
        organisation=organisation, user=reader.user, purpose=PURPOSE, name=name,
        kind=PurePath(name).suffix.lstrip(".").lower()[:10], size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), content=content,
    )  # fmt: skip
    record(reader, "uploads.receive", upload, organisation=organisation)
    notice = Notice.objects.create(
        organisation=organisation, code=code, upload=upload, source=read.source, title_en=title_en.strip(),
        title="".join(read.title.plain.split())[:300] if read.title else name, synthetic=synthetic,
        number=read.number.plain[:80] if read.number else "", signed_on=read.signed_on,
        issuer="、".join(dict.fromkeys(issuer.plain for issuer in read.issuers))[:200],
        begins=read.validity.begins if read.validity else None, findings=_findings(read),
    )  # fmt: skip
    Clause.objects.bulk_create(_clause(notice, at, clause) for at, clause in enumerate(clauses))
    _names(notice, read)
    record(reader, "measures.receive", notice, organisation=organisation)
    return notice


@action
def decide_unit(
    reader: Reader, unit: UnitName, *, organisations: Sequence[Organisation], outside: bool = False
) -> UnitName:
    """Say which organisations a unit of the notice means, or that none of the platform does."""
    permit(reader, SUPERVISE, unit.notice.organisation)
    _open(unit.notice)
    if outside == bool(organisations):
        refuse(
            "measures.unit", "organisations",
            Text("请填写机构代码，或勾选“不在平台内”，二者选一",
                 "name the organisations by their codes, or say that it is not on the platform: one of the two"),
        )  # fmt: skip
    closed = [one for one in organisations if one.closed]
    if closed:
        refuse("measures.unit-closed", "organisations", Text(f"{closed[0].name}已关闭", f"{closed[0]} is closed"))
    before = sorted(unit.organisations.values_list("code", flat=True))
    unit.outside, unit.decided = outside, True
    unit.save(update_fields=["outside", "decided"])
    unit.organisations.set(organisations)
    record(
        reader, "measures.decide-unit", unit, organisation=unit.notice.organisation,
        before={"organisations": before}, after={"organisations": sorted(o.code for o in organisations),
                                                 "outside": outside},
    )  # fmt: skip
    return unit


@action
def discard(reader: Reader, notice: Notice, *, reason: str) -> bool:
    """Discard a notice that is still in preparation, with its file; what it was stays in the audit."""
    permit(reader, SUPERVISE, notice.organisation)
    need_reason(reason)
    notice = Notice.objects.select_for_update(of=("self",)).select_related("organisation", "upload").get(pk=notice.pk)
    if notice.registered is not None:
        refuse(
            "measures.registered", None,
            Text("已登记的通知不能作废", "a registered notice is not discarded"),
            Text("请逐项办结", "close its measures instead"),
        )  # fmt: skip
    kept = {"title": notice.title, "file": notice.upload.name, "sha256": notice.upload.sha256}
    record(reader, "measures.discard", notice, organisation=notice.organisation, reason=reason, before=kept, after={})
    upload = notice.upload
    notice.names.all().delete()
    notice.clauses.all().delete()
    notice.delete()
    upload.delete()
    return True


@action
def register(
    reader: Reader, notice: Notice, *, title: str, days: dict[str, int] | None = None, fresh_days: int = FRESH_DAYS
) -> Notice:
    """Register the notice (立项): every clause with something to do becomes measures, all at the first node.

    Parameters
    ----------
    title
        The title, if the reader of notices got it wrong.
    days
        Days for each node (`Node` values); the carrying out itself has the day of each measure.
    fresh_days
        For how many days a word or a value counts as fresh.
    """
    permit(reader, SUPERVISE, notice.organisation)
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    _open(notice)
    problems = []
    if not title.strip():
        problems.append(Problem("measures.title", "error", Text("请填写标题", "a title is needed"), item="title"))
    waiting = list(notice.names.filter(decided=False).values_list("name", flat=True))
    if waiting:
        listed = "、".join(waiting)
        problems.append(
            Problem(
                "measures.units-open", "error",
                Text(f"还有 {len(waiting)} 个单位待确定：{listed}", f"{len(waiting)} units are undecided: {listed}"),
                Text("请先确定它们是哪些机构", "decide first which organisations they are"),
            )
        )  # fmt: skip
    planned = default_days() | (days or {})
    wrong = [node for node, number in planned.items() if node not in default_days() or not 1 <= number <= 365]
    if wrong:
        problems.append(
            Problem(
                "measures.days", "error", Text("节点天数应在 1 至 365 之间", "days are from 1 to 365"), item=wrong[0]
            )
        )
    if fresh_days < 1:
        problems.append(Problem("measures.days", "error", Text("天数应为正数", "days are positive"), item="fresh_days"))
    if problems:
        raise InputError(problems)
    with changing(reader, "measures.register", notice, organisation=notice.organisation):
        notice.title, notice.days, notice.fresh_days = title.strip(), planned, fresh_days
        notice.registered = timezone.now()
        notice.save()
    for clause in notice.clauses.all():
        for draft in clause.drafts:
            _measure(reader, clause, draft["words"], draft["start"], draft["end"])
    return notice


@action
def split(reader: Reader, clause: Clause, *, lines: str) -> list[Measure]:
    """Split a clause (分解): one measure a line, each in words of the clause.

    A line may be reworded: ``own words <= words of the clause``. Measures of the clause that went further stay as they
    are; those at the first two nodes give way to the new list.
    """
    notice = clause.notice
    permit(reader, SUPERVISE, notice.organisation)
    if notice.registered is None:
        refuse("measures.not-registered", None, Text("通知尚未登记", "the notice is not registered yet"))
    pieces: list[tuple[str, int, int]] = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        # Words that stand twice in a clause are taken in the order of the lines.
        pieces.append(_piece(notice.source, clause, line, pieces[-1][2] if pieces else clause.start))
    if not pieces:
        refuse("measures.no-line", "lines", Text("至少写一项", "at least one line is needed"))
    early = list(clause.measures.select_for_update().filter(node__in=(Node.REGISTERED, Node.SPLIT)))
    if not early and clause.measures.exists():
        refuse(
            "measures.split-late", None, Text("本条的事项已交办", "the measures of this clause were assigned already"),
            Text("请先收回要重新分解的事项", "take back what shall be split again"),
        )  # fmt: skip
    kept = []
    for text, start, end in pieces:
        same = next((one for one in early if (one.start, one.end) == (start, end)), None)
        if same is None:
            kept.append(_measure(reader, clause, text, start, end))
            continue
        early.remove(same)
        with changing(reader, "measures.reword", same, organisation=notice.organisation):
            same.text = text
            same.save(update_fields=["text"])
        kept.append(same)
    for gone in early:
        if gone.figures.exists() or gone.stages.exclude(node__in=(Node.REGISTERED, Node.SPLIT)).exists():
            refuse(
                "measures.split-lost", "lines",
                Text(f"{gone.code} 已交办过或已设指标，不能删去",
                     f"{gone.code} was assigned before or has figures: it cannot go"),
                Text(f"请保留这一行：{gone.text}", f"keep its line: {gone.text}"),
            )  # fmt: skip
        gone.links.all().delete()
        record(reader, "measures.withdraw", gone, organisation=notice.organisation,
               before={"text": gone.text}, after={})  # fmt: skip
        gone.stages.all().delete()
        gone.delete()
    for measure in kept:
        if measure.node == Node.REGISTERED:
            with changing(reader, "measures.split", measure, organisation=notice.organisation):
                leave(measure)
                enter(measure, Node.SPLIT)
    return kept


def _open(notice: Notice) -> None:
    if notice.registered is not None:
        refuse("measures.registered", None, Text("通知已登记", "the notice is registered already"))


def _text(content: bytes, name: str) -> str:
    """The text of the file; the reader of notices takes a path, so it gets one for a moment."""
    with TemporaryDirectory(prefix="gaoxin-") as folder:
        path = Path(folder) / f"notice{PurePath(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            return read_file(path)
        except InputError as refused:
            raise InputError(
                [Problem(p.rule, p.severity, p.message, p.remedy, item="file") for p in refused.problems]
            ) from None


def _findings(read: ReadNotice) -> list[dict[str, object]]:
    return [
        {
            "code": one.code, "severity": one.severity, "zh": one.message.zh, "en": one.message.en,
            "remedy_zh": one.remedy.zh, "remedy_en": one.remedy.en, "line": one.line, "clause": one.clause,
        }
        for one in read.findings
    ]  # fmt: skip


def _clause(notice: Notice, at: int, clause: ReadClause) -> Clause:
    drafts = [
        {"words": action.words.plain, "start": action.words.span.start, "end": action.words.span.end}
        for action in clause.actions
        if action.kind != "principle"
    ]
    if not drafts and clause.text and clause.answerable:
        # Somebody answers for it, but no single action was found: the whole text, for a person to split.
        start, end = clause.text[0].span.start, clause.text[-1].span.end
        drafts = [{"words": "".join(passage.plain for passage in clause.text), "start": start, "end": end}]
    return Clause(
        notice=notice, position=at, label=clause.label[:60], start=clause.span.start, end=clause.span.end,
        heading=clause.heading.plain[:300] if clause.heading else "",
        text="\n".join(passage.plain for passage in clause.text), drafts=drafts,
        units=[{"name": unit.name.plain, "role": unit.role} for unit in clause.answerable],
        targets=[
            {"words": t.words.plain, "value": str(t.value), "unit": t.unit, "year": t.year}
            for t in clause.targets if t.kind == "goal"
        ],
        deadlines=[deadline.words.plain for deadline in clause.deadlines],
    )  # fmt: skip


def _names(notice: Notice, read: ReadNotice) -> None:
    organisations = list(Organisation.objects.filter(closed=None).exclude(kind=Kind.FIRM))
    seen: set[str] = set()
    for clause in read.clauses():
        for unit in clause.answerable:
            name = unit.name.plain
            if name in seen:
                continue
            seen.add(name)
            found, sure = meant(unit, organisations)
            written = UnitName.objects.create(
                notice=notice, name=name[:200], body=(unit.body or "")[:200], certainty=unit.certainty,
                candidates=list(unit.candidates), decided=sure,
            )  # fmt: skip
            written.organisations.set(found)


def _measure(reader: Reader, clause: Clause, text: str, start: int, end: int) -> Measure:
    notice = clause.notice
    last = notice.measures.order_by("-code").values_list("code", flat=True).first()
    number = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    measure = Measure(notice=notice, clause=clause, text=text, start=start, end=end, code=f"{notice.code}-{number:04d}")
    enter(measure, Node.REGISTERED)
    record(reader, "measures.found", measure, organisation=notice.organisation)
    return measure


def _piece(source: str, clause: Clause, line: str, after: int) -> tuple[str, int, int]:
    """The words of a line and the characters of the clause they come from, blanks aside, from ``after`` on if there."""
    own, _, quoted = line.partition(REWORDED)
    wanted = "".join((quoted or own).split())
    places = [at for at in range(clause.start, clause.end) if not source[at].isspace()]
    written = "".join(source[at] for at in places)
    found = written.find(wanted, bisect_left(places, after))
    if found < 0:
        found = written.find(wanted)
    if found < 0 or not wanted:
        refuse(
            "measures.not-in-clause", "lines",
            Text(f"“{(quoted or own).strip()}”不是本条中的文字", f"“{(quoted or own).strip()}” is not in this clause"),
            Text(f"用通知的原文；改写请写“改写 {REWORDED} 原文”",
                 f"use the words of the notice; to reword, write “own words {REWORDED} words of the notice”"),
        )  # fmt: skip
    return own.strip(), places[found], places[found + len(wanted) - 1] + 1
