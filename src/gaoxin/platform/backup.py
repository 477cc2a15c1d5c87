"""A backup of the whole site in one file, and bringing it back: the database, uploads in it, and what never changes
beside it: snapshots of approved figures and the results of evaluations.

The file is a zip: ``backup.json`` (version, kind of database, last digest of the audit, SHA-256 of the database and of
every file), the database (a consistent copy of SQLite, or the custom format of ``pg_dump``), and the files, each of
their contents once. Secrets of the settings are not in it.
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
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection

from gaoxin import __version__
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

MANIFEST, CONTENT, FILES = "backup.json", "database", "files"
KEPT = ("snapshots", "evaluations")
"""Folders below the media folder; in them, what has a name that begins with a dot is not finished and is nobody's."""


def write_backup(target: Path) -> dict[str, Any]:
    """Write a backup of the open site to ``target``, whole or not at all; returns its manifest."""
    if target.exists():
        refuse("backup.exists", None, Text(f"{target} 已存在", f"{target} is there already"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".gaoxin-", dir=target.parent) as folder:
        content = Path(folder) / CONTENT
        _dump(content)
        # What the database names was on the disk before; what came since does no harm.
        files = {path.relative_to(settings.MEDIA_ROOT).as_posix(): _digest(path) for path in _files()}
        last = Entry.objects.order_by("-sequence").values_list("digest", flat=True).first()
        manifest = {
            "gaoxin": __version__,
            "database": connection.vendor,
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "audit": last or "",
            "sha256": _digest(content),
            "files": files,
        }
        made = Path(folder) / "backup.zip"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(content, CONTENT)
            for digest, name in {digest: name for name, digest in files.items()}.items():
                archive.write(Path(settings.MEDIA_ROOT) / name, f"{FILES}/{digest}", zipfile.ZIP_STORED)
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
        with zipfile.ZipFile(source) as archive:
            _bring_back(archive, manifest.get("files", {}))
        # The database comes last: who is interrupted before it has an empty site, and begins again.
        _load(content)
    return manifest


def _files() -> Iterator[Path]:
    for kind in KEPT:
        home = Path(settings.MEDIA_ROOT) / kind
        for folder in sorted(home.iterdir()) if home.is_dir() else ():
            if not folder.name.startswith("."):
                yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _bring_back(archive: zipfile.ZipFile, files: Mapping[str, str]) -> None:
    """Write the files where they were, each compared with its digest; one content under several names once."""
    home, written = Path(settings.MEDIA_ROOT).resolve(), dict[str, Path]()
    for name, digest in files.items():
        path = (home / name).resolve()
        if not path.is_relative_to(home):
            refuse("backup.damaged", None, Text(f"备份中有不该有的文件 {name}", f"{name} does not belong in a backup"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if digest in written:
            os.link(written[digest], path)
            continue
        try:
            with archive.open(f"{FILES}/{digest}") as content, path.open("wb") as file:
                shutil.copyfileobj(content, file)
        except (KeyError, zipfile.BadZipFile):
            refuse("backup.damaged", None, Text(f"备份中 {name} 缺失或损坏", f"{name} is missing or damaged"))
        if _digest(path) != digest:
            refuse("backup.digest", None, Text(f"{name} 的摘要不符", f"{name} does not match its digest"))
        path.chmod(0o440)
        written[digest] = path


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
