"""Importing firms: previewed row by row, all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from firm_codes import credit_code
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.chain import verify
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.enterprises.actions import import_firms
from gaoxin.platform.enterprises.imports import PURPOSE, plan
from gaoxin.platform.enterprises.models import Firm
from gaoxin.platform.enterprises.permissions import CHANGE
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.uploads.actions import receive
from gaoxin.platform.uploads.models import Upload
from gaoxin.platform.uploads.reading import kind_of, tables
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]
HEAD = ["统一社会信用代码", "企业名称", "园区", "行业代码", "成立日期", "高企发证日期", "高企证书编号"]


def rows(n: int, zone: str = "P1") -> list[list[str]]:
    return [[credit_code(k), f"导入企业{k}", zone, "3911", "2020年5月4日", "", ""] for k in range(n)]


def csv_file(body: Sequence[Sequence[str]], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    return "\n".join(",".join(row) for row in (head, *body)).encode(encoding)


def xlsx_file(body: Sequence[Sequence[str]], head: Sequence[str] = HEAD, above: Sequence[str] = ()) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("企业")
        for at, row in enumerate([*([line] for line in above), head, *body]):
            sheet.write_row(at, 0, row)
    return content.getvalue()


def sent(by: Reader, world: World, content: bytes, place: str = "Z1", name: str = "firms.csv") -> Upload:
    return receive(by, CHANGE, world.organisation(place), SimpleUploadedFile(name, content), purpose=PURPOSE)


@pytest.mark.parametrize(
    "content",
    [
        csv_file(rows(3)),
        csv_file(rows(3), encoding="gb18030"),
        xlsx_file(rows(3)),
        xlsx_file(rows(3), above=["某园区企业名录", "填报日期 2025 年"]),
    ],
    ids=["csv", "csv-gbk", "xlsx", "xlsx-with-title"],
)
def test_a_file_as_offices_keep_it_is_imported(content: bytes, world: World, reader: Readers) -> None:
    by = reader("zone_reporter")
    made = import_firms(by, sent(by, world, content), {})
    assert made.counts == {"add": 3, "change": 0, "same": 0, "error": 0}
    found = Firm.objects.get(organisation__code=credit_code(1))
    assert (str(found.organisation.name), found.zone.code, str(found.founded)) == ("导入企业1", "P1", "2020-05-04")
    assert Entry.objects.filter(action="firms.add").count() == 3
    assert Entry.objects.latest("sequence").action == "firms.import"
    assert verify().whole


def test_importing_again_does_nothing_and_changes_only_what_changed(world: World, reader: Readers) -> None:
    by = reader("zone_reporter")
    import_firms(by, sent(by, world, csv_file(rows(3))), {})
    again = sent(by, world, csv_file(rows(3)))
    assert plan(by, again.organisation, tables(again), {}).counts["same"] == 3
    with pytest.raises(InputError):
        import_firms(by, again, {})
    changed = rows(3)
    changed[1][1], changed[1][3], changed[2][5], changed[2][6] = "改名企业", "", "2023-12-01", "GR2023"
    made = import_firms(by, sent(by, world, csv_file(changed)), {})
    assert made.counts == {"add": 0, "change": 2, "same": 1, "error": 0}
    found = Firm.objects.get(organisation__code=credit_code(1))
    assert (found.organisation.name, found.industry) == ("改名企业", "3911"), "what the row leaves blank stays"
    assert Firm.objects.get(organisation__code=credit_code(2)).certificates.get().number == "GR2023"


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        (0, "91110000600037341X", "credit_code"),
        (0, "", "credit_code"),
        (0, credit_code(0), "credit_code"),
        (1, "", "name"),
        (2, "Z2", "zone"),
        (2, "没有的园区", "zone"),
        (3, "39", "industry"),
        (4, "昨天", "founded"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(
    column: int, value: str, field: str, world: World, reader: Readers
) -> None:
    by = reader("zone_reporter")
    body = rows(4)
    body[2][column] = value
    upload = sent(by, world, csv_file(body))
    made = plan(by, upload.organisation, tables(upload), {})
    wrong = [row for row in made.rows if row.does == "error"]
    assert [(row.number, [p.item for p in row.problems]) for row in wrong] == [(4, [field])]
    with pytest.raises(InputError):
        import_firms(by, upload, {})
    assert Firm.objects.count() == 2
    assert not Entry.objects.filter(action="firms.import").exists()


def test_a_firm_of_another_zone_is_not_taken_by_a_file(world: World, reader: Readers) -> None:
    city, by = reader("city_analyst"), reader("zone_reporter")
    import_firms(city, sent(city, world, csv_file(rows(1, zone="Z2")), place="CITY"), {})
    upload = sent(by, world, csv_file(rows(1)))
    made = plan(by, upload.organisation, tables(upload), {})
    assert [p.rule for row in made.rows for p in row.problems] == ["firms.elsewhere"]


def test_the_zone_may_be_left_out_when_the_file_is_for_one(world: World, reader: Readers) -> None:
    by = reader("zone_reporter")
    body = [row[:2] for row in rows(2)]
    made = import_firms(by, sent(by, world, csv_file(body, HEAD[:2])), {})
    assert {row.zone.code for row in made.rows if row.zone} == {"Z1"}


def test_columns_can_be_chosen_by_hand(world: World, reader: Readers) -> None:
    by = reader("zone_reporter")
    upload = sent(by, world, csv_file([row[:2] for row in rows(2)], ["代码甲", "叫什么"]))
    found = tables(upload)
    assert [f.code for f in plan(by, upload.organisation, found, {}).layout.missing] == ["credit_code", "name"]
    assert plan(by, upload.organisation, found, {"credit_code": "代码甲", "name": "叫什么"}).counts["add"] == 2


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\0\0", b"PK\x03\x04 not a workbook", b"\x7fELF\0\0\0"])
def test_what_is_no_table_is_refused(content: bytes, world: World, reader: Readers) -> None:
    with pytest.raises(InputError):
        sent(reader("zone_reporter"), world, content, name="firms.xlsx")
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_refused(world: World, reader: Readers, settings: pytest.FixtureRequest) -> None:
    settings.MAX_UPLOAD = 100  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="larger"):
        sent(reader("zone_reporter"), world, csv_file(rows(10)))


def test_kinds_are_told_by_content() -> None:
    assert kind_of(csv_file(rows(1))) == "csv"
    assert kind_of(xlsx_file(rows(1))) == "xlsx"
    assert kind_of(b"\0\1\2") is None


def test_the_pages_lead_from_the_file_to_the_register(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("zone_reporter")
    file = SimpleUploadedFile("名录.xlsx", xlsx_file(rows(3)))
    answer = client.post("/enterprises/import/", {"organisation": "Z1", "file": file})
    preview = answer.headers["Location"]
    page = client.get(preview).content.decode()
    assert "新增 3，修改 0，相同 0，有误 0" in page
    assert Organisation.objects.filter(kind="firm").count() == 2
    report = client.get(f"{preview}?format=csv").content.decode("utf-8-sig").splitlines()
    assert report[1].startswith(f"2,新增,{credit_code(0)},导入企业0")
    assert client.post(preview).headers["Location"] == "/enterprises/"
    assert Organisation.objects.filter(kind="firm").count() == 5


def test_a_file_of_another_zone_is_not_seen(world: World, reader: Readers, signed_in: Callable[[str], Client]) -> None:
    city = reader("city_analyst")
    upload = sent(city, world, csv_file(rows(1, zone="Z2")), place="Z2")
    assert signed_in("zone_reporter").get(f"/enterprises/import/{upload.pk}/").status_code == 404
    assert signed_in("zone_reporter").post(f"/enterprises/import/{upload.pk}/").status_code == 404


def test_many_rows_take_few_statements(world: World, reader: Readers) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    by = reader("zone_reporter")
    few, many = sent(by, world, csv_file(rows(10))), sent(by, world, csv_file(rows(300)))
    counts = []
    for upload in (few, many):
        with CaptureQueriesContext(connection) as queries:
            assert len(plan(by, upload.organisation, tables(upload), {}).rows) in {10, 300}
        counts.append(len(queries))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as queries:
        import_firms(by, many, {})
    assert len(queries) < 40
