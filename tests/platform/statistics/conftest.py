"""Collections and returns to test with; files of snapshots go to a folder of the test."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from world import World

from gaoxin.platform.statistics import books, document
from gaoxin.platform.statistics.models import Collection, Return, State, Version

FIRM_BOOK, ZONE_BOOK = "torch-enterprise-2022", "zone-return-2021"


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media"


@pytest.fixture
def collect(world: World) -> Callable[..., Collection]:
    """A collection that is open, with the returns of the organisations of the small city."""

    def make(code: str = "firms-2025", *, book: str = FIRM_BOOK, entity: str = "firm", period: str = "2025",
             due: datetime.date | None = None) -> Collection:  # fmt: skip
        today = timezone.localdate()
        held = Collection.objects.create(
            organisation=world.organisation("CITY"), code=code, name=code, book=book,
            book_version=books.book(book).version, entity=entity, period=period,
            opens=today - datetime.timedelta(days=20), due=due or today + datetime.timedelta(days=10), synthetic=True,
        )  # fmt: skip
        for n in (1, 2):
            whose = world.organisation(f"{'F' if entity == 'firm' else 'Z'}{n}")
            Return.objects.create(collection=held, organisation=whose, zone=world.organisation(f"Z{n}"), due=held.due)
        return held

    return make


@pytest.fixture
def approved() -> Callable[..., Version]:
    """Give a return approved figures, past all review."""

    def make(collection: Collection, organisation: str, figures: dict[str, str]) -> Version:
        kept, wrong = document.typed(books.book(collection.book), collection.entity, figures)
        assert not wrong, wrong
        held = Return.objects.get(collection=collection, organisation__code=organisation)
        now = timezone.now()
        version = Version.objects.create(
            return_of=held, number=held.versions.count() + 1, figures=kept, saved=now, submitted=now, reviewed=now,
            approved=now, sha256=document.digest(kept), signatory="甲",
        )  # fmt: skip
        held.latest = held.approved = version
        held.state, held.submitted = State.APPROVED, held.submitted or now
        held.save()
        return version

    return make
