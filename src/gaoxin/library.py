"""gaoxin as a library: what the command line does, in a handful of functions for scripts and notebooks."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from gaoxin.incentives.assessment import Assessment, assess
from gaoxin.incentives.combination.plan import Plan, plan
from gaoxin.incentives.firm_file import FirmFile, firm_of, read_firm
from gaoxin.problems import Problem
from gaoxin.reports.folder import check_folder, write_outputs
from gaoxin.rulebook import Book, load_book, shipped_books
from gaoxin.runs import store
from gaoxin.runs.checking import check_returns
from gaoxin.runs.comparison import Comparison
from gaoxin.runs.comparison import compare as compare_results
from gaoxin.runs.firms import FirmEffect
from gaoxin.runs.firms import firm_effects as effects_of_firms
from gaoxin.runs.manifest import Verification
from gaoxin.runs.manifest import verify as verify_manifest
from gaoxin.runs.pipeline import Request, Run, evaluate_manifest, evaluate_request
from gaoxin.runs.result import RunResult
from gaoxin.runs.tracing import Trace, trace
from gaoxin.runs.zones import SHIPPED
from gaoxin.samples import SEED, make_city, write_city
from gaoxin.words import Language

Paths = str | Path | Iterable[str | Path]


def evaluate(
    returns: Paths,
    *,
    system: str | Path = "national-2021",
    period: str | None = None,
    config: str | Path | None = None,
    robustness: int = 0,
    seed: int = 1,
    zones: str = SHIPPED,
) -> Run:
    """Evaluate returns, or any table of indicators.

    Parameters
    ----------
    returns
        Files, folders or patterns (xlsx, CSV, Parquet); for a system over given indicators one table.
    system
        Name of a shipped system, or a YAML file.
    period
        The period to evaluate, by default the latest.
    config
        A configuration file; see ``gaoxin.runs.config``.
    robustness
        Replications of the Monte Carlo analysis; 0 for none.
    seed
        Makes the Monte Carlo sample.
    zones
        Which zones may report: ``shipped``, ``any`` or a table of codes and names.

    Returns
    -------
    The run: ``run.result`` is what every output shows, ``run.evaluation`` holds every step as arrays.

    Raises
    ------
    InputError, BookError, EngineError, EvaluationError
        Something cannot be used; the message says where and what to do.
    """
    request = Request(_paths(returns), system, period, Path(config) if config else None, robustness, seed, zones)
    return evaluate_request(request)


def ranking(run: Run | RunResult) -> pa.Table:
    """The ranking as a table, best first: unit, name, group, score, rank and, when tested, the 5–95% rank interval."""
    result = run.result if isinstance(run, Run) else run
    order = np.lexsort((-result.scores[:, -1], result.ranks[:, -1])).tolist()
    columns: dict[str, list[Any]] = {
        "unit": [result.units[i].code for i in order],
        "name": [result.units[i].name for i in order],
        "group": [result.units[i].group for i in order],
        "score": [_number(result.scores[i, -1]) for i in order],
        "rank": [_number(result.ranks[i, -1]) for i in order],
    }
    if result.robustness is not None:
        columns["rank_low"] = [_number(result.robustness.rank_low[i]) for i in order]
        columns["rank_high"] = [_number(result.robustness.rank_high[i]) for i in order]
    return pa.table(columns)


def write(run: Run, folder: str | Path, *, language: Language = "zh", overwrite: bool = False) -> list[Path]:
    """Write workbook, page, Word report, data and manifest into ``folder``; returns their paths."""
    check_folder(Path(folder), force=overwrite)
    return write_outputs(run, Path(folder), language=language)


def check(
    returns: Paths, *, system: str | Path = "national-2021", period: str | None = None, zones: str = SHIPPED
) -> tuple[Problem, ...]:
    """Every finding in the returns of one period (by default the latest)."""
    return check_returns(_paths(returns), system=system, period=period, zones=zones)


def explain(run: Run | str | Path, unit: str, node: str) -> Trace:
    """How the score of ``unit`` at ``node`` came about, down to the returns; ``print`` shows it.

    ``run`` is a run, or the folder of one.
    """
    return trace(run if isinstance(run, Run) else Path(run), unit, node)


def firm_effects(run: Run, unit: str, node: str) -> tuple[FirmEffect, ...]:
    """What each firm does to an indicator of its zone, the most helpful first: the indicator with and without it."""
    return effects_of_firms(run, unit, node)


def compare(first: Run | str | Path, second: Run | str | Path) -> Comparison:
    """Two runs (or folders of runs) side by side."""
    results = [run.result if isinstance(run, Run) else store.read(Path(run)) for run in (first, second)]
    return compare_results(results[0], results[1])


def verify(manifest: str | Path) -> Verification:
    """Evaluate again what a manifest describes and compare bit by bit."""
    return verify_manifest(Path(manifest), evaluate_manifest)


def firm_incentives(
    firm: str | Path | Mapping[str, object],
    year: str | int,
    *,
    book: str | Path | Book = "incentives-cn",
    as_of: datetime.date | None = None,
) -> Assessment:
    """What one firm is entitled to in a year, why, how much, and its lowest lawful income tax.

    Parameters
    ----------
    firm
        A YAML file (see ``gaoxin.incentives.firm_file``), or figures by entity: ``{"firm": {"hnte": True, ...}}``.
    year
        The year asked for; figures without a period are its own.
    book
        A shipped rulebook with benefits, a folder, or a book that has been loaded.
    as_of
        The day for which the answer is given, by default today.

    Raises
    ------
    InputError, BookError
        Something cannot be used; the message says where and what to do.
    """
    rules = _rules(book)
    return assess(rules, _firm(rules, firm, str(year)), str(year), as_of=as_of or datetime.date.today())


def plan_income_tax(
    firm: str | Path | Mapping[str, object],
    first: int,
    last: int,
    *,
    book: str | Path | Book = "incentives-cn",
    as_of: datetime.date | None = None,
) -> Plan:
    """The way through the years ``first`` to ``last`` with the lowest income tax in all, losses carried forward.

    ``firm``, ``book`` and ``as_of`` are as for ``firm_incentives``; see ``gaoxin.incentives.combination.plan`` for the
    figures that are needed.
    """
    rules = _rules(book)
    given = _firm(rules, firm, str(last))
    years = [str(year) for year in range(first, last + 1)]
    return plan(rules, given.rows, given.reporter, years, as_of=as_of or datetime.date.today())


def _rules(book: str | Path | Book) -> Book:
    """The rulebook; one that ships is read once only."""
    if isinstance(book, Book):
        return book
    return _shipped(str(book)) if str(book) in shipped_books() else load_book(str(book))


@lru_cache(maxsize=4)
def _shipped(name: str) -> Book:
    return load_book(name)


def _firm(book: Book, given: str | Path | Mapping[str, object], year: str) -> FirmFile:
    return firm_of(book, given, year) if isinstance(given, Mapping) else read_firm(book, Path(given), year)


def sample_city(
    folder: str | Path,
    *,
    zones: int = 22,
    firms: int = 8000,
    years: int = 3,
    seed: int = SEED,
    kind: Literal["csv", "xlsx", "parquet"] = "csv",
    progress: Callable[[float], None] = lambda _: None,
) -> list[Path]:
    """Write the synthetic sample city into ``folder``; returns the files. The same seed gives the same city."""
    headings = {
        code: f"{item.name.zh}（{item.unit}）" if item.unit not in {None, "1", "unknown"} else item.name.zh
        for name in ("zone-return-2021", "torch-enterprise-2022")
        for code, item in load_book(name).items.items()
        if name == "zone-return-2021" or kind == "xlsx"
    }
    city = make_city(zones=zones, firms=firms, years=years, seed=seed)
    return write_city(city, Path(folder), format=kind, headings=headings, progress=progress)


def _paths(given: Paths) -> tuple[Path, ...]:
    return (Path(given),) if isinstance(given, (str, Path)) else tuple(Path(path) for path in given)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
