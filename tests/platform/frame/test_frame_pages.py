"""What holds for every page: headers, no inline code, error pages, downloads, logs without secrets."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from world import World

import gaoxin.platform
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.app import Todo
from gaoxin.platform.frame import tables, views
from gaoxin.platform.frame.tables import file_answer
from gaoxin.platform.logs import strike_secrets
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.tree import insert_below

HERE = Path(gaoxin.platform.__file__).parent
TEMPLATES = sorted(HERE.glob("*/templates/**/*.html"))


def test_a_page_says_what_the_browser_may_do(signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("city_analyst").get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Number"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_inline_code_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|hx-on", text)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_everything_in_both_languages(path: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"{%\s*(t|include)\s.*?%}", "", text)
    found = re.findall(r".*[一-鿿].*", text)
    assert not found, f"Chinese outside of {{% t %}}: {found[0]}"


def test_migrations_are_complete(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_page_that_is_not_there_says_so_with_its_number(signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("city_analyst").get("/organisations/NOWHERE/")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Number"] in answer.content.decode()


def test_a_failure_shows_its_number_and_no_traceback(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the database")

    monkeypatch.setattr("gaoxin.platform.organisations.queries.organisation", broken)
    client = signed_in("city_analyst")
    client.raise_request_exception = False
    logging.disable(logging.CRITICAL)
    try:
        answer = client.get("/organisations/Z1/")
    finally:
        logging.disable(logging.NOTSET)
    page = answer.content.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Request-Number"] in page
    assert "secret" not in page


def test_downloads_are_labelled_and_hold_no_formula(world: World, signed_in: Callable[[str], Client]) -> None:
    danger = "=HYPERLINK(1)"
    insert_below(world.organisation("Z1"), [Organisation(code="P7", name=danger, kind=Kind.PARK, synthetic=True)])
    client = signed_in("city_analyst")
    text = client.get("/organisations/?format=csv").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "合成数据"
    assert f"'{danger}" in text
    answer = client.get("/organisations/?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert danger in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}


def test_rows_as_a_file_keep_numbers_and_dates(db: None) -> None:
    import datetime

    answer = file_answer("x", "xlsx", ["a", "b", "c"], [(1.5, datetime.date(2025, 1, 2), "@sum")])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == [1.5, datetime.datetime(2025, 1, 2), "@sum"]


def test_tables_sort_and_page_by_their_address(world: World, signed_in: Callable[[str], Client]) -> None:
    insert_below(
        world.organisation("Z1"),
        [Organisation(code=f"PX{n:03}", name=f"分园{n:03}", kind=Kind.PARK) for n in range(150)],
    )
    client = signed_in("city_analyst")
    page = client.get("/organisations/?sort=-code&q=PX").content.decode()
    assert page.index("PX149") < page.index("PX148")
    assert "PX000" not in page
    assert "PX000" in client.get("/organisations/?sort=-code&q=PX&page=2").content.decode()
    assert "1 / 2" in page


def test_pages_far_back_hold_the_same_records(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    every_one = Organisation.objects.order_by("-kind", "pk").select_related("zone")
    monkeypatch.setattr(tables, "FAR", 2)
    pages = tables.Pages(every_one, 2)
    assert [one for number in pages.page_range for one in pages.page(number)] == list(every_one)
    assert pages.num_pages > 2


def test_the_search_finds_only_what_one_may_see(world: World, signed_in: Callable[[str], Client]) -> None:
    assert "/organisations/Z2/" in signed_in("city_analyst").get("/search/?q=园区").content.decode()
    page = signed_in("zone_reporter").get("/search/?q=园区").content.decode()
    assert "/organisations/Z1/" in page
    assert "/organisations/Z2/" not in page


def test_the_language_of_a_page_ends_with_the_page(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("city_analyst")
    client.cookies["django_language"] = "en"
    assert client.get("/").headers["Content-Language"] == "en"
    assert translation.get_language() == "zh-hans"


def test_the_work_list_marks_as_chinese_only_what_is(
    world: World, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [Todo("a", "/a/", place="Example park 2025"), Todo("b", "/b/", place="示例园 2025")]
    app = SimpleNamespace(offered=lambda *_: lambda *_: given)
    monkeypatch.setattr(views, "platform_apps", lambda: [app])
    client = signed_in("city_analyst")
    client.cookies["django_language"] = "en"
    page = client.get("/").content.decode()
    assert '<span class="quiet">Example park 2025</span>' in page
    assert '<span class="quiet"><span lang="zh-Hans">示例园</span> 2025</span>' in page


def test_secrets_are_struck_out_of_logs() -> None:
    event = {
        "password": "a1", "headers": {"Authorization": "Bearer b2", "Cookie": "c3", "Host": "x"},
        "event": "login with token=d4 and postgres://user:e5@host/db", "csrfmiddlewaretoken": "f6",
    }  # fmt: skip
    said = json.dumps(strike_secrets(None, "", event))
    assert not re.search(r"a1|b2|c3|d4|e5|f6", said)
    assert "host/db" in said


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "GAOXIN_SECRET_KEY"),
        ({"GAOXIN_SECRET_KEY": "x" * 50, "GAOXIN_SECOND_FACTOR": "perhaps"}, "GAOXIN_SECOND_FACTOR"),
        ({"GAOXIN_SECRET_KEY": "x" * 50, "GAOXIN_MAX_UPLOAD_MB": "-1"}, "GAOXIN_MAX_UPLOAD_MB"),
    ],
)
def test_a_wrong_setting_is_named(variables: dict[str, str], message: str) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GAOXIN_", "DJANGO_"))}
    ran = subprocess.run(
        [sys.executable, "-c", "import gaoxin.platform.settings.site"], env={**clean, **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode != 0
    assert message in ran.stderr


def test_a_site_is_closed_unless_it_is_opened() -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GAOXIN_", "DJANGO_", "DATABASE_"))}
    code = (
        "import gaoxin.platform.settings.site as s; assert not s.DEBUG; assert s.SESSION_COOKIE_SECURE;"
        "assert s.CSRF_COOKIE_SECURE; assert s.SECURE_SSL_REDIRECT; assert s.SECURE_HSTS_SECONDS > 0;"
        "assert s.SECOND_FACTOR == 'all'; assert '*' not in s.ALLOWED_HOSTS"
    )
    variables = {"GAOXIN_SECRET_KEY": "x" * 50}
    subprocess.run([sys.executable, "-c", code], env={**clean, **variables}, check=True)  # noqa: S603
