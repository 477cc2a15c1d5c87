"""A site as it is run: begun, killed in the middle of an import, backed up, restored; each in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from firm_codes import credit_code

from gaoxin.platform.backup import FILES, _bring_back, restore_backup, write_backup
from gaoxin.platform.site_folder import is_own_machine, make_site
from gaoxin.problems import InputError

BEGIN_AND_DIE = """
import os, signal, sys
from pathlib import Path
from gaoxin.cli.backup import backup
from gaoxin.cli.platform import begin
site, copy, table = map(Path, sys.argv[1:])
begin(code="CITY", name="某市", administrator="first", site=site)
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.enterprises import actions
from gaoxin.platform.enterprises.permissions import CHANGE
from gaoxin.platform.organisations.actions import add
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.uploads.actions import receive
from django.core.files.uploadedfile import SimpleUploadedFile
by = Reader.command("test")
zone = add(by, Organisation.objects.get(code="CITY"), kind=Kind.ZONE, code="Z", name="园区")
sent = receive(by, CHANGE, zone, SimpleUploadedFile("firms.csv", table.read_bytes()), purpose="firms")
for folder in ("snapshots/2025", "evaluations/e1", "snapshots/.unfinished"):
    (site / "uploads" / folder).mkdir(parents=True)
    (site / "uploads" / folder / "firm.parquet").write_bytes(b"fixed figures")
backup(copy, site=site)
whole, seen = actions.record, []
def recording(*args, **kwargs):
    seen.append(1)
    if len(seen) == 12:
        os.kill(os.getpid(), signal.SIGKILL)
    whole(*args, **kwargs)
actions.record = recording
actions.import_firms(by, sent, {})
"""

RESTORE = """
import sys
from pathlib import Path
from gaoxin.cli.backup import restore
from gaoxin.cli.audit import verify
site, copy = map(Path, sys.argv[1:])
restore(copy, site=site)
verify(site=site)
from gaoxin.platform.accounts.models import User
from gaoxin.platform.uploads.models import Upload
from gaoxin.platform.uploads.reading import tables
assert User.objects.get().username == "first"
assert len(tables(Upload.objects.get())[""]) == 21
fixed, used = (site / "uploads" / folder / "firm.parquet" for folder in ("snapshots/2025", "evaluations/e1"))
assert fixed.read_bytes() == b"fixed figures" and fixed.samefile(used)
assert not (site / "uploads" / "snapshots" / ".unfinished").exists()
"""


def run(code: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GAOXIN_", "DJANGO_", "DATABASE_"))}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *map(str, arguments)], env={**clean, "GAOXIN_LOG_LEVEL": "ERROR"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_site_that_is_killed_loses_nothing_and_comes_back_from_its_backup(tmp_path: Path) -> None:
    table = tmp_path / "firms.csv"
    rows = "".join(f"{credit_code(n)},企业{n}\n" for n in range(20))
    table.write_text(f"统一社会信用代码,企业名称\n{rows}", encoding="utf-8")
    site, copy = tmp_path / "site", tmp_path / "backup.zip"
    killed = run(BEGIN_AND_DIE, site, copy, table)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert "管理员 first，密码" in killed.stdout

    with sqlite3.connect(site / "site.sqlite3") as database:
        assert database.execute("select count(*) from enterprises_firm").fetchone() == (0,)
        assert database.execute("select count(*) from uploads_upload").fetchone() == (1,)
        last = database.execute("select digest from audit_entry order by sequence desc limit 1").fetchone()[0]
    database.close()
    with zipfile.ZipFile(copy) as archive:
        manifest = json.loads(archive.read("backup.json"))
    assert manifest["audit"] == last, "the killed import left no entry"

    restored = run(RESTORE, tmp_path / "other", copy)
    assert restored.returncode == 0, restored.stderr
    assert f"完整 · 5 条记录 · {last}" in restored.stdout


def test_the_settings_of_a_site_are_its_owner_s_and_stay(tmp_path: Path) -> None:
    path = make_site(tmp_path / "site", HTTPS="no")
    text = path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "GAOXIN_HTTPS=no" in text
    make_site(tmp_path / "site", HTTPS="yes")
    assert path.read_text(encoding="utf-8") == text


def test_only_one_s_own_machine_goes_without_https() -> None:
    assert is_own_machine("127.0.0.1")
    assert not is_own_machine("0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("content", [b"not a zip", b""])
def test_what_is_no_backup_is_refused(content: bytes, tmp_path: Path, db: None) -> None:
    path = tmp_path / "backup.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no backup"):
        restore_backup(path)


def test_a_backup_is_not_restored_over_data_nor_when_it_was_changed(tmp_path: Path, world: object) -> None:
    copy = tmp_path / "backup.zip"
    if not _can_dump():
        pytest.skip("no pg_dump on the PATH")
    write_backup(copy)
    with pytest.raises(InputError, match="not empty"):
        restore_backup(copy)
    with pytest.raises(InputError, match="already"):
        write_backup(copy)
    with zipfile.ZipFile(copy) as archive:
        manifest, content = archive.read("backup.json"), archive.read("database")
    with zipfile.ZipFile(copy, "w") as archive:
        archive.writestr("backup.json", manifest)
        archive.writestr("database", content[:-1] + b"?")
    with pytest.raises(InputError, match="digest"):
        restore_backup(copy)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("snapshots/a", b"altered", "digest"), ("../a", b"fixed", "belong"), ("snapshots/a", None, "missing")],
)
def test_files_that_were_altered_or_lead_elsewhere_are_not_brought_back(
    name: str, content: bytes | None, said: str, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    digest = hashlib.sha256(b"fixed").hexdigest()
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        if content is not None:
            archive.writestr(f"{FILES}/{digest}", content)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive, pytest.raises(InputError, match=said):
        _bring_back(archive, {name: digest})
    assert not (tmp_path / "a").exists()


def _can_dump() -> bool:
    import shutil

    from django.db import connection

    return connection.vendor == "sqlite" or shutil.which("pg_dump") is not None
