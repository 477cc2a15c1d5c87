"""Asking for returns: opening a collection, who owes it, extensions, reminders, closing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.core.mail import send_mass_mail
from django.db import transaction
from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind, Role
from gaoxin.platform.access.scope import STEP
from gaoxin.platform.accounts.models import Assignment
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import problem, refuse
from gaoxin.platform.statistics import books
from gaoxin.platform.statistics.actions import fixing
from gaoxin.platform.statistics.models import Collection, Return, State
from gaoxin.platform.statistics.permissions import COLLECT
from gaoxin.problems import InputError
from gaoxin.rulebook.findings import BookError
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.words import Text

_AT_ONCE = 1000
REPORTERS = {"zone": Kind.ZONE, "firm": Kind.FIRM}
"""Entities of rulebooks that organisations of the tree can report for."""


@action
def open_collection(
    reader: Reader,
    city: Organisation,
    *,
    code: str,
    name: str,
    name_en: str = "",
    book: str,
    entity: str,
    forms: Sequence[str] = (),
    greyed: Sequence[str] = (),
    period: str,
    opens: datetime.date,
    due: datetime.date,
    locks: bool = False,
    synthetic: bool = False,
) -> Collection:
    """Ask every open organisation of the kind ``entity`` for its return.

    Parameters
    ----------
    book
        A shipped rulebook, or one of the city's own.
    entity
        Who reports: ``zone`` or ``firm``.
    forms
        Which forms of the book; all when none is named.
    greyed
        Items of these forms that are not asked: their cells are grey, and take nothing.
    locks
        Whether nothing can be entered after the date, until an extension is granted.
    """
    permit(reader, COLLECT, city)
    code, name = code.strip(), name.strip()
    version = _check(code, name, book, entity, forms, greyed, period, opens, due)
    collection = Collection(
        organisation=city, code=code, name=name, name_en=name_en.strip(), book=book, book_version=version,
        entity=entity, forms=list(forms), greyed=list(greyed), period=period, opens=opens, due=due, locks=locks,
        synthetic=synthetic,
    )  # fmt: skip
    collection.save()
    record(reader, "returns.open", collection, organisation=city)
    _ask(collection)
    return collection


@action
def ask_newcomers(reader: Reader, collection: Collection) -> int:
    """Ask the organisations that came since the collection was opened; how many they are."""
    permit(reader, COLLECT, collection.organisation)
    _need_open(collection)
    asked = _ask(collection)
    if asked:
        record(reader, "returns.ask", collection, organisation=collection.organisation, after={"asked": asked})
    return asked


@action
def extend(reader: Reader, collection: Collection, place: Organisation, *, due: datetime.date, reason: str) -> int:
    """Give ``place`` and all below it until ``due``; also unlocks what was locked. How many returns it concerns."""
    permit(reader, COLLECT, place)
    need_reason(reason)
    _need_open(collection)
    if due <= collection.due or due < timezone.localdate():
        text = Text(
            "新的截止日期应晚于原定日期且不早于今天", "the new date must be later than the old one, and not past"
        )
        refuse("returns.extension", "due", text)
    concerned = Return.objects.filter(
        collection=collection, organisation__path__startswith=place.path, due__lt=due
    ).exclude(state=State.APPROVED)  # fmt: skip
    former = list(concerned.values_list("due", flat=True))
    if not former:
        refuse("returns.extension", None, Text("没有需要延期的报表", "there is no return to extend"))
    concerned.update(due=due)
    before, after = {"due": max(former)}, {"due": due, "returns": len(former)}
    record(reader, "returns.extend", collection, organisation=place, before=before, after=after, reason=reason)
    return len(former)


@action
def close(reader: Reader, collection: Collection, *, reason: str) -> Collection:
    """Take no more; what is approved of the period is fixed as a snapshot, when anything is (`fixing.ask`)."""
    permit(reader, COLLECT, collection.organisation)
    need_reason(reason)
    _need_open(collection)
    with changing(reader, "returns.close", collection, organisation=collection.organisation, reason=reason):
        collection.closed = timezone.now()
        collection.save(update_fields=["closed"])
    if collection.returns.filter(approved__isnull=False).exists():
        fixing.ask(reader, collection.organisation, collection.period, reason=reason)
    return collection


@action
def remind(reader: Reader, collection: Collection) -> int:
    """Mail everybody who has a return of this collection still to submit; how many mails.

    One mail for each person, whatever the number of firms; sent when the reminder is recorded, never before.
    """
    permit(reader, COLLECT, collection.organisation)
    _need_open(collection)
    owed = Return.objects.filter(collection=collection, state__in=[State.DRAFT, State.RETURNED])
    numbers: dict[str, int] = {}
    for path in owed.values_list("organisation__path", flat=True).iterator(chunk_size=5000):
        for end in range(STEP, len(path) + 1, STEP):
            numbers[path[:end]] = numbers.get(path[:end], 0) + 1
    held = Assignment.objects.in_force().filter(role__in=[Role.REPORTER, Role.FIRM], user__is_active=True)
    mails: dict[str, int] = {}
    for address, path in held.exclude(user__email="").values_list("user__email", "organisation__path"):
        if path in numbers:
            mails[address] = mails.get(address, 0) + numbers[path]
    messages = [(*_mail(collection, number), settings.DEFAULT_FROM_EMAIL, [to]) for to, number in mails.items()]
    record(
        reader, "returns.remind", collection, organisation=collection.organisation,
        after={"mails": len(messages), "returns": numbers.get(collection.organisation.path, 0)},
    )  # fmt: skip
    transaction.on_commit(lambda: send_mass_mail(messages, fail_silently=True))
    return len(messages)


def _mail(collection: Collection, number: int) -> tuple[str, str]:
    label = collection.label
    subject = f"请报送：{label.zh} · Please report: {label.en}"
    body = (
        f"{label.zh}（{collection.period}）还有 {number} 份报表待提交，截止日期 {collection.due}。\n"
        "请登录平台，在“我的工作”中打开。\n\n"
        f"{number} returns of {label.en} ({collection.period}) are still to be submitted, due {collection.due}.\n"
        "Sign in and open them from “My work”.\n"
    )
    return subject, body


def _ask(collection: Collection) -> int:
    kind = REPORTERS[collection.entity]
    there = Organisation.objects.filter(kind=kind, closed=None, path__startswith=collection.organisation.path)
    there = there.exclude(pk__in=Return.objects.filter(collection=collection).values("organisation_id"))
    zones = dict(Organisation.objects.filter(kind=Kind.ZONE).values_list("path", "pk"))

    def new() -> Iterator[Return]:
        for pk, path in there.order_by("path").values_list("pk", "path").iterator(chunk_size=5000):
            zone = next((zones[path[:end]] for end in range(len(path), 0, -STEP) if path[:end] in zones), None)
            yield Return(collection=collection, organisation_id=pk, zone_id=zone, due=collection.due)

    return len(Return.objects.bulk_create(new(), batch_size=_AT_ONCE))


def _need_open(collection: Collection) -> None:
    if collection.closed:
        refuse("returns.closed", None, Text("采集已关闭", "the collection is closed"))


def _check(
    code: str, name: str, book: str, entity: str, forms: Sequence[str], greyed: Sequence[str], period: str,
    opens: datetime.date, due: datetime.date,
) -> str:  # fmt: skip
    """Everything that is wrong with what is asked; the version of the book when nothing is."""
    wrong = []
    if not code.replace("-", "").replace("_", "").isalnum() or not code.isascii() or len(code) > 60:
        message = Text("代码只能用字母、数字、“-”和“_”", "a code has letters, digits, - and _ only")
        wrong.append(problem("returns.code", "code", message))
    elif Collection.objects.filter(code=code).exists():
        wrong.append(problem("returns.code-taken", "code", Text(f"代码 {code} 已有", f"the code {code} is in use")))
    if not name:
        wrong.append(problem("returns.name", "name", Text("请填写名称", "a name is needed")))
    if due < opens:
        wrong.append(problem("returns.due", "due", Text("截止早于开始", "it would be due before it opens")))
    version = ""
    try:
        held = books.book(book)
    except BookError as error:
        message = error.findings[0].message
        raise InputError([*wrong, problem("returns.book", "book", message)]) from None
    version = held.version
    if entity not in REPORTERS or not any(item.entity == entity for item in held.items.values()):
        message = Text(f"{book} 中没有由 {entity} 填报的指标", f"nobody of the kind {entity} reports in {book}")
        wrong.append(problem("returns.entity", "entity", message))
    known = {section.form for section in books.sections(book, entity, [])} if entity in held.entities else set()
    if unknown := [form for form in forms if form not in known]:
        listed = "、".join(unknown)
        wrong.append(problem("returns.forms", "forms", Text(f"没有表 {listed}", f"there is no form {listed}")))
    there = books.asked(book, entity, list(forms), []) if known else frozenset()
    if unknown := [item for item in greyed if item not in there]:
        listed = "、".join(unknown)
        wrong.append(problem("returns.greyed", "greyed", Text(f"表中没有指标 {listed}", f"there is no item {listed}")))
    elif there and there <= set(greyed):
        wrong.append(problem("returns.greyed", "greyed", Text("没有要填的指标", "nothing is left to fill in")))
    try:
        period_ordinal(period, held.frequency)
    except ValueError:
        example = {"year": "2025", "quarter": "2025-Q3", "month": "2025-08"}[held.frequency]
        message = Text(f"报告期应写作 {example}", f"write the period like {example}")
        wrong.append(problem("returns.period", "period", message))
    if wrong:
        raise InputError(wrong)
    return version
