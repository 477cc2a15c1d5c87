"""Killed with SIGKILL at any instant of an upload, approval, closing or run: nothing is lost, nothing is half done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).parent / "kill_at_every_instant.py"
STORIES = ("upload", "approval", "closing", "run")
TRIED = int(os.environ.get("GAOXIN_KILLS", "3"))
"""Of each story; all of its instants with a large number."""


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the stories are played on an SQLite of their own")
def test_nothing_is_lost_or_half_done_wherever_it_is_killed(tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GAOXIN_", "DJANGO_", "DATABASE_", "PYTEST_"))}
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(DRIVER), str(tmp_path / "killed"), str(TRIED), *STORIES],
        env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = {one["story"]: one for one in map(json.loads, done.stdout.splitlines()) if "story" in one}
    assert {name: one["wrong"] for name, one in said.items()} == {name: {} for name in STORIES}
    assert all(one["tried"] >= min(TRIED, one["instants"]) >= 3 for one in said.values()), said
