"""What a run reads: files of approved figures with their SHA-256, and what the experts said.

A run keeps its own links to the files in its folder, so that what was downloaded can be verified anywhere.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.evaluations.models import Score
from gaoxin.platform.refusals import problem, refuse
from gaoxin.platform.statistics import snapshots
from gaoxin.problems import InputError
from gaoxin.returns.files import find_files
from gaoxin.returns.findings import Findings
from gaoxin.words import Text

INPUTS = "inputs"
EXPERTS = "experts.csv"


@dataclass(frozen=True, slots=True)
class Input:
    """One file: where it is below the media folder, under which name the run keeps it, its hash, its snapshot."""

    path: str
    name: str
    sha256: str
    snapshot: int | None = None

    def plain(self) -> dict[str, object]:
        """As it is stored with the run."""
        return asdict(self)


def from_snapshots(reader: Reader, period: str) -> list[Input]:
    """The newest snapshot of the period and of every earlier one, since rules look back."""
    found = snapshots.series(reader, period)
    if not any(held.period == period for held in found):
        refuse(
            "evaluations.no-snapshot",
            "period",
            Text(f"{period} 期还没有数据快照", f"there is no snapshot of approved figures of {period}"),
            Text("先在统计中批准报表并固定快照", "approve the returns and fix a snapshot first"),
        )
    return [
        Input(f"{held.folder}/{name}", f"{held.period}/{name}", sha256, held.pk)
        for held in found
        for name, sha256 in sorted(held.contents.items())
        if not name.startswith("_")
    ]


def from_folder(folder: Path) -> list[Input]:
    """The returns in a folder below the media folder: a sample city, returns that were collected elsewhere."""
    home = Path(settings.MEDIA_ROOT).resolve()
    return [
        Input(file.path.resolve().relative_to(home).as_posix(), file.path.relative_to(folder).as_posix(), file.sha256())
        for file in find_files([folder], Findings())
    ]


def gather(inputs: Iterable[Input], folder: Path) -> list[Path]:
    """Link the files into ``folder`` (copied where the disk cannot link), each compared with its hash.

    Raises
    ------
    InputError
        A file is missing or is not the one that was named.
    """
    gathered, altered = [], []
    for one in inputs:
        source, target = Path(settings.MEDIA_ROOT) / one.path, folder / one.name
        if not source.is_file() or _sha256(source) != one.sha256:
            altered.append(one.name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
        gathered.append(target)
    if altered:
        raise InputError(
            [
                problem(
                    "evaluations.altered",
                    name,
                    Text(f"{name} 缺失或被改动", f"{name} is missing or was altered"),
                    Text("从备份恢复，或重新固定快照", "restore it from a backup, or fix a new snapshot"),
                )
                for name in altered
            ]
        )
    return gathered


def write_scores(period: str, system: str, folder: Path) -> Path | None:
    """Write what experts said for the system up to the period as a file of returns; None when nobody scored."""
    scores = (
        Score.objects.filter(asked__system=system, asked__period__lte=period)
        .order_by("asked__period", "expert__username", "organisation__code", "indicator")
        .values_list("expert__username", "organisation__code", "asked__period", "indicator", "value", "remark")
    )
    rows = list(scores)
    if not rows:
        return None
    path = folder / EXPERTS
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["专家", "园区代码", "年份", "指标", "评分", "备注"])
        writer.writerows(rows)
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
