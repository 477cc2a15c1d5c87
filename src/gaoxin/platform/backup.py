"""A backup of the whole site in one file, and bringing it back: everything is in the database, uploads too.

The file is a zip: ``backup.json`` (version, kind of database, last digest of the audit, SHA-256) and the database: a
consistent copy of SQLite, or the custom format of ``pg_dump``. Secrets of the settings are not in it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from gaoxin import __version__
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

MANIFEST, CONTENT = "backup.json", "database"


def write_backup(target: Path) -> dict[str, Any]:
    """Write a backup of the open site to ``target``, whole or not at all; returns its manifest."""
    if target.exists():
        refuse("backup.exists", None, Text(f"{target} 已存在", f"{target} is there already"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".gaoxin-", dir=target.parent) as folder:
        content = Path(folder) / CONTENT
        _dump(content)
        last = Entry.objects.order_by("-sequence").values_list("digest", flat=True).first()
        manifest = {
            "gaoxin": __version__,
            "database": connection.vendor,
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "audit": last or "",
            "sha256": _digest(content),
        }
        made = Path(folder) / "backup.zip"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(content, CONTENT)
        os.replace(made, target)
    return manifest


def restore_backup(source: Path) -> dict[str, Any]:
    """Bring the backup back into the empty database of the open site; returns its manifest.

    Raises
    ------
    InputError
        When the file is no backup or damaged, is of another kind of database, or the site has data.
    """
    with TemporaryDirectory(prefix="gaoxin-") as folder:
        try:
            with zipfile.ZipFile(source) as archive:
                manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
                content = Path(archive.extract(CONTENT, folder))
        except (zipfile.BadZipFile, KeyError, ValueError):
            refuse("backup.damaged", None, Text(f"{source} 不是备份或已损坏", f"{source} is no backup, or damaged"))
        if manifest.get("sha256") != _digest(content):
            refuse("backup.digest", None, Text("备份的摘要不符", "the backup does not match its digest"))
        if manifest.get("database") != connection.vendor:
            refuse(
                "backup.database", None,
                Text(f"备份来自 {manifest.get('database')}", f"the backup is of {manifest.get('database')}"),
                Text("请恢复到同类数据库", "restore it into a database of that kind"),
            )  # fmt: skip
        if connection.introspection.table_names():
            refuse(
                "backup.not-empty", None,
                Text("站点的数据库不是空的", "the database of the site is not empty"),
                Text("请恢复到新的站点", "restore into a new site"),
            )  # fmt: skip
        _load(content)
    return manifest


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
        copy.close()
        return
    _run_postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        path = Path(connection.settings_dict["NAME"])
        shutil.copyfile(source, path)
        for beside in ("-wal", "-shm"):
            Path(f"{path}{beside}").unlink(missing_ok=True)
        return
    _run_postgres("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(source))


def _run_postgres(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL against the database of the site; the password goes by the environment."""
    found = shutil.which(program)
    if found is None:
        refuse(
            "backup.program", None,
            Text(f"没有找到 {program}", f"{program} is not on the PATH"),
            Text("请安装 PostgreSQL 客户端程序", "install the client programs of PostgreSQL"),
        )  # fmt: skip
    at = connection.settings_dict
    places = {"PGHOST": at["HOST"], "PGPORT": str(at["PORT"] or ""), "PGUSER": at["USER"], "PGPASSWORD": at["PASSWORD"]}
    environment = {**os.environ, **{name: value for name, value in places.items() if value}}
    ran = subprocess.run(  # noqa: S603
        [found, f"--dbname={at['NAME']}", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        said = ran.stderr.strip()[-500:]
        refuse("backup.program", None, Text(f"{program}：{said}", f"{program}: {said}"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
