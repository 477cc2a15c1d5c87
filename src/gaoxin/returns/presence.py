"""Who has not reported: zones and firms that were there in the period before, zones without any firm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc

from gaoxin.problems import Problem
from gaoxin.returns.figures import Figures
from gaoxin.rulebook.book import Book
from gaoxin.words import Text

MANY = 0.2
"""Share of a zone's firms gone from which it is a warning; a few leave every year."""


def late_reporters(figures: Figures, book: Book, period: str, earlier: str) -> list[Problem]:
    """Zones (and their firms) that reported for the period before and do not now."""
    found: list[Problem] = []
    for entity, described in book.entities.items():
        below = next((code for code, other in book.entities.items() if other.parent == entity), None)
        if described.parent is not None:
            continue
        now, before = _reporting(figures, entity, below, period), _reporting(figures, entity, below, earlier)
        names = figures.names(entity)
        for key in sorted(before.keys() - now.keys()):
            found.append(_absent(key, names.get(key, key), described.name, period, earlier))
        for key in sorted(now.keys() & before.keys()):
            if before[key].own and not now[key].own:
                found.append(_without_own_return(key, names.get(key, key), described.name, period, earlier))
        if below is None or not (figures.periods(below) and period in figures.periods(below)):
            continue
        name = book.entities[below].name
        for key in sorted(now):
            if not now[key].members:
                found.append(_without_members(key, names.get(key, key), described.name, name, period))
        found += _gone(figures, entity, below, name, names, period, earlier)
    return found


@dataclass(frozen=True, slots=True)
class _Presence:
    own: bool
    members: int


def _reporting(figures: Figures, entity: str, below: str | None, period: str) -> dict[str, _Presence]:
    """Who is there in a period: by a return of its own, by returns of its members."""
    own = set(figures.column(entity, entity, period).to_pylist()) if period in figures.periods(entity) else set()
    members: dict[str, int] = {}
    if below is not None and period in figures.periods(below):
        counted = figures.column(below, entity, period).value_counts()
        members = {row["values"]: row["counts"] for row in counted.to_pylist()}
    return {key: _Presence(key in own, members.get(key, 0)) for key in own | members.keys()}


def _gone(
    figures: Figures, entity: str, below: str, name: Text, names: dict[str, str], period: str, earlier: str
) -> Iterator[Problem]:
    """How many members of each zone reported before and are gone: a few are normal, many are late."""
    if earlier not in figures.periods(below):
        return
    before, now = figures.column(below, below, earlier), figures.column(below, below, period)
    zones = figures.column(below, entity, earlier)
    missing = pc.invert(pc.is_in(before, value_set=now))
    there = set(figures.column(below, entity, period).unique().to_pylist())
    totals = {row["values"]: row["counts"] for row in zones.value_counts().to_pylist()}
    for row in zones.filter(missing).value_counts().to_pylist():
        zone, count = row["values"], row["counts"]
        if zone not in there:
            continue
        many = count > MANY * totals[zone]
        yield Problem(
            rule="quality.members-gone",
            severity="warning" if many else "info",
            message=Text(
                f"{names.get(zone, zone)}：{earlier} 填报的 {totals[zone]} 家{name.zh}中有 {count} 家未报 {period}",
                f"{names.get(zone, zone)}: of the {totals[zone]} that reported {earlier} ({name.en}), {count} have not "
                f"reported {period}",
            ),
            remedy=Text("请核对是迟报、迁出还是注销", "late, moved away or closed down? please check"),
            reporter=zone,
            period=period,
            value=str(count),
        )


def _absent(key: str, name: str, kind: Text, period: str, earlier: str) -> Problem:
    return _about_reporter(
        "quality.late",
        key,
        period,
        Text(
            f"{kind.zh}{name} 报过 {earlier}，未报 {period}",
            f"the {kind.en} {name} reported {earlier} but not {period}",
        ),
        Text("请催报；评价中该期数据未知", "ask for the return; until then its figures are unknown"),
    )


def _without_own_return(key: str, name: str, kind: Text, period: str, earlier: str) -> Problem:
    return _about_reporter(
        "quality.no-own-return",
        key,
        period,
        Text(
            f"{kind.zh}{name} 自身的报表有 {earlier}，没有 {period}",
            f"the {kind.en} {name} has a return of its own for {earlier}, none for {period}",
        ),
        Text("请催报", "ask for the return"),
    )


def _without_members(key: str, name: str, kind: Text, below: Text, period: str) -> Problem:
    return _about_reporter(
        "quality.no-members",
        key,
        period,
        Text(f"{kind.zh}{name} 没有一家{below.zh}填报", f"not one {below.en} of the {kind.en} {name} has reported"),
        Text("请催报", "ask for the returns"),
    )


def _about_reporter(rule: str, key: str, period: str, message: Text, remedy: Text) -> Problem:
    return Problem(rule=rule, severity="warning", message=message, remedy=remedy, reporter=key, period=period)
