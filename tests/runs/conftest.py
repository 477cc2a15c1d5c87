"""A small synthetic city on disk, and one run over it, made once for all tests of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaoxin.library import evaluate, sample_city, write
from gaoxin.runs.pipeline import Run

ZONES, FIRMS = 6, 400


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    sample_city(folder, zones=ZONES, firms=FIRMS, years=3)
    return folder


@pytest.fixture(scope="session")
def run(city: Path) -> Run:
    return evaluate(city, robustness=200)


@pytest.fixture(scope="session")
def written(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "out"
    write(run, folder)
    return folder
