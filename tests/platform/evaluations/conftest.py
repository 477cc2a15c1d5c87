"""A site with files of its own, and snapshots of a small synthetic city in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from evaluated import make_snapshots
from world import World

from gaoxin.platform.statistics.models import Snapshot


@pytest.fixture
def media(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media"


@pytest.fixture
def snapshots(world: World, media: Path) -> list[Snapshot]:
    return make_snapshots(media)
