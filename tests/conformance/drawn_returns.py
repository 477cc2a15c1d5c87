"""Returns for any plan: figures at and beside every constant that its rules name, large ones, zeros and gaps."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa

from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.plan import AggregateColumn, ItemColumn, Plan, RowColumn
from gaoxin.rulebook.tree import walk


class Constants:
    """What the rules of a plan compare figures with."""

    def __init__(self, plan: Plan) -> None:
        numbers: set[Fraction] = {Fraction(0), Fraction(1)}
        texts: set[str] = {"", "x"}
        for column in plan.columns.values():
            if not isinstance(column, RowColumn):
                continue
            for node in walk(column.node):
                match node:
                    case tree.Literal(Fraction() as value):
                        numbers.add(value)
                    case tree.Literal(str() as value):
                        texts.add(value)
                    case tree.Param(code) | tree.Band(_, code):
                        for dated in plan.book.parameters[code].values:
                            numbers.update(Fraction(one) for one in [dated.value] if one is not None)
                            for band in dated.bands or ():
                                numbers.update(Fraction(one) for one in [band.to] if one is not None)
                    case tree.InList(_, codelist):
                        texts.update(sorted(plan.book.lists[codelist])[:5])
                    case tree.Like(_, pattern):
                        texts.add(pattern.replace("%", "甲").replace("_", "乙"))
        self.numbers, self.texts = sorted(numbers), sorted(texts)


def returns(plan: Plan, rows: int, seed: int) -> dict[str, pa.Table]:
    """Tables for every entity of which ``plan`` needs figures, or over which it counts."""
    rng = random.Random(seed)  # noqa: S311 - figures for a test
    constants = Constants(plan)
    entities = plan.book.entities
    counted = {column.source.entity for column in plan.columns.values() if isinstance(column, AggregateColumn)}
    parents = {one.parent for one in entities.values()}
    heads = {entities[name].parent for name in parents if name is not None} - {None}
    few, tables = 3, {}
    for entity in plan.entities:
        items = [column for column in plan.columns_of(entity) if isinstance(column, ItemColumn)]
        parent = entities[entity].parent
        if not items and entity not in counted:
            continue
        years = [plan.text(ordinal) for ordinal in plan.scanned(entity)][-6:]
        # Few at the top when there are two levels below it, so that each sums many.
        number, above = (few if name in heads else rows for name in (entity, parent))
        # A reporter with others below it reports every year; the others now and then do not.
        steady = entity in parents
        keys = [(i, year) for i in range(number) for year in years if steady or rng.random() < 0.9]
        columns: dict[str, pa.Array] = {entity: pa.array([f"{entity}{i}" for i, _ in keys])}
        if parent is not None:
            columns[parent] = pa.array([f"{parent}{i % above}" for i, _ in keys])
        columns["period"] = pa.array([year for _, year in keys])
        for column in items:
            item = plan.book.items[column.name]
            gaps = rng.choice((0, 0, 0.06))
            figures = [None if rng.random() < gaps else figure(rng, item, constants) for _ in keys]
            columns[item.code] = pa.array(figures, arrow_type(item))
        tables[entity] = pa.table(columns)
    return tables


def arrow_type(item: Item) -> pa.DataType:
    if item.decimals is not None:
        return pa.decimal128(28, item.decimals) if item.type == "decimal" else pa.int64()
    return {"flag": pa.bool_(), "date": pa.date32()}.get(item.type, pa.string())


def figure(rng: random.Random, item: Item, constants: Constants) -> object:
    if item.decimals is not None:
        scaled = number(rng, item.decimals, constants)
        return Decimal(scaled).scaleb(-item.decimals) if item.type == "decimal" else scaled
    if item.type == "flag":
        return rng.random() < 0.7
    if item.type == "date":
        return datetime.date(rng.randrange(2012, 2026), rng.choice((1, 6, 12)), rng.choice((1, 30, 31)) % 31 or 1)
    return rng.choice(list(item.values) if item.values else constants.texts)


def number(rng: random.Random, decimals: int, constants: Constants) -> int:
    chance = rng.random()
    if chance < 0.4:
        exact = rng.choice(constants.numbers) * rng.choice((1, 1, 100, 10_000)) * 10**decimals
        return int(exact) + rng.choice((-1, 0, 0, 1))
    if chance < 0.5:
        return rng.choice((1, -1)) * rng.randrange(10**11)
    return rng.randrange(10 ** rng.randrange(1, 9))
