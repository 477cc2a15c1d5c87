"""Forms of the city's own, by the month and by the quarter; cells that are not asked."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from own_books import MONTHLY, QUARTERLY, write_books
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.statistics import books, workbook
from gaoxin.platform.statistics.actions import collecting, fixing, importing, reporting, reviewing
from gaoxin.platform.statistics.models import Collection, Return, Version
from gaoxin.platform.statistics.queries import returns as queries
from gaoxin.problems import InputError
from gaoxin.returns import read_returns

Readers = Callable[[str], Reader]
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def own(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    write_books(tmp_path)
    for cached in (books.book, books._sections):
        cached.cache_clear()


def ask(world: World, reader: Reader, period: str, book: str = MONTHLY, **more: object) -> Collection:
    return collecting.open_collection(
        reader, world.organisation("CITY"), code=f"zones-{period.lower()}", name="园区报表", book=book, entity="zone",
        period=period, opens=TODAY, due=TODAY + datetime.timedelta(days=9), **more,
    )  # fmt: skip


def of(collection: Collection, zone: str = "Z1") -> Return:
    return Return.objects.get(collection=collection, organisation__code=zone)


def approve(reader: Readers, collection: Collection, **figures: str) -> None:
    reporting.save(reader("zone_reporter"), of(collection), figures)
    reporting.submit(reader("zone_reporter"), of(collection), signatory="王某")
    reviewing.forward(reader("zone_reviewer"), of(collection))
    reviewing.approve(reader("city_analyst"), of(collection))


def test_the_city_s_own_books_can_be_asked_for(world: World, signed_in: Callable[[str], Client]) -> None:
    assert books.book_names()[:2] == [MONTHLY, QUARTERLY]
    page = signed_in("city_analyst").get("/statistics/open/").content.decode()
    assert f'value="{MONTHLY}"' in page


def test_a_month_is_entered_beside_the_month_before_and_judged_against_a_year_before(
    world: World, reader: Readers, signed_in: Callable[[str], Client]
) -> None:
    analyst = reader("city_analyst")
    approve(reader, ask(world, analyst, "2024-08"), m_output="1000", m_export="100", m_people="400")
    approve(reader, ask(world, analyst, "2025-07"), m_output="90000", m_export="100", m_people="400")
    now = ask(world, analyst, "2025-08")
    reporting.save(reader("zone_reporter"), of(now), {"m_output": "9000", "m_export": "110", "m_people": "410"})
    entry = signed_in("zone_reporter").get("/statistics/returns/zones-2025-08/of/Z1/enter/").content.decode()
    assert "90,000" in entry, "last month's figure stands beside the cell"
    found = reporting.found_in(of(now))
    assert [(one.rule, one.item) for one in found] == [("compare.outlier", "m_output")]
    assert "上年同期 1,000" in found[0].message.zh
    reporting.explain(reader("zone_reporter"), of(now), rule="compare.outlier", cell="m_output", text="新厂投产")
    reporting.submit(reader("zone_reporter"), of(now), signatory="王某")
    review = signed_in("zone_reviewer").get("/statistics/returns/zones-2025-08/of/Z1/review/").content.decode()
    assert "上年同期" in review
    assert ">1,000<" in review
    assert "90,000" not in review


def test_without_a_year_before_the_month_before_is_compared(world: World, reader: Readers) -> None:
    analyst = reader("city_analyst")
    approve(reader, ask(world, analyst, "2025-07"), m_output="1000", m_people="400")
    now = ask(world, analyst, "2025-08")
    reporting.save(reader("zone_reporter"), of(now), {"m_output": "1000000", "m_people": "400"})
    (slip,) = reporting.found_in(of(now))
    assert (slip.rule, slip.item) == ("compare.unit-slip", "m_output")
    assert "上期 1,000" in slip.message.zh


def test_a_quarter_is_collected_approved_and_fixed(world: World, reader: Readers) -> None:
    analyst = reader("city_analyst")
    approve(reader, ask(world, analyst, "2025-Q3", QUARTERLY), m_output="1000", m_export="200", m_people="400")
    fixed = fixing.fix(analyst, world.organisation("CITY"), "2025-Q3")
    figures = read_returns(fixed.paths, books.book(QUARTERLY), period="2025-Q3")
    assert figures.column("zone", "m_export", "2025-Q3").to_pylist()[0] == 200
    with pytest.raises(InputError, match="2025-Q3"):
        ask(world, analyst, "2025-08", QUARTERLY)


def test_a_grey_cell_takes_nothing_by_page_file_or_api(
    world: World, reader: Readers, signed_in: Callable[[str], Client]
) -> None:
    analyst, reporter = reader("city_analyst"), reader("zone_reporter")
    approve(reader, ask(world, analyst, "2025-07"), m_output="1000", m_people="400")
    held = of(ask(world, analyst, "2025-08", greyed=["m_people"]))
    saved = reporting.save(reporter, held, {"m_output": "1100", "m_people": "410"})
    assert (dict(saved.kept), [one.item for one in saved.wrong]) == ({"m_output": "1100.000"}, ["m_people"])
    page = signed_in("zone_reporter").get("/statistics/returns/zones-2025-08/of/Z1/enter/").content.decode()
    assert 'name="cell:m_people"' not in page
    assert "不填" in page
    held = of(held.collection)
    assert reporting.found_in(held) == [], "what is not asked has not vanished"
    content = workbook.template(held, held.latest.figures, queries.before(held))
    book = load_workbook(io.BytesIO(content))
    sheet = next(book[name] for name in book.sheetnames if "表二" in name)
    row = next(n for n in range(1, 20) if sheet.cell(n, 2).value == "m_people")
    assert sheet.cell(row, 4).protection.locked
    importing.fill(reporter, held, SimpleUploadedFile("as-it-was.xlsx", content))
    sheet.cell(row, 4).value = 5
    book.save(changed := io.BytesIO())
    with pytest.raises(InputError):
        importing.fill(reporter, of(held.collection), SimpleUploadedFile("changed.xlsx", changed.getvalue()))
    assert Version.objects.get(return_of=held).figures == {"m_output": "1100.000"}


@pytest.mark.parametrize("greyed", [["nonsense"], ["m_output", "m_export", "m_people"]])
def test_what_is_grey_must_be_in_the_forms_and_leave_something(
    world: World, reader: Readers, greyed: list[str]
) -> None:
    with pytest.raises(InputError) as refused:
        ask(world, reader("city_analyst"), "2025-08", greyed=greyed)
    assert [one.item for one in refused.value.problems] == ["greyed"]
