"""Snapshots: the approved figures of a period as Parquet files that never change, each with its SHA-256.

A snapshot is a folder that `gaoxin.returns.read_returns` reads: one file for each rulebook and kind of reporter. Beside
them `_places.parquet` says where in the tree each reporter was, `_usual-….parquet` what is usual among peers, and
`_contents.json` lists the files with their hashes.
Whoever has the hash of that list can tell whether anything was altered since.

    from gaoxin.platform.statistics import snapshots

    held = snapshots.latest(reader, "2025")
    figures = read_returns(snapshots.verified(held), book, period="2025")
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.refusals import problem, refuse
from gaoxin.platform.statistics import books, document, peers
from gaoxin.platform.statistics.models import Collection, Return, Snapshot, Version
from gaoxin.platform.statistics.peers import write_norms
from gaoxin.platform.statistics.permissions import SNAPSHOTS
from gaoxin.problems import InputError
from gaoxin.returns.columns import ARROW_TYPES, decimal_type
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text

CONTENTS = "_contents.json"
PLACES = "_places.parquet"
ABANDONED = 86_400
"""Seconds after which an unfinished folder is nobody's: nothing takes so long to write."""
_AT_ONCE = 500
_ROWS = 20_000
"""Rows of a file that are written together."""
_NAMED = {"zone", "firm"}
T = TypeVar("T")
_PLACE_COLUMNS = ("entity", "key", "path", "zone", "zone_path")


def latest(reader: Reader, period: str, permission: Permission = SNAPSHOTS) -> Snapshot:
    """The newest snapshot of ``period``.

    Raises PermissionDenied or Http404 as every query does; Http404 also where none was fixed yet.
    """
    newest = limit(reader, permission, Snapshot.objects.filter(period=period)).values_list("pk", flat=True).first()
    return find(reader, permission, Snapshot.objects.all(), pk=newest or 0)


def series(reader: Reader, period: str, permission: Permission = SNAPSHOTS) -> list[Snapshot]:
    """The newest snapshot of ``period`` and of every earlier period, the latest period first.

    Rules look back (``prior``); an evaluation that is to be repeated writes down all of these.
    """
    found: dict[str, Snapshot] = {}
    for held in limit(reader, permission, Snapshot.objects.filter(period__lte=period)):
        if len(held.period) == len(period):
            found.setdefault(held.period, held)
    return list(found.values())


def verified(snapshot: Snapshot) -> list[Path]:
    """The files of returns of a snapshot, after every file was compared with its hash.

    Raises
    ------
    InputError
        When a file is missing or is not what was fixed.
    """
    listed = snapshot.path / CONTENTS
    altered = []
    if not listed.is_file() or _sha256(listed) != snapshot.sha256:
        altered.append(CONTENTS)
    for name, sha256 in snapshot.contents.items():
        path = snapshot.path / name
        if not path.is_file() or _sha256(path) != sha256:
            altered.append(name)
    if altered:
        raise InputError(
            [
                problem(
                    "snapshots.altered",
                    name,
                    Text(
                        f"快照 {snapshot} 的文件 {name} 缺失或被改动",
                        f"{name} of the snapshot {snapshot} is not as fixed",
                    ),
                    Text("请从备份恢复", "restore it from a backup"),
                )
                for name in altered
            ]
        )
    return snapshot.paths


