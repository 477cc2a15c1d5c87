"""Finding returns and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.app import Found, platform_apps
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.queries import matching
from gaoxin.platform.statistics import books, peers
from gaoxin.platform.statistics.checking import Judged
from gaoxin.platform.statistics.models import Collection, Return, Snapshot, State, Version
from gaoxin.platform.statistics.peers import Norms
from gaoxin.platform.statistics.permissions import VIEW

_WITH = ("collection", "collection__organisation", "organisation", "zone", "latest", "approved")


def one(reader: Reader, collection: str, organisation: str, permission: Permission = VIEW) -> Return:
    """The return of ``organisation`` to ``collection``, by their codes."""
    there = Return.objects.select_related(*_WITH)
    return find(reader, permission, there, collection__code=collection, organisation__code=organisation)


def returns(
    reader: Reader, collection: Collection, *, state: str = "", text: str = "", late_on: object = None, zone: str = ""
) -> QuerySet[Return]:
    """The returns of a collection that the reader may see, in the order in which the reporters were registered.

    The key that a collection has of its reporters is in that order: a page of a hundred thousand reads a hundred.
    """
    found = limit(reader, VIEW, collection.returns.all())
    if state:
        found = found.filter(state=state)
    if late_on:
        found = found.filter(state__in=[State.DRAFT, State.RETURNED], due__lt=late_on)
    if zone:
        found = found.filter(zone__code=zone)
    if text:
        seen = limit(reader, VIEW, Organisation.objects.all(), "")
        found = found.filter(organisation__in=matching(seen, text).values("pk"))
    return found.select_related("organisation", "zone", "latest").defer("latest__figures").order_by("organisation_id")


def before(held: Return) -> Mapping[str, str]:
    """The approved figures of the same organisation for the period before, by the same rulebook."""
    return approved_figures(held, books.earlier(books.book(held.collection.book), held.collection.period))


def approved_figures(held: Return, period: str) -> Mapping[str, str]:
    """The approved figures of the same organisation for ``period``, by the same rulebook."""
    collection = held.collection
    found = Version.objects.filter(
        pk__in=Return.objects.filter(
            organisation=held.organisation_id, collection__book=collection.book, collection__entity=collection.entity,
            collection__period=period,
        ).values("approved_id")
    )  # fmt: skip
    figures: dict[str, str] = {}
    for document in found.values_list("figures", flat=True):
        figures.update(document)
    return figures


def usual(held: Return, figures: Mapping[str, str]) -> Norms:
    """What is usual among the peers of the reporter, from the figures that were fixed last for this period or before.

    Only the comparison sees it: who enters a return learns how far a figure is from a median over many.
    """
    collection = held.collection
    if peers.HEADCOUNT not in books.book(collection.book).items:
        return {}
    periods = (collection.period, books.earlier(books.book(collection.book), collection.period))
    fixed = Snapshot.objects.filter(organisation=collection.organisation_id, period__in=periods).first()
    return peers.usual(fixed.path / peers.name(collection.entity, collection.book), figures) if fixed else {}


def a_year_before(held: Return) -> Mapping[str, str]:
    """The approved figures of the same period last year, where the period is not a year; empty otherwise."""
    book = books.book(held.collection.book)
    periods = {"month": 12, "quarter": 4}.get(book.frequency)
    return approved_figures(held, books.earlier(book, held.collection.period, periods)) if periods else {}


def judged(held: Return, figures: Mapping[str, str], former: Mapping[str, str] | None = None) -> Judged:
    """The return with ``figures``, ready to be judged; ``former`` is `before`, when it is known already."""
    collection = held.collection
    asked = books.asked(collection.book, collection.entity, collection.forms, collection.greyed)
    return Judged(
        books.book(collection.book), collection.entity, collection.period, figures,
        before(held) if former is None else former, usual(held, figures), a_year_before(held), asked,
    )  # fmt: skip


def last_submitted(held: Return) -> Version | None:
    """The latest version that was submitted before the one that is being entered or looked at."""
    earlier = held.versions.filter(submitted__isnull=False)
    if held.latest is not None:
        earlier = earlier.filter(number__lt=held.latest.number)
    return earlier.order_by("-number").first()


def explanations(held: Return) -> dict[tuple[str, str], tuple[str, str]]:
    """Explanations by rule and cell: the value they were given for, and their text."""
    return {(e.rule, e.cell): (e.value, e.text) for e in held.explanations.all()}


@dataclass(frozen=True, slots=True)
class Touched:
    """What holds the approved figures of a return: snapshots, and what the reader may see that was made from these."""

    snapshots: list[Snapshot]
    resting: list[Found]

    def __bool__(self) -> bool:
        return bool(self.snapshots)


def touched(reader: Reader, held: Return) -> Touched:
    """What a correction of the return concerns.

    Apps that make something from snapshots say so in ``queries.made_from(reader, snapshots)``.
    """
    if held.approved is None or held.approved.approved is None:
        return Touched([], [])
    fixed = list(held.collection.snapshots.filter(created__gte=held.approved.approved))
    resting: list[Found] = []
    for app in platform_apps() if fixed else ():
        made_from = app.offered("queries", "made_from")
        if made_from is not None:
            resting += made_from(reader, fixed)
    return Touched(fixed, resting)
