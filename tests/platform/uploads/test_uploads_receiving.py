"""What is taken for a table: by its content and size, never by its name; kept as it came."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from openpyxl import Workbook
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.statistics.permissions import ENTER
from gaoxin.platform.uploads.actions import receive
from gaoxin.platform.uploads.models import Upload
from gaoxin.platform.uploads.queries import upload as found
from gaoxin.platform.uploads.reading import tables
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]


def workbook() -> bytes:
    book = Workbook()
    book.active.append(["企业", "收入"])
    book.active.append(["甲", 5])
    book.save(content := io.BytesIO())
    return content.getvalue()


def archive() -> bytes:
    with zipfile.ZipFile(content := io.BytesIO(), "w") as file:
        file.writestr("readme.txt", "no workbook")
    return content.getvalue()


def send(reader: Reader, world: World, content: bytes, name: str = "a.csv", at: str = "Z1") -> Upload:
    return receive(reader, ENTER, world.organisation(at), SimpleUploadedFile(name, content), purpose="returns")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(workbook(), "xlsx"), ("企业,收入\n甲,5\n".encode(), "csv"), ("企业,收入\n甲,5\n".encode("gb18030"), "csv"),
     ("企业,收入\n甲,5\n".encode("utf-16"), "csv")],
)  # fmt: skip
def test_a_table_is_known_by_its_content_and_kept_as_it_came(
    world: World, reader: Readers, content: bytes, kind: str
) -> None:
    sent = send(reader("zone_reporter"), world, content, "../../whatever.exe")
    assert (sent.kind, sent.name, sent.size) == (kind, "whatever.exe", len(content))
    kept = Upload.objects.get()
    assert bytes(kept.content) == content
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert [[cell.strip() for cell in row] for rows in tables(kept).values() for row in rows][:2] == [
        ["企业", "收入"], ["甲", "5"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"", "uploads.empty"), (b"\x7fELF\x02\x01\x00\x00", "uploads.kind"), (archive(), "uploads.kind"),
     (b"PK\x03\x04 broken", "uploads.kind"), (b"%PDF-1.7\n\x00\x01", "uploads.kind")],
)  # fmt: skip
def test_what_is_no_table_is_refused_and_not_kept(world: World, reader: Readers, content: bytes, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        send(reader("zone_reporter"), world, content, "table.xlsx")
    assert [one.rule for one in refused.value.problems] == [rule]
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_refused(world: World, reader: Readers, settings: Any) -> None:
    settings.MAX_UPLOAD = 20
    send(reader("zone_reporter"), world, b"a,b\n" + b"1" * 16)
    with pytest.raises(InputError) as refused:
        send(reader("zone_reporter"), world, b"a,b\n" + b"1" * 17)
    assert [one.rule for one in refused.value.problems] == ["uploads.size"]


def test_a_file_is_sent_and_found_within_one_s_own_place_and_for_its_purpose(world: World, reader: Readers) -> None:
    with pytest.raises(Http404):
        send(reader("zone_reporter"), world, b"a,b\n", at="Z2")
    with pytest.raises(PermissionDenied):
        send(reader("city_leader"), world, b"a,b\n")
    sent = send(reader("zone_reporter"), world, b"a,b\n")
    assert found(reader("zone_reporter"), ENTER, sent.pk, purpose="returns").pk == sent.pk
    for who, purpose in (("zone_reporter", "firms"), ("firm", "returns")):
        with pytest.raises(Http404):
            found(reader(who), ENTER, sent.pk, purpose=purpose)
