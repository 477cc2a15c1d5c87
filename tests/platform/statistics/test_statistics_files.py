"""Files: the template of one return, and the returns of many, in the background and all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from stdnum.cn import uscc
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.jobs.worker import run_waiting
from gaoxin.platform.organisations import actions as organisations
from gaoxin.platform.statistics.actions import collecting, fixing, importing, reporting
from gaoxin.platform.statistics.models import Collection, Import, ImportState, Return, State, Version
from gaoxin.platform.statistics.queries import returns as queries
from gaoxin.platform.statistics.workbook import table_of_many, template
from gaoxin.problems import InputError

Collect = Callable[..., Collection]
Readers = Callable[[str], Reader]


def credit_code(number: int) -> str:
    """A credit code with the right check character."""
    stem = f"9131000013225{number:04d}"
    return stem + str(uscc.calc_check_digit(stem))


CODES = (credit_code(1), credit_code(2))


def of(collection: Collection, organisation: str) -> Return:
    return Return.objects.get(collection=collection, organisation__code=organisation)


def sent(content: bytes, name: str = "file.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def csv(*rows: str) -> SimpleUploadedFile:
    return sent("\n".join(("firm,zone,period,qc05_0,qj09,qj67,qd01", *rows)).encode(), "firms.csv")


@pytest.fixture
def firms(world: World, collect: Collect) -> Collection:
    """A collection with two firms of the first zone whose credit codes are valid."""
    by = Reader.command("tests")
    for n, code in enumerate(CODES):
        park = world.organisation("P1")
        organisations.add(by, park, kind=Kind.FIRM, code=code, name=f"企业{n}", synthetic=True)
    held = collect()
    assert collecting.ask_newcomers(by, held) == 2
    return held


def imported(reader: Readers, world: World, collection: Collection, file: SimpleUploadedFile, **more: str) -> Import:
    held, _ = importing.send(reader("zone_reporter"), collection, world.organisation("Z1"), file, **more)
    assert run_waiting() == 1
    held.refresh_from_db()
    return held


def test_the_template_has_last_period_locked_and_comes_back_as_it_was_filled(
    world: World, reader: Readers, collect: Collect, approved: Callable[..., Version]
) -> None:
    approved(collect("firms-2024", period="2024"), "F1", {"qd01": "5", "qc05_0": "123456789012345.678"})
    held = of(collect(), "F1")
    reporting.save(reader("firm"), held, {"qb11": "是", "qd06": "3", "project.2.qh51": "1.5"})
    held = of(held.collection, "F1")
    book = load_workbook(io.BytesIO(template(held, held.latest.figures, queries.before(held))))
    people = next(book[name] for name in book.sheetnames if "GQ-003" in name)
    row = next(n for n in range(4, 60) if people.cell(n, 2).value == "qd01")
    assert people.protection.sheet
    assert (people.cell(row, 5).value, people.cell(row, 5).protection.locked) == (5, True)
    assert people.cell(row, 4).protection.locked is False
    people.cell(row, 4).value = 9
    projects = next(book[name] for name in book.sheetnames if "GQ-004" in name)
    heading = [cell.value for cell in projects[3]]
    projects.cell(4, heading.index("qh51") + 1).value = 2.25
    content = io.BytesIO()
    book.save(content)
    saved = importing.fill(reader("firm"), held, sent(content.getvalue()))
    assert saved.version.figures == {
        "qb11": "true", "qd06": "3", "qd01": "9", "project.1.qh51": "2.250", "project.2.qh51": "1.500",
    }  # fmt: skip


def test_a_template_with_one_wrong_cell_is_not_taken_and_the_cell_is_named(
    world: World, reader: Readers, collect: Collect
) -> None:
    held = of(collect(), "F1")
    reporting.save(reader("firm"), held, {"qd01": "1"})
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet("GQ-003")
        page.write_row(0, 0, ["指标", "代码", "单位", "本期"])
        page.write_row(1, 0, ["", "qd01", "", "7"])
        page.write_row(2, 0, ["", "qd06", "", "三"])
    with pytest.raises(InputError) as refused:
        importing.fill(reader("firm"), held, sent(content.getvalue()))
    (wrong,) = refused.value.problems
    assert wrong.item == "qd06"
    assert "工作表 GQ-003 D3" in wrong.message.zh
    assert of(held.collection, "F1").latest.figures == {"qd01": "1"}


def test_a_file_that_is_no_template_is_said_to_be_none(world: World, reader: Readers, collect: Collect) -> None:
    with pytest.raises(InputError) as refused:
        importing.fill(reader("firm"), of(collect(), "F1"), sent(b"a,b\n1,2\n", "x.csv"))
    assert [p.rule for p in refused.value.problems] == ["returns.template"]


def test_many_are_taken_together_and_what_is_clean_is_submitted_when_somebody_signs(
    world: World, reader: Readers, firms: Collection
) -> None:
    reporting.save(reader("zone_reporter"), of(firms, CODES[0]), {"qc06": "1", "qc05_0": "9"})
    held = imported(
        reader, world, firms, csv(f"{CODES[0]},Z1,2025,100.5,,,12", f"{CODES[1]},Z1,2025,7,1,2,3"), signatory="王某"
    )
    assert (held.state, held.taken, held.submitted) == (ImportState.DONE, 2, 1)
    first, second = of(firms, CODES[0]), of(firms, CODES[1])
    assert first.latest.figures == {"qc05_0": "100.500", "qc06": "1.000", "qd01": "12"}
    assert (first.state, first.latest.signatory) == (State.SUBMITTED, "王某")
    assert (second.state, second.latest.figures["qj67"]) == (State.DRAFT, "2")
    assert {one["rule"] for one in held.report if one["reporter"] == CODES[1] and one["severity"] == "error"} == {
        "rd_staff_management"
    }
    job = Job.objects.get()
    assert job.address == f"/statistics/imports/{held.pk}/"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (f"{CODES[1]},Z1,2025,abc,,,3", "cell.not-a-number"),
        (f"{credit_code(3)},Z2,2025,1,,,3", "import.reporter"),
        (f"{CODES[0]},Z1,2025,7,,,3", "reporter.duplicate"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(
    world: World, reader: Readers, firms: Collection, row: str, rule: str
) -> None:
    held = imported(reader, world, firms, csv(f"{CODES[0]},Z1,2025,100,,,12", row), signatory="王某")
    assert (held.state, held.taken) == (ImportState.REFUSED, 0)
    assert rule in {one["rule"] for one in held.report}
    assert not Version.objects.exists()
    assert not Entry.objects.filter(action__in=["returns.save", "returns.submit"]).exists()


def test_a_return_that_was_submitted_meanwhile_keeps_the_whole_file_out(
    world: World, reader: Readers, firms: Collection
) -> None:
    for code in CODES:
        reporting.save(reader("zone_reporter"), of(firms, code), {"qd01": "1"})
    reporting.submit(reader("zone_reporter"), of(firms, CODES[1]), signatory="王某")
    held = imported(reader, world, firms, csv(*(f"{code},Z1,2025,100,,,12" for code in CODES)))
    assert held.state == ImportState.REFUSED
    assert [one["rule"] for one in held.report if one["severity"] == "error"] == ["import.state"]
    assert of(firms, CODES[0]).latest.figures == {"qd01": "1"}


def test_an_import_that_was_done_is_not_done_again(world: World, reader: Readers, firms: Collection) -> None:
    held = imported(reader, world, firms, csv(f"{CODES[0]},Z1,2025,100,,,12"), signatory="王某")
    Job.objects.update(state="waiting")
    assert run_waiting() == 1
    assert Job.objects.get().state == "done"
    held.refresh_from_db()
    assert (held.taken, of(firms, CODES[0]).versions.count()) == (1, 1)


def test_an_upload_is_compared_with_the_figures_fixed_for_the_year_before(
    world: World, reader: Readers, collect: Collect, firms: Collection, approved: Callable[..., Version]
) -> None:
    by = Reader.command("tests")
    park = world.organisation("P1")
    former = collect("firms-2024", period="2024")
    codes = [credit_code(n) for n in range(1000, 1009)]
    for n, code in enumerate(codes):
        organisations.add(by, park, kind=Kind.FIRM, code=code, name=f"同行{n}", synthetic=True)
    collecting.ask_newcomers(by, former)
    collecting.ask_newcomers(by, firms)
    for code in codes:
        approved(former, code, {"qc05_0": "1000", "qd01": "10"})
    fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2024")
    rows = [f"{code},Z1,2025,{1000 if n else 1000000},,,10" for n, code in enumerate(codes)]
    held = imported(reader, world, firms, csv(*rows), signatory="王某")
    slips = [one["reporter"] for one in held.report if one["rule"] == "quality.unit-slip"]
    assert slips == [codes[0]]
    assert held.submitted == len(codes) - 1


def test_the_table_of_many_is_read_back_as_it_was_written(world: World, reader: Readers, firms: Collection) -> None:
    reporting.save(reader("zone_reporter"), of(firms, CODES[0]), {"qc05_0": "1.5", "qb11": "是", "qb04": "2001-02-03"})
    returns = firms.returns.filter(organisation__code__in=CODES).select_related("organisation", "zone", "latest")
    held = imported(reader, world, firms, sent(table_of_many(firms, returns)))
    assert held.state == ImportState.DONE, held.report
    assert of(firms, CODES[0]).latest.figures == {"qc05_0": "1.500", "qb11": "true", "qb04": "2001-02-03"}


def test_the_pages_take_a_file_and_show_what_became_of_it(
    world: World, signed_in: Callable[..., object], firms: Collection
) -> None:
    browser = signed_in("zone_reporter")
    answer = browser.post("/statistics/returns/firms-2025/upload/", {"file": csv("x,Z1,2025,1,,,1")})
    assert answer.status_code == 302
    run_waiting()
    page = browser.get(f"/statistics/imports/{Import.objects.get().pk}/").content.decode()
    assert "没有写入任何数据" in page
    assert browser.get(f"/statistics/imports/{Import.objects.get().pk}/?format=csv").status_code == 200
