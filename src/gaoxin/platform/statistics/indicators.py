"""Indicators of places, computed from approved figures by the rules of an indicator system.

A ratio of a district is not the sum or the mean of those of its zones: the firms of all of them are taken together and
the rule is applied once more. What rests on the zones' own returns has no value for such a larger place.

Snapshots never change, so a value that was computed once is kept, in the process and as a small file beside the site.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from django.conf import settings

from gaoxin import __version__
from gaoxin.engines import duckdb as engine
from gaoxin.engines.errors import EngineError
from gaoxin.engines.explaining import explain
from gaoxin.engines.frames import closure
from gaoxin.platform.access.scope import Scope
from gaoxin.platform.refusals import problem
from gaoxin.platform.statistics import books, totals
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.platform.statistics.snapshots import PLACES
from gaoxin.platform.statistics.totals import Cells, Total
from gaoxin.problems import InputError
from gaoxin.rulebook.findings import BookError
from gaoxin.rulebook.indicators import System
from gaoxin.rulebook.loading import shipped_books
from gaoxin.rulebook.narrate import narrate
from gaoxin.rulebook.periods import Frequency, period_ordinal
from gaoxin.rulebook.plan import ItemColumn, Plan
from gaoxin.rulebook.system import load_system, shipped_systems
from gaoxin.words import Language, Text
from gaoxin.writing import write_whole

_NO_ZONE_TABLE = Text(
    "依据园区自报数据，不能合并到更大范围", "rests on the zones' own returns, which are not put together"
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a table needs to know of a derived figure; it has what an `Item` has there."""

    code: str
    name: Text
    unit: str | None
    expr: str
    note: Text
    kind: str = "ratio"
    decimals: int = 2
    """Decimals shown; kept are those of the rule."""


@dataclass(frozen=True, slots=True)
class Places:
    """Whose figures are taken together.

    ``groups`` says to which place the firms of each zone count (the zone itself when it is not among them, when there
    are groups: nobody's); ``within`` limits the firms to parts of zones, by the paths of their organisations.
    """

    groups: tuple[tuple[str, str], ...] = ()
    within: tuple[str, ...] = ()
    outside: bool = False
    """Whether firms that belong to no zone count, too (as the zone "")."""

    @property
    def zones_as_they_are(self) -> bool:
        """Whether every place is one whole zone."""
        return not (self.groups or self.within or self.outside)


@lru_cache(maxsize=16)
def system(name: str) -> System | None:
    """The indicator system ``name``, the city's own or one that ships; None when it cannot compute from returns."""
    own = books.own_books() / name / "system.yaml"
    try:
        found = load_system(own if own.is_file() else name)
    except BookError:
        return None
    return found if found.book is not None and not found.missing else None


def systems_over(held: Iterable[str]) -> dict[str, Text]:
    """The systems whose indicators can be computed from collections by the rulebooks ``held``: name and title."""
    folders = {path.parent.name: path.parent for path in books.own_books().glob("*/system.yaml")}
    folders = {**shipped_systems(), **folders}
    asked = set(held)
    found = {name: _title(folder) for name, folder in folders.items() if asked & _bases(folder)}
    return {name: title for name, title in found.items() if title is not None}


def bases(name: str) -> set[str]:
    """Names of the rulebooks that the system ``name`` builds on."""
    own = books.own_books() / name
    folder = own if (own / "system.yaml").is_file() else shipped_books().get(name)
    return _bases(folder) if folder else set()


def frequency(name: str) -> Frequency:
    """How often the system is evaluated."""
    found = system(name)
    return found.book.frequency if found and found.book else "year"


