"""Medians and ratios of contenders that do the same work, their runs interleaved."""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Contender:
    """One way to do the work; ``rounds`` lowers the number of runs of a slow one."""

    name: str
    run: Callable[[], Any]
    rounds: int | None = None


@dataclass(frozen=True)
class Row:
    """What was measured of one contender; seconds None means that it was not run here."""

    name: str
    seconds: float | None
    spread: tuple[float, float] | None = None
    runs: int = 0
    peak_mb: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One claim: the first row is gaoxin's, the ratios of the others are to it."""

    title: str
    rows: Sequence[Row]
    note: str = ""

    def markdown(self) -> str:
        with_memory = any(row.peak_mb is not None for row in self.rows)
        head = ["", "median", "range", "runs", "ratio", *(["peak memory"] if with_memory else []), ""]
        lines = [f"### {self.title}", "", *([self.note, ""] if self.note else [])]
        lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        ours = self.rows[0].seconds
        for row in self.rows:
            cells = [
                row.name,
                "–" if row.seconds is None else duration(row.seconds),
                "–" if row.spread is None else f"{duration(row.spread[0])} – {duration(row.spread[1])}",
                str(row.runs or "–"),
                "–" if row.seconds is None or not ours else f"{row.seconds / ours:,.3g}",
                *(["–" if row.peak_mb is None else f"{row.peak_mb:,.0f} MB"] if with_memory else []),
                row.note,
            ]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join([*lines, ""])


def duration(seconds: float) -> str:
    """Three figures in the unit that suits them.

    >>> duration(0.00205), duration(0.25), duration(105.3)
    ('2.05 ms', '250 ms', '105 s')
    """
    if seconds < 1e-3:
        return f"{seconds * 1e6:.3g} µs"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def compare(contenders: Sequence[Contender], rounds: int) -> list[Row]:
    """Run the contenders in turn, ``rounds`` times; the first run of each warms up and counts only when it is alone."""
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for turn in range(rounds + 1):
        for contender in contenders:
            own = rounds if contender.rounds is None else contender.rounds
            if turn > own or (turn == 0 and own <= 1 < rounds):
                continue
            start = time.perf_counter()
            contender.run()
            elapsed = time.perf_counter() - start
            if turn > 0 or rounds == 0:
                times[contender.name].append(elapsed)
    return [row(contender.name, times[contender.name]) for contender in contenders]


def row(name: str, seconds: Sequence[float], **more: Any) -> Row:
    return Row(name, statistics.median(seconds), (min(seconds), max(seconds)), len(seconds), **more)


def in_own_process(module: str, function: str, *arguments: object, repeats: int = 1) -> tuple[list[float], float]:
    """Times of ``module.function(*arguments)`` in a fresh process, and that process's peak memory in MB.

    The function prepares its data and returns the work as a callable without arguments; only calls of that are timed.
    """
    job = json.dumps([module, function, arguments, repeats])
    done = subprocess.run([sys.executable, "-m", "benchmarks.timing", job], capture_output=True, text=True, check=True)
    times, peak = json.loads(done.stdout)
    return times, peak


def _main(job: str) -> None:
    module, function, arguments, repeats = json.loads(job)
    work = getattr(importlib.import_module(module), function)(*arguments)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(json.dumps([times, peak_mb()]))


def peak_mb() -> float:
    """Peak memory of this process in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss of a child begins at what its parent held when it started the child; this figure does not.
        return (
            float(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))) / 1024
        )
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _main(sys.argv[1])
