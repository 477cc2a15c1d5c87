"""Makes a small site in the database of the environment: the city, last year's approved figures, this year's asked."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import django


def make() -> None:
    """Migrate and fill."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone
    from own_books import MONTHLY, write_books
    from world import make_world

    from gaoxin.platform.access.reader import Reader
    from gaoxin.platform.organisations.models import Organisation
    from gaoxin.platform.statistics.actions import collecting, reporting, reviewing
    from gaoxin.platform.statistics.models import Return

    write_books(settings.DATA)
    call_command("migrate", verbosity=0)
    make_world()
    by, city, today = Reader.command("tests"), Organisation.objects.get(code="CITY"), timezone.localdate()
    for year in ("2024", "2025"):
        held = collecting.open_collection(
            by, city, code=f"firms-{year}", name=f"{year} 年企业年报", name_en=f"Annual returns of firms {year}",
            book="torch-enterprise-2022", entity="firm", forms=["GQ-002", "GQ-003", "GQ-004"], period=year,
            opens=today - datetime.timedelta(days=9), due=today + datetime.timedelta(days=9), synthetic=True,
        )  # fmt: skip
        if year == "2024":
            one = Return.objects.get(collection=held, organisation__code="F1")
            reporting.save(by, one, {"qc05_0": "1000", "qc24": "5000", "qd01": "20", "qc13": "90"})
            reporting.submit(by, one, signatory="王某")
            reviewing.approve(by, reviewing.forward(by, one))
            collecting.close(by, held, reason="年报结束")
    for month in ("2025-07", "2025-08"):
        held = collecting.open_collection(
            by, city, code=f"zones-{month}", name=f"{month} 园区月报", name_en=f"Monthly return of zones {month}",
            book=MONTHLY, entity="zone", greyed=["m_people"], period=month, opens=today - datetime.timedelta(days=9),
            due=today + datetime.timedelta(days=9), synthetic=True,
        )  # fmt: skip
        if month == "2025-07":
            one = Return.objects.get(collection=held, organisation__code="Z1")
            reporting.save(by, one, {"m_output": "1000", "m_export": "100"})
            reporting.submit(by, one, signatory="王某")
            reviewing.approve(by, reviewing.forward(by, one))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    make()
