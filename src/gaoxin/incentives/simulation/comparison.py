"""Two answers about every firm side by side: what a change costs, who gains and who loses, by how much."""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.tables import metadata
from gaoxin.incentives.batch.database import database
from gaoxin.rulebook.benefits import Benefit

GROUPS = ("size", "section", "zone")
STEPS = (1_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 10_000_000)
"""Limits in yuan of the classes by which changes are counted."""
MOST_NAMED = 200
MEASURES = (
    "firms", "before_entitled", "after_entitled", "began", "ended", "winners", "losers", "unknown", "before", "after",
    "change", "gained", "lost",
)  # fmt: skip


@dataclass(frozen=True)
class Alternatives:
    """Benefits of which a firm can have one at a time, or a single one; ``codes`` in the order of the book.

    What a firm has of them is the one that is worth most to it.
    """

    codes: tuple[str, ...]

    @property
    def name(self) -> str:
        """A name for its columns."""
        return self.codes[0]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Tables of what changes.

    ``totals``: a row per alternatives with numbers of firms (entitled before and after, that begin and cease to be,
    winners, losers, unknown) and amounts (before, after, change, what winners gain and losers lose); ``by`` the same by
    size, industry and zone. ``classes``: how many firms gain or lose how much. ``named``: those that gain and those
    that lose most.
    """

    totals: pa.Table
    by: Mapping[str, pa.Table]
    classes: pa.Table
    named: pa.Table


def alternatives(benefits: Sequence[Benefit], changed: Iterable[str]) -> tuple[Alternatives, ...]:
    """The ``changed`` benefits, each with those that it excludes or that exclude it and that are of one kind of money.

    Two amounts can be compared when they lower the same figure (a tax); others stand for themselves.
    """
    by_code = {benefit.code: benefit for benefit in benefits}
    wanted = set(changed)
    done: set[str] = set()
    found = []
    for benefit in benefits:
        if benefit.code not in wanted or benefit.code in done:
            continue
        group, stack = {benefit.code}, [benefit.code]
        while stack:
            one = by_code[stack.pop()]
            for other in benefits:
                linked = any(x.benefit == other.code for x in one.excludes) or any(
                    x.benefit == one.code for x in other.excludes
                )
                alike = one.reduces is not None and one.reduces == other.reduces
                if linked and alike and other.code not in group:
                    group.add(other.code)
                    stack.append(other.code)
        done |= group
        found.append(Alternatives(tuple(code for code in by_code if code in group)))
    return tuple(found)


def compare(
    before: Path,
    after: Path,
    groups: Sequence[Alternatives],
    changes: Path,
    *,
    notes: Mapping[str, str],
    memory_limit: str | None = None,
) -> Comparison:
    """Join the answers in the Parquet files ``before`` and ``after`` by firm.

    The firms for which anything changes are written to ``changes``, which says ``notes`` of itself in its metadata.
    """
    columns = set(pq.read_schema(before).names)
    with database(changes.parent, memory_limit) as connection:
        connection.execute(f"CREATE VIEW joined AS {_joined(before, after, groups, columns)}")
        long = " UNION ALL ".join(_one(group) for group in groups)
        connection.execute(f"CREATE VIEW firms AS {long}")
        target = f"{DUCKDB.text(str(changes))} (FORMAT parquet, COMPRESSION zstd{metadata(notes)})"
        changing = "SELECT * FROM firms WHERE change <> 0 OR began OR ended"
        connection.execute(f"COPY ({changing} ORDER BY alternatives, change DESC, firm) TO {target}")
        sums = ", ".join(_measures())
        totals = connection.sql(f"SELECT alternatives, {sums} FROM firms GROUP BY ALL").to_arrow_table()
        by = {
            name: connection.sql(
                f'SELECT alternatives, "{name}", {sums} FROM firms GROUP BY ALL ORDER BY 1, 2'
            ).to_arrow_table()
            for name in GROUPS
        }
        steps = "".join(f" WHEN abs(change) < {step} THEN {at}" for at, step in enumerate(STEPS))
        classes = connection.sql(
            f"SELECT alternatives, CAST(sign(change) AS INTEGER) AS sign, CASE{steps} ELSE {len(STEPS)} END AS class,"
            " count(*) AS firms, CAST(sum(change) AS DECIMAL(38,2)) AS change FROM firms WHERE change <> 0"
            " GROUP BY ALL ORDER BY ALL"
        ).to_arrow_table()
        ranked = "row_number() OVER (PARTITION BY alternatives, sign(change) ORDER BY abs(change) DESC, firm) AS rank"
        named = connection.sql(
            f"SELECT * EXCLUDE (rank) FROM (SELECT *, {ranked} FROM firms WHERE change <> 0)"
            f" WHERE rank <= {MOST_NAMED} ORDER BY alternatives, change DESC, firm"
        ).to_arrow_table()
    return Comparison(totals, by, classes, named)


def _joined(before: Path, after: Path, groups: Sequence[Alternatives], columns: set[str]) -> str:
    names = [name for name in ("firm_name", *GROUPS) if name in columns]
    empty = [name for name in ("firm_name", *GROUPS) if name not in columns]
    selected = ["b.firm", *(f"b.{quote(name)}" for name in names)]
    selected += [f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in empty]
    for group in groups:
        for side in ("b", "a"):
            amounts = [f"{side}.{quote(f'{code}_amount')}" for code in group.codes if f"{code}_amount" in columns]
            entitled = [f"{side}.{quote(code)}" for code in group.codes]
            # An alternative that is unknown is left out as long as another is known; all unknown is unknown.
            best = f"greatest({', '.join(amounts)})" if amounts else "CAST(NULL AS DECIMAL(38,2))"
            known = " AND ".join(f"{one} IS NULL" for one in entitled)
            some = f"CASE WHEN {known} THEN NULL ELSE {' OR '.join(f'COALESCE({one}, FALSE)' for one in entitled)} END"
            selected.append(f"CAST({best} AS DECIMAL(38,2)) AS {quote(f'{group.name}/{side}')}")
            selected.append(f"{some} AS {quote(f'{group.name}/{side}/entitled')}")
    source, target = (f"read_parquet({DUCKDB.text(str(path))})" for path in (before, after))
    return f"SELECT {', '.join(selected)} FROM {source} b JOIN {target} a ON a.firm = b.firm"


def _one(group: Alternatives) -> str:
    before, after = (quote(f"{group.name}/{side}") for side in ("b", "a"))
    had, has = (quote(f"{group.name}/{side}/entitled") for side in ("b", "a"))
    return (
        f"SELECT {DUCKDB.text(group.name)} AS alternatives, firm, firm_name, size, section, zone,"
        f" {had} AS before_entitled, {has} AS after_entitled,"
        f" COALESCE({has} AND NOT {had}, FALSE) AS began, COALESCE({had} AND NOT {has}, FALSE) AS ended,"
        f" {before} AS before, {after} AS after, {after} - {before} AS change,"
        f" {had} IS NULL OR {has} IS NULL AS unknown FROM joined"
    )


def _measures() -> Iterable[str]:
    yield "count(*) AS firms"
    for name in ("before_entitled", "after_entitled", "began", "ended", "unknown"):
        yield f"count(*) FILTER (WHERE {name}) AS {name}"
    yield "count(*) FILTER (WHERE change > 0) AS winners"
    yield "count(*) FILTER (WHERE change < 0) AS losers"
    for name, what, where in (
        ("before", "before", "change IS NOT NULL"),
        ("after", "after", "change IS NOT NULL"),
        ("change", "change", "TRUE"),
        ("gained", "change", "change > 0"),
        ("lost", "-change", "change < 0"),
    ):
        yield f"CAST(COALESCE(sum({what}) FILTER (WHERE {where}), 0) AS DECIMAL(38,2)) AS {name}"