@dataclass(frozen=True, slots=True)
class Written:
    """A folder that was written: its place below the media folder, its hash, what it holds, of which moment it is."""

    folder: str
    sha256: str
    contents: dict[str, str]
    counts: dict[str, int]
    read: datetime.datetime


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported, where it was in the tree, and the versions that were approved of it: they never change."""

    code: str
    name: str
    path: str
    zone: str | None
    zone_path: str | None
    versions: tuple[int, ...]


Report = Callable[[float], None]
"""Is told the share of the work that is done."""


def named(period: str, at: datetime.datetime) -> str:
    """A name for the folder of a snapshot."""
    return f"snapshots/{period}-{at:%Y%m%d%H%M%S}-{uuid4().hex[:8]}"


def write(
    period: str,
    collections: Sequence[Collection],
    at: datetime.datetime,
    folder: str = "",
    report: Report | None = None,
) -> Written:
    """Write the approved figures of ``collections`` (all of ``period``) into a new folder.

    The folder gets its name when everything in it is on the disk; a server that is killed before leaves a folder
    whose name begins with a dot, which nothing reads. Needs no transaction: who has which approved version is read in
    one statement, and a version that was approved never changes.

    Parameters
    ----------
    folder
        Below the media folder, from `named`; what an attempt that was killed left there is removed.
    """
    target = Path(settings.MEDIA_ROOT) / (folder or named(period, at))
    home, unfinished = target.parent, target.with_name(f".{target.name}")
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home, at)
    for left in (target, unfinished):
        shutil.rmtree(left, ignore_errors=True)
    unfinished.mkdir()
    try:
        held, read = approved(collections), timezone.now()
        done = _counted(report, sum(map(len, held.values())))
        counts: dict[str, int] = {}
        places = _Table(unfinished / PLACES, pa.schema([(column, pa.string()) for column in _PLACE_COLUMNS]))
        with places:
            for (book, entity), asked in groupby(sorted(collections, key=_kind), key=_kind):
                reporters = done(_figures(held.get((book, entity), [])))
                synthetic = any(one.synthetic for one in asked)
                found = _write_entity(unfinished, book, entity, period, synthetic, reporters, places)
                for who, number in found.items():
                    counts[who] = max(counts.get(who, 0), number)
                returns = unfinished / f"{entity}-{book}.parquet"
                write_norms(returns, books.book(book), entity, unfinished / peers.name(entity, book))
        if not any(counts.values()):
            refuse(
                "snapshots.nothing", None,
                Text(f"{period} 还没有批准的报表", f"no return of {period} was approved yet"),
            )  # fmt: skip
        contents = {path.name: _sha256(path) for path in sorted(unfinished.iterdir())}
        listed = unfinished / CONTENTS
        listed.write_text(json.dumps(contents, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        for path in unfinished.iterdir():
            _to_disk(path)
            path.chmod(0o440)
        sha256 = _sha256(listed)
        unfinished.rename(target)
        _to_disk(home)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Written(str(target.relative_to(settings.MEDIA_ROOT)), sha256, contents, counts, read)


def _counted(report: Report | None, total: int) -> Callable[[Iterable[T]], Iterator[T]]:
    """Passes on what goes through, and reports how much of all that was."""
    passed = 0

    def counting(through: Iterable[T]) -> Iterator[T]:
        nonlocal passed
        for one in through:
            passed += 1
            if report is not None and passed % _AT_ONCE == 0:
                report(passed / total)
            yield one

    return counting


def _sweep(home: Path, now: datetime.datetime) -> None:
    """Remove what servers that were killed left unfinished. A folder with a name stays, even when no snapshot names it:
    the database may have come from an older backup."""
    for left in home.glob(".*"):
        if now.timestamp() - left.stat().st_mtime > ABANDONED:
            shutil.rmtree(left, ignore_errors=True)


def _kind(collection: Collection) -> tuple[str, str]:
    return collection.book, collection.entity


@dataclass
class _Table:
    """A Parquet file that is written some rows at a time; a file without rows is not kept."""

    path: Path
    schema: pa.Schema
    rows: dict[str, list[str | None]] = field(default_factory=dict)
    written: int = 0
    _waiting: int = 0
    _writer: pq.ParquetWriter | None = None

    def __enter__(self) -> _Table:
        self.rows = {name: [] for name in self.schema.names}
        return self

    def add(self, row: dict[str, str]) -> None:
        for name, column in self.rows.items():
            column.append(row.get(name) or None)
        self._waiting += 1
        if self._waiting >= _ROWS:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        self._writer = self._writer or pq.ParquetWriter(self.path, self.schema, compression="zstd")
        columns = [_column(self.rows[f.name], f.type) for f in self.schema]
        self._writer.write_table(pa.table(columns, schema=self.schema))
        self.written += self._waiting
        self._waiting = 0
        self.rows = {name: [] for name in self.schema.names}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        if self._writer is not None:
            self._writer.close()


def _column(texts: list[str | None], kind: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(kind):
        return pa.array([None if text is None else text == "true" for text in texts], kind)
    column = pa.array(texts, pa.string())
    return column if pa.types.is_string(kind) else pc.cast(column, kind)


def _write_entity(
    folder: Path, book_name: str, entity: str, period: str, synthetic: bool,
    reporters: Iterable[tuple[Reporter, dict[str, str]]], places: _Table,
) -> dict[str, int]:  # fmt: skip
    """Write the reporters of one entity and what is below them; how many of each there are."""
    book = books.book(book_name)
    below = [name for name, one in book.entities.items() if one.parent == entity]
    parent = book.entities[entity].parent

    def table(who: str, prefix: str = "") -> _Table:
        schema = _schema(who, book.entities[who].parent, [i for i in book.items.values() if i.entity == who])
        return _Table(folder / f"{prefix}{who}-{book_name}.parquet", schema.with_metadata(_marks(synthetic)))

    with ExitStack() as open_files:
        own, outside = (open_files.enter_context(table(entity, prefix)) for prefix in ("", "_outside-"))
        lower = {who: open_files.enter_context(table(who)) for who in below}
        for found, figures in reporters:
            # Whoever belongs to no zone is in no evaluation of zones, but in the tables of the whole city.
            inside = parent is None or found.zone is not None
            about = {entity: found.code, "period": period, f"{entity}_name": found.name}
            if parent is not None:
                about[parent] = found.zone or ""
            (own if inside else outside).add({**figures, **about})
            if inside:
                for who in below:
                    for number in document.numbers_below(figures, who):
                        start = f"{who}.{number}."
                        cells = {n[len(start) :]: v for n, v in figures.items() if n.startswith(start)}
                        if any(cells.values()):
                            lower[who].add(
                                {**cells, who: f"{found.code}/{number}", entity: found.code, "period": period}
                            )
            places.add(
                {"entity": entity, "key": found.code, "path": found.path, "zone": found.zone or "",
                 "zone_path": found.zone_path or found.path}
            )  # fmt: skip
    return {entity: own.written + outside.written, **{who: held.written for who, held in lower.items()}}


def approved(collections: Sequence[Collection]) -> dict[tuple[str, str], list[Reporter]]:
    """Who has approved figures in these collections, by rulebook and entity: each once, in the order of the codes."""
    kinds = {one.pk: _kind(one) for one in collections}
    wanted = Return.objects.filter(collection__in=collections, approved__isnull=False)
    of = ("organisation__code", "organisation__name", "organisation__path", "zone__code", "zone__path")
    rows = wanted.order_by("organisation__code", "collection__code").values_list("collection_id", "approved_id", *of)
    found: dict[tuple[str, str], list[Reporter]] = defaultdict(list)
    for collection, version, *whose in rows.iterator(chunk_size=_ROWS):
        held = found[kinds[collection]]
        if held and held[-1].code == whose[0]:
            former = held.pop().versions
            held.append(Reporter(*whose, (*former, version)))
        else:
            held.append(Reporter(*whose, (version,)))
    return found


def _figures(reporters: Sequence[Reporter]) -> Iterator[tuple[Reporter, dict[str, str]]]:
    """Each with its approved figures of all collections together."""
    for start in range(0, len(reporters), _AT_ONCE):
        some = reporters[start : start + _AT_ONCE]
        keys = [key for one in some for key in one.versions]
        documents = dict(Version.objects.filter(pk__in=keys).values_list("pk", "figures"))
        for one in some:
            figures: dict[str, str] = {}
            for key in one.versions:
                figures.update(documents[key])
            yield one, figures


def _schema(entity: str, parent: str | None, items: list[Item]) -> pa.Schema:
    keys = [entity, *([parent] if parent else []), "period", *([f"{entity}_name"] if entity in _NAMED else [])]
    types = [
        (item.code, decimal_type(item.decimals or 0) if item.type == "decimal" else ARROW_TYPES[item.type])
        for item in items
    ]
    return pa.schema([*((name, pa.string()) for name in keys), *types])


def _marks(synthetic: bool) -> dict[bytes, bytes]:
    return {b"synthetic": b"true"} if synthetic else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
