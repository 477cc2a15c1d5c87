"""A site with files of its own, and snapshots of a small synthetic city in it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from django.utils import timezone
from evaluated import home
from world import World

from gaoxin.platform.statistics.models import Snapshot


@pytest.fixture
def media(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media"


@pytest.fixture
def snapshots(world: World, media: Path) -> list[Snapshot]:
    """One snapshot for each year; what covers several years lies in the first."""
    made = []
    for year in ("2023", "2024", "2025"):
        folder = media / "snapshots" / year
        folder.mkdir(parents=True)
        for path in (home() / "city").iterdir():
            if year in path.name or (year == "2023" and path.suffix == ".xlsx"):
                shutil.copy(path, folder / path.name)
        contents = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
        made.append(
            Snapshot.objects.create(
                organisation=world.organisation("CITY"), period=year, folder=f"snapshots/{year}", sha256="0" * 64,
                contents=contents, created=timezone.now(), synthetic=True,
            )
        )  # fmt: skip
    return made
