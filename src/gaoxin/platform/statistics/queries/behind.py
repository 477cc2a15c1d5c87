"""What is behind one figure of a table: the rule, the snapshot, and the returns that it was added up from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow.parquet as pq

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import indicators, totals
from gaoxin.platform.statistics.indicators import Indicator, Places
from gaoxin.platform.statistics.models import Return, Snapshot
from gaoxin.platform.statistics.permissions import FIGURES, VIEW
from gaoxin.platform.statistics.queries.figures import Asked, newest
from gaoxin.platform.statistics.snapshots import PLACES
from gaoxin.rulebook.entries import Item
from gaoxin.words import Language, Text

MOST_REPORTERS = 200


@dataclass(frozen=True, slots=True)
class Part:
    """What one reporter gave: its share, and the collection under which its return is found."""

    code: str
    name: Text
    value: Decimal
    collection: str
    signatory: str


def parts(reader: Reader, asked: Asked, item: Item, snapshot: Snapshot, place: str) -> tuple[list[Part], int]:
    """The figures that a sum was added up from, the largest first, as far as the reader may see the returns; and how
    many there are of them."""
    if not reader.may(VIEW):
        return [], 0
    names = [f"{asked.entity}-{asked.book}.parquet", f"_outside-{asked.entity}-{asked.book}.parquet"]
    columns = [asked.entity, f"{asked.entity}_name", item.code, *(["zone"] if asked.entity != "zone" else [])]
    visible, zones = _visible(reader, snapshot, asked.entity), _zones_of(asked, place)
    found: list[tuple[Decimal, str, str]] = []
    for name in names:
        if name not in snapshot.contents:
            continue
        for row in pq.read_table(snapshot.path / name, columns=columns).to_pylist():
            key, value = row[asked.entity], row[item.code]
            if value is not None and key in visible and (zones is None or (row["zone"] or "") in zones):
                found.append((Decimal(value), key, row[f"{asked.entity}_name"] or key))
    found.sort(key=lambda one: (-one[0], one[1]))
    shown = found[:MOST_REPORTERS]
    owed: dict[str, Return] = {}
    returns = Return.objects.filter(
        collection__snapshots=snapshot, collection__book=asked.book, collection__entity=asked.entity,
        organisation__code__in=[key for _, key, _ in shown],
    ).select_related("organisation", "collection", "approved")  # fmt: skip
    for one in returns:
        if not one.collection.forms or item.form in one.collection.forms:
            owed[one.organisation.code] = one
    listed = [_part(key, name, value, owed.get(key)) for value, key, name in shown]
    return listed, len(found)


def _part(key: str, name: str, value: Decimal, owed: Return | None) -> Part:
    label = owed.organisation.label if owed else Text(name, name)
    signed = owed.approved.signatory if owed and owed.approved else ""
    return Part(key, label, value, owed.collection.code if owed else "", signed)


def _visible(reader: Reader, snapshot: Snapshot, entity: str) -> set[str]:
    """The reporters whose returns and figures the reader may see, by where they were when the snapshot was fixed."""
    returns, figures = reader.scope(VIEW), reader.scope(FIGURES)
    known = pq.read_table(snapshot.path / PLACES, columns=["key", "path"], filters=[("entity", "=", entity)])
    return {
        key for key, path in zip(known["key"].to_pylist(), known["path"].to_pylist(), strict=True)
        if returns.contains(path) and figures.contains(path)
    }  # fmt: skip


def _zones_of(asked: Asked, place: str) -> set[str] | None:
    """Codes of the zones that make up a place; None for all of them, with "" for reporters in no zone."""
    if place == totals.ALL:
        return None
    if asked.by != "district":
        return {place}
    district = Organisation.objects.filter(code=place, kind=Kind.DISTRICT).first()
    if district is None:
        return {""}
    inside = Organisation.objects.filter(path__startswith=district.path, kind=Kind.ZONE)
    return set(inside.values_list("code", flat=True))


def derivation(
    reader: Reader, asked: Asked, indicator: Indicator, place: str, period: str, language: Language
) -> list[str]:
    """How the value of an indicator came about; without the figures of firms for who may not see their returns."""
    where = Organisation.objects.filter(code=place).first() if place != totals.ALL else None
    scope, figures = reader.scope(VIEW), reader.scope(FIGURES)
    sees_all = scope.contains(where.path) and figures.contains(where.path) if where else scope.everything
    if not sees_all or (asked.by != "zone" and where is not None) or (where is None and not figures.everything):
        return []
    held: Sequence[Snapshot] = newest(asked, period)
    rests_on = indicators.needed(held, asked.book, [indicator.code], [period])
    places = Places()
    if where is None:
        zones = Organisation.objects.filter(kind=Kind.ZONE).order_by("path").values_list("code", flat=True)
        places = Places(tuple((code, totals.ALL) for code in (*zones, "")), outside=True)
    return indicators.explained(rests_on, asked.book, indicator.code, places, place, period, language)