@lru_cache(maxsize=64)
def _head(path: Path) -> dict[str, Any]:
    """A file of a book as it is written: loading the book with all its rules takes seconds, a list needs its head."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _title(folder: Path) -> Text | None:
    head = _head(folder / "system.yaml")
    title = head.get("title")
    complete = head.get("status", "complete") == "complete" and not head.get("missing")
    return Text(str(title["zh"]), str(title["en"])) if complete and isinstance(title, dict) else None


def _bases(folder: Path) -> set[str]:
    """Names of the books that the book in the folder builds on, itself among them."""
    found = {folder.name}
    for name in _head(folder / "book.yaml").get("extends") or ():
        base = shipped_books().get(str(name), folder / str(name))
        found |= {str(name)} | (_bases(base) if base.name not in found else set())
    return found


@lru_cache(maxsize=16)
def indicators(name: str) -> tuple[Indicator, ...]:
    """The indicators of the system that are computed from returns, numbered ones first, then the sums behind them."""
    found = system(name)
    if found is None or found.book is None:
        return ()
    numbers = {node.figure: node for node in found.indicators if node.data == "firm"}
    listed = []
    for code, entry in found.book.derived.items():
        if entry.entity != found.entity or entry.unit is None:
            continue
        node = numbers.get(code)
        title = Text(f"{node.no} {entry.name.zh}", f"{node.no} {entry.name.en}") if node else entry.name
        note = node.note if node else Text("", "")
        listed.append(Indicator(code, title, entry.unit, entry.expr or "", note))
    return tuple(sorted(listed, key=lambda one: one.code not in numbers))


def cells(
    held: Sequence[Snapshot], name: str, chosen: Sequence[Indicator], places: Places, asked: Sequence[str]
) -> Cells:
    """The values of indicators at places, for the periods ``asked`` of the snapshots ``held``.

    Returns
    -------
    dict
        By place, code and period: the value with the decimals of the rule, and over how many firms it runs. Where there
        is none, why: how many of the firms have the figures.
    """
    found: Cells = {}
    missing = []
    for one in chosen:
        kept = _kept(_name(held, name, one, places, asked))
        if kept is None:
            missing.append(one)
        else:
            found |= kept
    if missing:
        with _said():
            made = _computed(held, name, [one.code for one in missing], places, asked)
        for one in missing:
            own = {key: total for key, total in made.items() if key[1] == one.code}
            _keep(_name(held, name, one, places, asked), own)
        found |= made
    return found


@contextmanager
def _said() -> Iterator[None]:
    """What stands against computing, in words: a rule without a value in a period, figures that contradict."""
    try:
        yield
    except BookError as error:
        raise InputError(
            [problem("figures.rules", "item", finding.message, finding.remedy) for finding in error.findings]
        ) from error
    except EngineError as error:
        raise InputError([problem("figures.data", "item", error.message, error.remedy)]) from error


def _plan(name: str, codes: Sequence[str], asked: Sequence[str]) -> Plan:
    found = system(name)
    assert found is not None and found.book is not None  # noqa: S101, PT018  chosen from its indicators
    return found.book.compile(codes, periods=list(asked))


def _computed(held: Sequence[Snapshot], name: str, codes: Sequence[str], places: Places, asked: Sequence[str]) -> Cells:
    plan = _plan(name, codes, asked)
    with engine.run(plan, _sources(name, plan, held, places)) as outcome:
        values, covered = outcome.values("zone"), outcome.coverage("zone")
    counted = {
        (row["zone"], row["code"], row["period"]): (row["known"], row["expected"]) for row in covered.to_pylist()
    }
    put_together = {code: places.zones_as_they_are or not _reads_zones(plan, code) for code in codes}
    found: Cells = {}
    for row in values.to_pylist():
        for code in codes:
            key = (row["zone"], code, row["period"])
            known, expected = counted.get(key, (totals.FEWEST, totals.FEWEST))
            found[key] = (
                _total(row[code], known, expected) if put_together[code] else Total(None, known, _NO_ZONE_TABLE)
            )
    return found


def _reads_zones(plan: Plan, code: str) -> bool:
    columns = (plan.columns[name] for name in closure(plan, [code]))
    return any(isinstance(column, ItemColumn) and column.entity == "zone" for column in columns)


def _total(value: Any, known: int, expected: int) -> Total:
    if value is not None:
        return Total(Decimal(value), known)
    if known < expected:
        return Total(
            None, known,
            Text(f"{expected} 家中 {known} 家有所需数据", f"{known} of {expected} firms have the figures"),
        )  # fmt: skip
    return Total(None, known, Text("没有所需数据", "the figures it needs are not there"))


def _sources(name: str, plan: Plan, held: Sequence[Snapshot], places: Places) -> dict[str, Any]:
    """The files of the snapshots that the system ``name`` builds on, or tables in which firms belong to the places."""
    found: dict[str, Any] = {}
    forms = sorted(bases(name))
    for entity in reversed(plan.entities):  # those above first: who is below counts when the one above does
        prefixes = ("", "_outside-") if places.outside else ("",)
        wanted = [f"{prefix}{entity}-{form}.parquet" for prefix in prefixes for form in forms]
        files = [one.path / file for one in held for file in wanted if file in one.contents]
        if not files:
            continue
        if places.zones_as_they_are:
            found[entity] = [str(path) for path in files]
        elif entity != "zone":
            found[entity] = _table(plan, entity, files, places, found.get(str(plan.book.entities[entity].parent)))
    return found


def _table(plan: Plan, entity: str, files: Sequence[Path], places: Places, above: pa.Table | None) -> pa.Table:
    """The figures of ``entity`` of those who count; ``above`` are the reporters above them that do."""
    items = [column.name for column in plan.columns_of(entity) if isinstance(column, ItemColumn)]
    parent = plan.book.entities[entity].parent
    tables = []
    for path in files:
        there = set(pq.read_schema(path).names)
        wanted = [column for column in (entity, parent, "period", *items) if column in there]
        tables.append(_within(pq.read_table(path, columns=wanted), entity, path, places))
    table = pa.concat_tables(tables, promote_options="default")
    if above is not None and parent is not None:
        return table.filter(pc.is_in(table[parent], above[parent].combine_chunks()))
    zone = table["zone"].fill_null("")
    groups = dict(places.groups)
    if groups:
        zone = pa.array([groups.get(code) for code in zone.to_pylist()], pa.string())
    table = table.set_column(table.schema.get_field_index("zone"), "zone", zone)
    return table.filter(pc.is_valid(table["zone"]))


def _within(table: pa.Table, entity: str, path: Path, places: Places) -> pa.Table:
    if not places.within or entity != "firm":
        return table
    known = pq.read_table(path.parent / PLACES, filters=[("entity", "=", entity)])
    scope = Scope(places.within)
    at = zip(known["key"].to_pylist(), known["path"].to_pylist(), strict=True)
    return table.filter(pc.is_in(table[entity], pa.array([key for key, where in at if scope.contains(where)])))


def explained(
    held: Sequence[Snapshot], name: str, code: str, places: Places, place: str, period: str, language: Language
) -> list[str]:
    """How one value came about, line by line: the formula with the values put in, down to the sums over firms."""
    plan = _plan(name, [code], [period])
    with _said():
        sources = _sources(name, plan, held, places)
        return list(narrate(explain(plan, sources, "zone", place, period, code), language))


def needed(held: Sequence[Snapshot], name: str, codes: Sequence[str], asked: Sequence[str]) -> list[Snapshot]:
    """Those of the snapshots that the rules look at, for the periods asked: earlier ones for changes and averages."""
    with _said():
        plan = _plan(name, codes, asked)
    ordinals = {ordinal for entity in plan.entities for ordinal in plan.scanned(entity)}
    return [one for one in held if period_ordinal(one.period, plan.book.frequency) in ordinals]


# What was computed, kept ----------------------------------------------------------------------------------------------


def _name(held: Sequence[Snapshot], name: str, one: Indicator, places: Places, asked: Sequence[str]) -> str:
    found = system(name)
    assert found is not None and found.book is not None  # noqa: S101, PT018  chosen from its indicators
    said = [__version__, name, found.edition, found.book.edition, one.code, one.expr, *(s.sha256 for s in held), *asked]
    return hashlib.sha256(json.dumps([said, places.groups, places.within, places.outside]).encode()).hexdigest()


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT).parent / "cache" / "indicators"


@lru_cache(maxsize=2048)
def _read(path: Path) -> tuple[tuple[tuple[str, str, str], Total], ...]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        ((place, code, period),
         Total(Decimal(value) if value else None, reporters, Text(*why) if why else None))
        for place, code, period, value, reporters, why in rows
    )  # fmt: skip


def _kept(name: str) -> Cells | None:
    try:
        return dict(_read(_folder() / f"{name}.json"))
    except (OSError, ValueError):
        return None


def _keep(name: str, made: Cells) -> None:
    rows = [
        (
            *key,
            "" if one.value is None else str(one.value),
            one.reporters,
            [one.why.zh, one.why.en] if one.why else None,
        )
        for key, one in made.items()
    ]  # fmt: skip
    with suppress(OSError):  # a folder that cannot be written costs time, nothing else
        _folder().mkdir(parents=True, exist_ok=True)
        write_whole(_folder() / f"{name}.json", json.dumps(rows, ensure_ascii=False))
