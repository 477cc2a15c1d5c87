"""How long the command takes to start and to evaluate the default sample city, as whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Table, row
from gaoxin.library import sample_city

STARTS, RUNS = 9, 3


def tables(smoke: bool) -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        sample_city(city, **({"zones": 3, "firms": 60} if smoke else {}))
        out = Path(folder) / "out"
        evaluate = ("evaluate", str(city), "--out", str(out), "--force")
        if smoke:
            process("-m", "gaoxin.cli.main", "--help")
            process("-m", "gaoxin.cli.main", *evaluate)
            assert (out / "report.html").is_file()
            return
        starts: dict[str, list[float]] = {"help": [], "python": []}
        for _ in range(STARTS):
            starts["help"].append(process("-m", "gaoxin.cli.main", "--help"))
            starts["python"].append(process("-c", "pass"))
        yield Table(
            "Starting the command",
            [row("gaoxin --help", starts["help"]), row("python -c pass", starts["python"])],
            "Whole processes; goal: under 0.3 s.",
        )
        process("-m", "gaoxin.cli.main", *evaluate)
        runs = [process("-m", "gaoxin.cli.main", *evaluate) for _ in range(RUNS)]
        yield Table(
            "gaoxin evaluate on the default sample city",
            [row("22 zones, 8,000 firms, 3 years; all outputs", runs)],
            "Whole process from CSV and xlsx to workbook, page, Word report and manifest, without robustness; "
            "goal: under 10 s.",
        )


def process(*arguments: str) -> float:
    # As on any machine where a program has run before: compiled modules may be kept.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
    return time.perf_counter() - start
